import type { ConnectionCounts, ConnectionState } from "./connection-counts.ts";

/** States that are worth telling per port, remote or process; what is missing is 0. */
export type StateCounts = Readonly<Partial<Record<ConnectionState, number>>>;

/** What is connected to one local port that somebody listens on, and how full the queue of its listener is. */
export interface PortConnections {
  readonly transport: "tcp" | "udp";
  readonly port: number;
  /** Names of those who listen, most important first; empty: unknown. */
  readonly processes: readonly string[];
  readonly states: StateCounts;
  /** Connections that wait to be accepted, and how many may; null: not read. */
  readonly queue: { readonly waiting: number; readonly max: number } | null;
}

/** Who is connected: one address, or all of a /24 or /64. */
export interface RemoteConnections {
  /** `203.0.113.7`, `203.0.113.0/24`, `2001:db8::/64`; IPv4-mapped addresses are IPv4. */
  readonly remote: string;
  readonly states: StateCounts;
  /** Different local ports that it is connected to. */
  readonly ports: number;
}

export interface ProcessConnections {
  readonly name: string;
  readonly pid: number;
  readonly states: StateCounts;
}

/** The kernel's own counters since its start; null: not read. */
export interface ConnectionCounters {
  readonly synCookiesSent: number;
  readonly synCookiesReceived: number;
  readonly synCookiesFailed: number;
  readonly listenOverflows: number;
  readonly listenDrops: number;
  /** Handshakes that others began here and that were completed (`Tcp: PassiveOpens`); missing: not read. */
  readonly passiveOpens?: number;
}

/** All sockets of one host's IP stack at one moment. */
export interface ConnectionSample {
  /** By the host's clock, ms since 1970. */
  readonly atMs: number;
  readonly tcp: ConnectionCounts;
  readonly udp: number;
  /** The busiest, most sockets first, at most `connectionRowsMax` of each; the rest is in the sums only. */
  readonly ports: readonly PortConnections[];
  readonly remotes: readonly RemoteConnections[];
  readonly prefixes: readonly RemoteConnections[];
  readonly processes: readonly ProcessConnections[];
  /** Different remote addresses, of all connections, of half-open ones (SYN-RECEIVED), of our own tries (SYN-SENT). */
  readonly remoteCount: number;
  readonly halfOpenRemotes: number;
  readonly triedRemotes: number;
  readonly counters: ConnectionCounters | null;
  readonly conntrack: { readonly count: number; readonly max: number } | null;
  /** Local ports that outgoing connections may use, and the most that one remote endpoint's connections take of them. */
  readonly ephemeral: { readonly size: number; readonly mostUsed: number } | null;
}

export const connectionRowsMax = 50;
