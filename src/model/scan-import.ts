import type { Coverage } from "./coverage.ts";
import type { OutsidePort } from "./outside-look.ts";

/** Hosts in one request; a larger file comes in several of one run. */
export const importHostsMax = 2_000;

/** One address of a scan that was kept in a file. */
export interface ImportedHost {
  /** Canonical. */
  readonly address: string;
  /** Its open ports, each once. */
  readonly open: readonly OutsidePort[];
}

/** What another program saw from outside, as it is taken in. */
export interface ScanImport {
  /** UUIDv7, the same for every part of one file: told twice, a part changes nothing. */
  readonly runId: string;
  /** From where it was seen, or by whom; looks of one name follow on each other. */
  readonly vantage: string;
  readonly endedAtMs: number;
  /** What was asked at every address; null: the file does not say, so that silence says nothing. */
  readonly asked: readonly Pick<Coverage[number], "transport" | "ports">[] | null;
  readonly hosts: readonly ImportedHost[];
}

export interface ImportAnswer {
  readonly hosts: number;
  readonly ports: number;
  readonly events: number;
  /** Addresses of which something newer is known by that name: left out. */
  readonly older: readonly string[];
}
