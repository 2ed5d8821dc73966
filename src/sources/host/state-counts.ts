// What: how many TCP sockets of this network namespace are in which state, and nothing else.
// Idea: the two states that come in hundreds of thousands need not be told one by one. The kernel counts the sockets that
//   live in its hash (`inuse`), and the notes that it keeps of closed connections (`tw`). All others are asked for, and
//   what is left of `inuse` is ESTABLISHED, what is left of `tw` is TIME-WAIT: the kernel walks its hash and tells
//   nothing of most.
// Trap: not everything in FIN-WAIT-2 or SYN-RECEIVED is a socket: the first may be a note already and counts under `tw`,
//   the second a request that counts nowhere. Counters and walk are moments apart: where the difference comes out below
//   zero, or a counter is missing, everything is asked for.
// Source: net/ipv4/proc.c (sockstat_seq_show), net/ipv4/inet_timewait_sock.c, net/ipv4/inet_hashtables.c
//   (sock_prot_inuse_add); tw is counted per namespace since Linux 4.10.

import { connectionStates } from "../../model/connection-counts.ts";
import type { ConnectionCounts, ConnectionState } from "../../model/connection-counts.ts";
import { inetDiagOffsets, isWholeSocket } from "../link/inet-diag.ts";
import type { Unavailable } from "../link/libc.ts";
import { tryOpenSocketDump } from "../link/socket-dump.ts";
import type { SocketDump, SocketVisitor } from "../link/socket-dump.ts";
import { readOrEmpty } from "./proc-text.ts";
import { stateBits } from "./state-bits.ts";
import { tcpStateByNumber } from "./tcp-state-names.ts";

type Counts = Record<ConnectionState, number>;

/** Of the kernel's own counting: sockets of TCP over IPv4 and over IPv6 in its hash, and notes of closed connections. */
interface Kept {
  readonly inUse: number;
  readonly timeWait: number;
}

export interface StateCounts {
  readonly counts: ConnectionCounts;
  /** Why /proc was read instead of asking the kernel; null when it was asked. */
  readonly limit: string | null;
}

/** `states`: those that are wanted; all others are 0. Errors: `unavailable` where neither way of asking works. */
export async function countStates(
  states: ReadonlySet<ConnectionState>,
  { ffi = true } = {},
): Promise<StateCounts | Unavailable> {
  const dump = ffi ? await tryOpenSocketDump() : { unavailable: "FFI is switched off" };
  if ("unavailable" in dump) return countByProc(states, dump.unavailable);
  try {
    const counts = countWithCounters(dump, states) ?? countOneByOne(dump, states);
    return typeof counts === "number"
      ? countByProc(states, `sock_diag ended with errno ${counts}`)
      : { counts: only(counts, states), limit: null };
  } finally {
    dump.close();
  }
}

/** Undefined where counters cannot tell. */
function countWithCounters(dump: SocketDump, wanted: ReadonlySet<ConnectionState>): Counts | undefined {
  const asked = new Set(wanted);
  const byInUse = asked.delete("ESTABLISHED");
  const byTimeWait = asked.delete("TIME-WAIT");
  if (!byInUse && !byTimeWait) return undefined;
  // What else counts under the same.
  if (byInUse) for (const state of othersInUse) asked.add(state);
  if (byTimeWait) asked.add("FIN-WAIT-2");
  const rest = new RestCounts();
  const failure = dump.tcp(stateBits(asked), null, rest.visit, () => rest.clear());
  const kept = readKept();
  if (failure !== 0 || kept === undefined) return undefined;
  const [established, timeWait] = [
    byInUse ? rest.established(kept) : 0,
    byTimeWait ? rest.timeWait(kept) : 0,
  ];
  if (established < 0 || timeWait < 0) return undefined;
  return { ...rest.counts, ESTABLISHED: established, "TIME-WAIT": timeWait };
}

/** Counts what the kernel tells of all states but the two that its own counters know; below zero: they disagree. */
export class RestCounts {
  readonly counts = emptyCounts();
  #whole = 0;
  #notes = 0;

  clear(): void {
    [this.#whole, this.#notes] = [0, 0];
    Object.assign(this.counts, emptyCounts());
  }

  readonly visit: SocketVisitor = (bytes, start, end) => {
    const state = tcpStateByNumber(bytes[start + inetDiagOffsets.state] as number);
    if (state === undefined) return;
    this.counts[state]++;
    if (state === "CLOSED") return;
    if (isWholeSocket(bytes, start, end)) this.#whole++;
    else if (state === "FIN-WAIT-2") this.#notes++;
  };

  established({ inUse }: Kept): number {
    return inUse - this.#whole;
  }

  timeWait({ timeWait }: Kept): number {
    return timeWait - this.#notes;
  }
}

/** Undefined where the kernel does not count them. */
export const readKept = (): Kept | undefined =>
  keptOf(readOrEmpty("/proc/net/sockstat"), readOrEmpty("/proc/net/sockstat6"));

/** Whatever counts as in use besides ESTABLISHED. */
const othersInUse = connectionStates.filter(
  (state) => !["ESTABLISHED", "TIME-WAIT", "CLOSED"].includes(state),
);

function countOneByOne(dump: SocketDump, wanted: ReadonlySet<ConnectionState>): Counts | number {
  const counts = emptyCounts();
  const failure = dump.tcp(
    stateBits(wanted),
    null,
    (bytes, start) => {
      const state = tcpStateByNumber(bytes[start + inetDiagOffsets.state] as number);
      if (state !== undefined) counts[state]++;
    },
    () => void Object.assign(counts, emptyCounts()),
  );
  return failure === 0 ? counts : failure;
}

async function countByProc(
  wanted: ReadonlySet<ConnectionState>,
  reason: string,
): Promise<StateCounts | Unavailable> {
  // Loaded when it is needed: a monitor that asks for one number should not wait for parsers.
  const { procLimit, scanProcNetTables } = await import("./proc-net-file.ts");
  const counts = emptyCounts();
  const failures = scanProcNetTables(["tcp"], ({ state: number }) => {
    const state = tcpStateByNumber(number);
    if (state !== undefined) counts[state]++;
  });
  if (failures.length > 0) return { unavailable: [reason, ...failures].join("; ") };
  return { counts: only(counts, wanted), limit: `${procLimit}: ${reason}` };
}

function emptyCounts(): Counts {
  return Object.fromEntries(connectionStates.map((state) => [state, 0])) as Counts;
}

function only(counts: Counts, wanted: ReadonlySet<ConnectionState>): Counts {
  const kept = emptyCounts();
  for (const state of wanted) kept[state] = counts[state];
  return kept;
}

/** Undefined where a counter is missing. Without IPv6 the second text is empty. */
export function keptOf(sockstat: string, sockstat6: string): Kept | undefined {
  const counters = /^TCP: inuse (\d{1,10}) .*\btw (\d{1,10})\b/m.exec(sockstat);
  if (counters === null) return undefined;
  const six = /^TCP6: inuse (\d{1,10})$/m.exec(sockstat6);
  if (six === null && sockstat6 !== "") return undefined;
  return { inUse: Number(counters[1]) + Number(six?.[1] ?? 0), timeWait: Number(counters[2]) };
}
