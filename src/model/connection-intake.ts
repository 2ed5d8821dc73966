import type { ConnectionSample } from "./connection-sample.ts";
import type { HostIdentity } from "./look.ts";

/**
 * The body of `POST /api/v1/intake/connections`: what an agent counted since it was last answered. Idempotent by
 * (source, `atMs`): a sample that is not newer than the last one taken changes nothing.
 */
export interface ConnectionBatch {
  readonly source: { readonly kind: "agent"; readonly version: string };
  readonly host: HostIdentity;
  /** The source's clock when it sent this: tells how far that clock is off. */
  readonly sentAtMs: number;
  /** Oldest first, each at a time of its own, none later than `sentAtMs`. */
  readonly samples: readonly ConnectionSample[];
}

/** The answer, 200: what became of the samples. */
export interface ConnectionsTaken {
  readonly stored: number;
  /** Not newer than what is held. */
  readonly known: number;
  /** Older than the finest step is kept. */
  readonly tooOld: number;
  /** Count again sooner than planned, because something hangs in the balance; null: no hurry. */
  readonly lookAgainInMs: number | null;
}

/** Samples in one batch: ten minutes of them. */
export const connectionSamplesMax = 60;
/** Sockets of one kind; more than memory holds on any machine. */
export const connectionsMax = 1_000_000_000;
/** Names told of who listens on one port. */
export const portProcessesMax = 32;
