import type { BlockRefusal, BlockRequest } from "./block.ts";
import type { BlockOutcome } from "./block-order.ts";

/** What an operator ordered of a host, and what became of it. */
export interface BlockDeed {
  readonly id: string;
  readonly hostId: string;
  readonly kind: "block" | "unblock";
  /** Canonical where it is understood. */
  readonly target: string;
  /** Null: of an unblocking. */
  readonly request: BlockRequest | null;
  /** As the audit log names people. */
  readonly by: string;
  /** The addresses that the order came from, which it must not cut. */
  readonly askedFrom: readonly string[];
  readonly createdAtMs: number;
  readonly state: BlockDeedState;
  /** By whom it was refused, and why. */
  readonly refusedBy: "server" | "host" | null;
  readonly refusal: BlockRefusal | null;
  readonly message: string | null;
  /** Whether what was connected was ended; null: nothing was, or nothing is known. */
  readonly cut: boolean | null;
  /** How many connections the host saw of it. */
  readonly connections: number | null;
  readonly endedAtMs: number | null;
}

/** `waiting`: for the host. `lapsed`: the host did not answer in time, and will not be asked any more. */
export const blockDeedStates = [
  "waiting",
  "probation",
  "done",
  "in-force",
  "refused",
  "failed",
  "rolled-back",
  "lapsed",
] as const;
export type BlockDeedState = (typeof blockDeedStates)[number];

/** An order that is older than this is not carried out any more: nobody waits for it. */
export const orderLivesMs = 60_000;

export const isOpen = ({ state }: Pick<BlockDeed, "state">): boolean =>
  state === "waiting" || state === "probation";

/** The state that a report leads to; null where it says nothing of a deed. */
export function stateAfter(outcome: BlockOutcome): BlockDeedState | null {
  return outcome === "planned" ? null : outcome;
}
