import type { RangeSet } from "../base/range-set.ts";
import type { Transport } from "./endpoint.ts";
import type { PortReason, PortState } from "./port-state.ts";

/** One port of a scan that was kept in a file. */
export interface ScannedPort {
  readonly transport: Transport;
  readonly port: number;
  readonly state: PortState;
  /** In the words of whoever scanned; null when it does not say. */
  readonly reason: PortReason | (string & {}) | null;
  /** Name of the service, as the scanner tells or guesses it. */
  readonly service: string | null;
}

/** One address with all that was said of it. */
export interface ScannedHost {
  /** Canonical. */
  readonly address: string;
  readonly hostnames: readonly string[];
  readonly ports: readonly ScannedPort[];
  /** False: it was not asked to the end; what is not named of it may be open. */
  readonly complete: boolean;
  /** Ports that are counted, not named. */
  readonly extra: readonly {
    readonly state: PortState;
    readonly reason: string;
    readonly count: number;
    /** Absent where nothing tells. */
    readonly transport?: Transport;
  }[];
}

/** What a scan found, whoever scanned. */
export interface ScanResult {
  /** `portolan`, `nmap`, `masscan`, `naabu`. */
  readonly scanner: string;
  readonly version: string;
  /** The command line, as it stands in the file; empty when it does not. */
  readonly command: string;
  /** ms since 1970; null when unknown. */
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  /** False: it was stopped; what it does not name may not have been asked. */
  readonly complete: boolean;
  /** Ports that were asked, by transport; null when the file does not say. */
  readonly scanned: Readonly<Partial<Record<Transport, RangeSet>>> | null;
  /** Each address once, in order. */
  readonly hosts: readonly ScannedHost[];
}
