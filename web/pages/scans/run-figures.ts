import type { ScanRun, ScanSample } from "../../api/shapes.ts";

/** Before this share of a pass its end cannot be told from its beginning. */
const doneMin = 0.01;

/** How much longer the pass takes at its pace up to now; null: cannot be told (later passes are shorter, by how much is not known). */
export function leftMs(latest: ScanSample | null): number | null {
  if (latest === null || latest.pass !== 1 || latest.done < doneMin) return null;
  return (latest.elapsedMs * (1 - latest.done)) / latest.done;
}

interface Found {
  readonly open: number | null;
  readonly loss: number | null;
  readonly probes: number | null;
}

/** What is known by now: the outcome, else the newest word of the node. */
export function foundBy({ outcome, latest }: Pick<ScanRun, "outcome" | "latest">): Found {
  const { open = null, loss = null, probes = null } = outcome ?? latest ?? {};
  return { open, loss, probes };
}

/** Down to what is sure: 99.996 % is not 100 %. */
export function cautious(share: number): number {
  return Math.floor(share * 10_000) / 10_000;
}
