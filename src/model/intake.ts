import type { HostIdentity, Look } from "./look.ts";

/** An agent speaks of its own host, a scan node of each address that it was given, an import of what a file holds. */
export const sourceKinds = ["agent", "scanner", "import"] as const;
export type SourceKind = (typeof sourceKinds)[number];

/**
 * The body of `POST /api/v1/intake`: one batch of one source. Idempotent by (source, runId, sequence, batchId):
 * the same batch again answers as the first time and stores nothing.
 */
export interface IntakeBatch {
  /** UUIDv7, made once per batch; a retry carries the same. */
  readonly batchId: string;
  /** UUIDv7 of the source's process run; sequences start again with it. */
  readonly runId: string;
  /** 1, 2, 3 … within the run, without gaps. */
  readonly sequence: number;
  readonly source: { readonly kind: SourceKind; readonly version: string };
  readonly host: HostIdentity;
  readonly look: Look;
}

/** The answer, 200. */
export interface IntakeAnswer {
  readonly batchId: string;
  /** true when this batch had been applied before. */
  readonly replayed: boolean;
  readonly events: number;
  /** Ask for another look sooner than planned: something waits for a second opinion. Null: no hurry. */
  readonly lookAgainInMs: number | null;
  /** What the second opinion is wanted about, as `endpointKey`s, for sources that can look at one port alone; else empty. */
  readonly verify: readonly string[];
}

/** `details.reason` of a 409: what the source must do. */
export type IntakeConflict =
  /** The server does not hold `baseRevision`: send the same look as `full`, under a new batch id. */
  | "full-look-needed"
  /** A lower sequence than one already applied: drop it. */
  | "out-of-order"
  /** Same batch id, other content. */
  | "batch-id-reused";

export const intakeBytesMax = 8 * 1024 * 1024;
export const intakeListenersMax = 20_000;
export const intakeProcessesPerListenerMax = 1_000;
