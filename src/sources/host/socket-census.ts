// What: all TCP and UDP sockets of the network namespace that we run in, counted: by state, local port, remote.
// Idea: the kernel's answers are read where they lie, some twelve bytes of each, straight into the tally. States that
//   nobody asks for are left out by the kernel. Where it does not answer by netlink, /proc/net is read instead.
// Trap: neither is a snapshot: what changes while it is read can be met twice or not at all. An IPv6 socket may talk to
//   an IPv4 peer by a mapped address: it is counted as that peer.
// Source: sock_diag(7), proc_net(5); link/socket-dump.ts.

import { addressBytes } from "../../base/ip.ts";
import type { RangeSet } from "../../base/range-set.ts";
import { connectionStates } from "../../model/connection-counts.ts";
import type { ConnectionState } from "../../model/connection-counts.ts";
import { columnCount, columns, SocketTally } from "./socket-tally.ts";
import { families, inetDiagOffsets as offset } from "../link/inet-diag.ts";
import type { Unavailable } from "../link/libc.ts";
import { everyTcpState, tryOpenSocketDump } from "../link/socket-dump.ts";
import type { SocketDump, SocketVisitor } from "../link/socket-dump.ts";
import { procLimit, scanProcNetTables } from "./proc-net-file.ts";
import type { ProcNetLine } from "./proc-net.ts";
import type { SocketRow } from "./socket-row.ts";
import { stateBits } from "./state-bits.ts";
import { tcpStateByNumber } from "./tcp-state-names.ts";

export interface CensusQuestion {
  /** Only these states of TCP; null: all. */
  readonly states: ReadonlySet<ConnectionState> | null;
  readonly udp: boolean;
  /** Only these local ports; null: all. */
  readonly ports: RangeSet | null;
}

export interface SocketCensus {
  readonly tally: SocketTally;
  /** What could not be counted, and why, as sentence fragments. */
  readonly limits: readonly string[];
}

export interface CensusTaker {
  /**
   * `tally`: counts into this one instead of into a new one. `begin`: makes it ready, at first and whenever what was
   * counted does not count. `visit`: sees each socket of TCP before it is counted, where the kernel answers.
   */
  take(question: CensusQuestion, extra?: CensusExtra): SocketCensus;
  /** Whether the kernel answers, and /proc need not be read. */
  readonly byKernel: boolean;
  close(): void;
}

export interface CensusExtra {
  readonly tally: SocketTally;
  readonly begin: () => void;
  readonly visit?: SocketVisitor;
}

/** A dump that was disturbed is taken again, so often. */
const attemptsMax = 3;
/** By the kernel's number of a state; -1 for numbers that are none. */
export const columnByNumber = {
  tcp: Int8Array.from({ length: 256 }, (_, number) => {
    const state = tcpStateByNumber(number);
    return state === undefined ? -1 : connectionStates.indexOf(state);
  }),
  /** 1 is a socket with a peer, everything else one without. */
  udp: Int8Array.from({ length: 256 }, (_, number) =>
    number === 1 ? columns.udpWithPeer : columns.udpWithoutPeer,
  ),
};
const withoutPeer = new Uint8Array(columnCount);
for (const column of [
  connectionStates.indexOf("LISTEN"),
  connectionStates.indexOf("CLOSED"),
  columns.udpWithoutPeer,
])
  withoutPeer[column] = 1;

/** `seed`: any 32 bits that strangers do not know. `ffi` false: /proc alone. Never fails: `limits` say what is missing. */
export async function openCensusTaker(seed: number, { ffi = true } = {}): Promise<CensusTaker> {
  const dump = ffi ? await tryOpenSocketDump() : { unavailable: "FFI is switched off" };
  return {
    take: (question, extra) => takeCensus(dump, question, extra ?? newTally(seed)),
    byKernel: !("unavailable" in dump),
    close: () => {
      if (!("unavailable" in dump)) dump.close();
    },
  };
}

function newTally(seed: number): CensusExtra {
  const tally = new SocketTally(seed);
  return { tally, begin: () => tally.clear() };
}

function takeCensus(
  dump: SocketDump | Unavailable,
  question: CensusQuestion,
  { tally, begin, visit }: CensusExtra,
): SocketCensus {
  const allowed = question.ports === null ? null : portTable(question.ports);
  begin();
  if ("unavailable" in dump) return takeByProc(question, allowed, tally, dump.unavailable);
  const bits = question.states === null ? everyTcpState : stateBits(question.states);
  const countTcp = socketCounter(tally, columnByNumber.tcp, allowed);
  const meet: SocketVisitor =
    visit === undefined
      ? countTcp
      : (bytes, start, end) => {
          visit(bytes, start, end);
          countTcp(bytes, start, end);
        };
  let failure = 0;
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    let disturbed = false;
    const disturb = (): void => void (disturbed = true);
    failure = dump.tcp(bits, question.ports, meet, disturb);
    if (failure === 0 && question.udp)
      failure = dump.udp(socketCounter(tally, columnByNumber.udp, allowed), disturb);
    if (failure === 0 && !disturbed) return { tally, limits: [] };
    begin();
  }
  const reason = failure === 0 ? "sock_diag was disturbed" : `sock_diag ended with errno ${failure}`;
  return takeByProc(question, allowed, tally, reason);
}

function portTable(ports: RangeSet): Uint8Array {
  const table = new Uint8Array(65_536);
  for (const { first, last } of ports) table.fill(1, first, last + 1);
  return table;
}

/**
 * Counts each visited socket under the column that `columnByNumber` has for its state, if any. Bytes stand as the kernel
 * wrote them: addresses and ports in network order.
 */
export function socketCounter(
  tally: SocketTally,
  columnByNumber: Int8Array,
  allowed: Uint8Array | null,
): SocketVisitor {
  return (bytes, start) => {
    const column = columnByNumber[bytes[start + offset.state] as number] as number;
    const port = portAt(bytes, start + offset.port);
    if (column < 0 || (allowed !== null && allowed[port] !== 1)) return;
    const remote = start + offset.remoteAddress;
    if (withoutPeer[column] === 1) tally.addWithoutPeer(column, port);
    else if (bytes[start + offset.family] === families.inet)
      tally.addV4(column, port, bytes.readUInt32LE(remote));
    else {
      tally.add(
        column,
        port,
        bytes.readUInt32LE(remote),
        bytes.readUInt32LE(remote + 4),
        bytes.readUInt32LE(remote + 8),
        bytes.readUInt32LE(remote + 12),
      );
    }
  };
}

function portAt(bytes: Buffer, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

function takeByProc(
  question: CensusQuestion,
  allowed: Uint8Array | null,
  tally: SocketTally,
  reason: string,
): SocketCensus {
  const failures = scanProcNetTables(question.udp ? ["tcp", "udp"] : ["tcp"], (line, transport) => {
    const row = rowOfLine(line, transport);
    if (row !== undefined) addRow(tally, row, question, allowed);
  });
  return { tally, limits: [`${procLimit}: ${reason}`, ...failures] };
}

type CountedRow = Pick<SocketRow, "transport" | "state" | "port" | "remoteAddress">;

function rowOfLine(line: ProcNetLine, transport: "tcp" | "udp"): CountedRow | undefined {
  const state = tcpStateByNumber(line.state);
  const remoteAddress = line.remotePort === 0 ? null : line.remoteAddress;
  return state === undefined ? undefined : { transport, state, port: line.port, remoteAddress };
}

/** Rows of saved output, counted as the sockets of this machine are. */
export function censusOfRows(
  rows: readonly CountedRow[],
  question: CensusQuestion,
  seed: number,
): SocketTally {
  const tally = new SocketTally(seed);
  const allowed = question.ports === null ? null : portTable(question.ports);
  const isListener = ({ state }: CountedRow): boolean => state === "LISTEN";
  for (const row of rows) if (isListener(row)) addRow(tally, row, question, allowed);
  for (const row of rows) if (!isListener(row)) addRow(tally, row, question, allowed);
  return tally;
}

const textBytes = new Uint8Array(16);
const textWords = new DataView(textBytes.buffer);

function addRow(
  tally: SocketTally,
  { transport, state, port, remoteAddress }: CountedRow,
  { states, udp }: CensusQuestion,
  allowed: Uint8Array | null,
): void {
  if (allowed !== null && allowed[port] !== 1) return;
  const isUdp = transport === "udp";
  if (isUdp ? !udp : states !== null && !states.has(state)) return;
  const bytes = remoteAddress === null ? undefined : addressBytes(remoteAddress);
  const tcpColumn = connectionStates.indexOf(state);
  if (bytes === undefined) {
    tally.addWithoutPeer(isUdp ? columns.udpWithoutPeer : tcpColumn, port);
    return;
  }
  textBytes.set(bytes);
  const word = (at: number): number => textWords.getUint32(at, true);
  tally.add(isUdp ? columns.udpWithPeer : tcpColumn, port, word(0), word(4), word(8), word(12));
}
