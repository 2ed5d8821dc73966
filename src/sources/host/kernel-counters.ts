// What: what the kernel itself counted of connections that it could not take, and how full its table of flows is.
// Idea: two lines of /proc/net/netstat and /proc/net/snmp, names above values; and two numbers of conntrack where it is
//   loaded.
// Trap: the counters begin with the namespace and only ever grow: a number alone says that it happened, not when. Which
//   counters there are, and in which order, changes from kernel to kernel, so they are found by name.
// Source: proc_net(5); net/ipv4/proc.c; Documentation/networking/nf_conntrack-sysctl.rst.

import { readOrEmpty } from "./proc-text.ts";

export interface KernelCounters {
  /** SYN cookies sent because no room was left, those that came back, and those that came back wrong. */
  readonly synCookiesSent: number | null;
  readonly synCookiesReceived: number | null;
  readonly synCookiesFailed: number | null;
  /** Finished handshakes that found the queue of their listener full. */
  readonly listenOverflows: number | null;
  /** SYNs and handshakes that a listener dropped for any reason, overflows included. */
  readonly listenDrops: number | null;
  /** Handshakes that others began here and that were completed. */
  readonly passiveOpens: number | null;
  /** Flows in the table of conntrack and its room; null where it is not loaded. */
  readonly conntrack: { readonly count: number; readonly max: number } | null;
}

const textCharactersMax = 64 * 1024;

/** Null: the kernel has no such counter, or it may not be read. */
export function readKernelCounters(): KernelCounters {
  const count = readNumber("/proc/sys/net/netfilter/nf_conntrack_count");
  const max = readNumber("/proc/sys/net/netfilter/nf_conntrack_max");
  return {
    ...tcpCounters(readOrEmpty("/proc/net/netstat"), readOrEmpty("/proc/net/snmp")),
    conntrack: count === null || max === null ? null : { count, max },
  };
}

/** Of the texts of `/proc/net/netstat` and `/proc/net/snmp`. Never throws. */
export function tcpCounters(netstat: string, snmp: string): Omit<KernelCounters, "conntrack"> {
  const extended = countersOf(netstat, "TcpExt: ");
  return {
    synCookiesSent: extended("SyncookiesSent"),
    synCookiesReceived: extended("SyncookiesRecv"),
    synCookiesFailed: extended("SyncookiesFailed"),
    listenOverflows: extended("ListenOverflows"),
    listenDrops: extended("ListenDrops"),
    passiveOpens: countersOf(snmp, "Tcp: ")("PassiveOpens"),
  };
}

/** Names stand in one line of this beginning, values in the next. */
function countersOf(text: string, beginning: string): (name: string) => number | null {
  const lines = text
    .slice(0, textCharactersMax)
    .split("\n")
    .filter((line) => line.startsWith(beginning));
  const names = (lines[0] ?? "").split(" ");
  const values = (lines[1] ?? "").split(" ");
  return (name) => {
    const value = values[names.indexOf(name)];
    return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : null;
  };
}

function readNumber(path: string): number | null {
  const text = readOrEmpty(path).trim();
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}
