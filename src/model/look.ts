import type { Coverage, View } from "./coverage.ts";
import type { Listener } from "./listener.ts";

/** Which host a source speaks of. Who it may speak of is decided by its credential, never by this. */
export interface HostIdentity {
  readonly hostname: string;
  /** `/etc/machine-id` or what the platform has; null when unreadable. */
  readonly machineId: string | null;
  readonly addresses: readonly string[];
  readonly operatingSystem: string | null;
}

/**
 * What one source saw of one host at one time, with what it looked at. `basis` says how to read `listeners`:
 * - `full`: everything that listens in `coverage`
 * - `delta`: only what differs from revision `baseRevision`; `gone` are the keys that no longer listen
 * - `same`: nothing differs from revision `baseRevision`; `listeners` and `gone` are empty
 */
export interface Look {
  readonly view: View;
  /** From where, for views that have a where; null = the host itself. */
  readonly vantage: string | null;
  readonly basis: "full" | "delta" | "same";
  /** Rises by one with every change that the source saw; 0 before the first look. */
  readonly revision: number;
  readonly baseRevision: number;
  /** The source's clock, ms since 1970. Shown and compared for skew; the server's clock decides. */
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly coverage: Coverage;
  readonly listeners: readonly Listener[];
  /** `endpointKey`s. */
  readonly gone: readonly string[];
  /** What the source could not see and why, for health: "pid owners: needs root or CAP_SYS_PTRACE". */
  readonly limits: readonly string[];
}
