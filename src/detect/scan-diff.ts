// What: what differs between two scans, whoever made them.
// Idea: a port that one scan found open and the other did not is a difference only where the other looked.
// Trap: a file of open ports alone does not say what was asked; it is then taken to have asked the same.

import { rangesContain } from "../base/range-set.ts";
import type { Transport } from "../model/endpoint.ts";
import type { PortState } from "../model/port-state.ts";
import type { ScannedHost, ScanResult } from "../model/scan-result.ts";

export interface ScanDifference {
  readonly kind: "new" | "down" | "changed";
  readonly address: string;
  readonly transport: Transport;
  readonly port: number;
  /** Null: not named there. */
  readonly before: PortState | null;
  readonly after: PortState | null;
}

export interface ScanComparison {
  /** By address and port. */
  readonly differences: readonly ScanDifference[];
  /** Open in one scan, and not asked in the other. */
  readonly notCompared: number;
  /** Addresses that one of them did not ask to the end; null: one of them was stopped, or blocked, as a whole. */
  readonly incomplete: number | null;
}

const isOpen = (state: PortState | null): boolean => state === "open";
/** Silence that may be either. Scanners name such ports or only count them, as their number is: alone it is no difference. */
const isUnsure = (state: PortState | null): boolean => state === "open|filtered";

export function diffScans(before: ScanResult, after: ScanResult): ScanComparison {
  const [olds, news] = [byAddress(before), byAddress(after)];
  const differences: ScanDifference[] = [];
  let notCompared = 0;
  for (const address of new Set([...olds.keys(), ...news.keys()])) {
    const [old, now] = [statesOf(olds.get(address)), statesOf(news.get(address))];
    for (const key of new Set([...old.keys(), ...now.keys()])) {
      const [transport, number] = key.split(" ") as [Transport, string];
      const port = Number(number);
      const [was, is] = [old.get(key) ?? null, now.get(key) ?? null];
      if (was === is || (!isOpen(was) && !isOpen(is))) continue;
      const silent = was === null ? before : is === null ? after : null;
      const host = was === null ? olds.get(address) : is === null ? news.get(address) : undefined;
      if (silent !== null && (host?.complete === false || !asked(silent, transport, port))) {
        notCompared += 1;
        continue;
      }
      const kind = isUnsure(was) || isUnsure(is) ? "changed" : isOpen(is) ? "new" : "down";
      differences.push({ kind, address, transport, port, before: was, after: is });
    }
  }
  const incomplete = [...before.hosts, ...after.hosts].filter(({ complete }) => !complete);
  return {
    differences,
    notCompared,
    incomplete:
      before.complete && after.complete ? new Set(incomplete.map(({ address }) => address)).size : null,
  };
}

const byAddress = ({ hosts }: ScanResult): Map<string, ScannedHost> =>
  new Map(hosts.map((host) => [host.address, host]));

const statesOf = (host: ScannedHost | undefined): Map<string, PortState> =>
  new Map(host?.ports.map(({ transport, port, state }) => [`${transport} ${port}`, state]));

function asked({ scanned, complete }: ScanResult, transport: Transport, port: number): boolean {
  if (!complete) return false;
  return scanned === null || rangesContain(scanned[transport] ?? [], port);
}
