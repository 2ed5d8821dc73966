import type { RangeSet } from "../../base/range-set.ts";
import type { Clock } from "../../base/clock.ts";
import type { Transport } from "../../model/endpoint.ts";
import type { PortReason, PortState } from "../../model/port-state.ts";
import type { HostTally } from "./answer-book.ts";
import type { SweepProgress } from "./sweep.ts";
import type { NetworkWindow } from "./scan-window.ts";
import type { TargetSet } from "./target-set.ts";

/** Addresses of one scan: some 300 bytes of memory each. */
export const hostsMax = 2 ** 20;

/** What is to be scanned, and how. All of `targets` lies inside the scope already. */
export interface Scan {
  readonly targets: TargetSet;
  /** What was declared, less what was excluded. */
  readonly scope: TargetSet;
  /** Of TCP; may be empty. */
  readonly ports: Uint16Array;
  /** Of UDP; may be empty. */
  readonly udpPorts: Uint16Array;
  /** Of TCP: never to be asked, not even to find out who answers on every port. */
  readonly excludedPorts: RangeSet;
  /** Of UDP: never to be asked, not even to find out who is alive. */
  readonly excludedUdpPorts: RangeSet;
  readonly speed: {
    /** On the link, counted as frames without preamble and checksum; null: as fast as the path takes it. */
    readonly bytesPerSecond: number | null;
    readonly packetsPerSecond: number | null;
    /** Packets per second to one address, and to one /24 or /64; null: no limit. SYN scans keep to it. */
    readonly perHost: number | null;
    readonly perNetwork: number | null;
  };
  /** When which networks may be asked; the others may always. SYN scans keep to it. */
  readonly windows: readonly NetworkWindow[];
  /** After so long nothing is asked of an address any more; null: as long as it takes. SYN scans keep to it. */
  readonly hostTimeoutMs: number | null;
  /** Share of what is open that may be missed: 0.001 is one in a thousand. */
  readonly missTarget: number;
  /** Name of the network device; null: as the kernel routes. */
  readonly device: string | null;
  /** Of the order in which pairs are asked, 32 bits: the same seed is the same order. */
  readonly seed: number;
  readonly clock: Clock;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
}

/** One port, as it is found. */
export interface Finding {
  readonly address: string;
  readonly transport: Transport;
  readonly port: number;
  readonly state: PortState;
  /** In nmap's words, or those of the program that scanned. */
  readonly reason: PortReason | (string & {});
}

export interface ScanProgress extends SweepProgress {
  readonly probes: number;
  readonly bytes: number;
  readonly packetsPerSecond: number;
  /** Answers that found no room in our ring. */
  readonly drops: number;
  /** While all that is left waits for its window: when the next one opens, ms since 1970; else null. */
  readonly opensAtMs: number | null;
  readonly elapsedMs: number;
}

export interface ScanListener {
  found(finding: Finding): void;
  /** Whatever port is asked, it answers open. What was found of it before means nothing. */
  answersEverywhere(address: string): void;
  progress(progress: ScanProgress): void;
  /** At the end, of each address that answered anything; TCP's unless it says otherwise. */
  host(address: string, tally: HostTally, transport?: Transport): void;
  /** It sends so few ICMP errors that so many of its silent UDP ports may be closed as well. */
  errorsLimited(address: string, unsure: number): void;
  /** Found by host discovery; why, in nmap's words. */
  alive(address: string, reason: string): void;
}

export interface ScanSummary {
  /** Of a scan over both transports: both, as `syn+udp`. */
  readonly engine: "syn" | "connect" | "udp" | "syn+udp" | "connect+udp" | "nmap" | "masscan";
  /** Of another program, exactly as it was started. */
  readonly command?: string;
  readonly probes: number;
  /** Of all probes, as frames. */
  readonly bytes: number;
  readonly answers: number;
  readonly drops: number;
  /** Probes that the kernel did not take. */
  readonly refused: number;
  readonly durationMs: number;
  readonly open: number;
  readonly closed: number;
  readonly filtered: number;
  /** Of UDP: asked and silent. Absent where no UDP port was asked. */
  readonly openFiltered?: number;
  /** Of these, on hosts that limit their ICMP errors: closed or not, their silence says nothing. */
  readonly unsure?: number;
  /** Addresses found by host discovery. Absent where it was not asked for. */
  readonly alive?: number;
  /** Null where nothing tells: too few answers, or another program scanned. */
  readonly loss: number | null;
  readonly recall: number | null;
  /** Hosts without a route. */
  readonly unreachable: number;
  /**
   * Who stopped answering while the scan ran: `all`, as if somebody on the way drops us, or so many hosts. `sinceMs`: ms
   * since 1970. Null where nobody did, or nobody watched: only a SYN scan does.
   */
  readonly blocked: { readonly all: boolean; readonly hosts: number; readonly sinceMs: number } | null;
  /** False when it was stopped, or all of it was blocked. */
  readonly complete: boolean;
}
