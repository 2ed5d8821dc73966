import type { HostIdentity } from "./look.ts";

/** A machine that we know of. */
export interface Host extends HostIdentity {
  /** UUIDv7. */
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly firstSeenMs: number;
  /** Set when it left the inventory: out of the live view, history stays. */
  readonly retiredAtMs: number | null;
}
