// What: /proc/net/{tcp,tcp6,udp,udp6}: one line per socket.
// Idea: the kernel prints listeners before connections, so a reader who wants listeners stops at the first line that is
//   neither a listener nor a half-open request: its cost does not grow with the connections.
// Trap: addresses are 32-bit words in host order, printed as hex, so their bytes stand reversed word by word; ports are
//   plain hex. The tables name no device and no zone.
// Source: proc_net(5) / proc(5); net/ipv4/tcp_ipv4.c (tcp_seek_last_pos: listening hash first), net/ipv4/udp.c.

import type { ConnectionState } from "../../model/connection-counts.ts";
import { addressText } from "./address.ts";
import { eachLine, kernelRow, RowSink } from "./socket-row.ts";
import type { ParsedRows, SocketRow } from "./socket-row.ts";
import { tcpStateByNumber } from "./tcp-state-names.ts";

export interface ProcNetLine {
  readonly address: string;
  readonly port: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** The kernel's number: 10 LISTEN, 7 CLOSE. */
  readonly state: number;
  readonly receiveQueue: number;
  readonly sendQueue: number;
  readonly uid: number;
  readonly inode: number;
}

export const procNetStates = { established: 1, synReceived: 3, unconnected: 7, listen: 10 } as const;

const linePattern =
  /^\s*\d+: ([0-9A-Fa-f]{8}|[0-9A-Fa-f]{32}):([0-9A-Fa-f]{4}) ([0-9A-Fa-f]{8}|[0-9A-Fa-f]{32}):([0-9A-Fa-f]{4}) ([0-9A-Fa-f]{2}) ([0-9A-Fa-f]{8}):([0-9A-Fa-f]{8}) \S+ \S+ +(\d{1,10}) +\d+ +(\d{1,20})(?: |$)/;
/** A line of the kernel is 150 to 180 characters. */
const lineCharactersMax = 512;

/** One line; undefined for the heading and for anything else. Never throws. */
export function readProcNetLine(line: string): ProcNetLine | undefined {
  if (line.length > lineCharactersMax) return undefined;
  const match = linePattern.exec(line);
  if (!match) return undefined;
  const [, local = "", port = "", remote = "", remotePort = "", state = "", ...rest] = match;
  const [send = "", receive = "", uid = "", inode = ""] = rest;
  return {
    address: addressText(hexAddress(local)),
    port: Number.parseInt(port, 16),
    remoteAddress: addressText(hexAddress(remote)),
    remotePort: Number.parseInt(remotePort, 16),
    state: Number.parseInt(state, 16),
    receiveQueue: Number.parseInt(receive, 16),
    sendQueue: Number.parseInt(send, 16),
    uid: Number(uid),
    inode: Number(inode),
  };
}

function hexAddress(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length / 2);
  for (let at = 0; at < bytes.length; at++) {
    const reversed = (at & ~3) + 3 - (at & 3);
    bytes[reversed] = Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16);
  }
  return bytes;
}

/** Whether nothing that listens can follow this line of a TCP table. */
export function isPastListeners(line: ProcNetLine): boolean {
  return line.state !== procNetStates.listen && line.state !== procNetStates.synReceived;
}

/** `number`: of the line in a saved text. */
export function procNetRow(
  line: ProcNetLine,
  transport: "tcp" | "udp",
  state: ConnectionState,
  number = 0,
): SocketRow {
  // Of a listener the kernel prints 0, whatever may wait.
  return kernelRow(transport, state, state === "LISTEN" ? { ...line, sendQueue: null } : line, number);
}

/** Listing of `cat /proc/net/tcp /proc/net/udp …`, with or without headings and `==> name <==` marks. */
export function parseProcNet(text: string): ParsedRows {
  const sink = new RowSink();
  let named: "tcp" | "udp" | undefined;
  eachLine(text, sink, (line, number) => {
    const mark = /^==> \S{0,256}?(tcp|udp)6? <==$/.exec(line);
    if (mark !== null || /^\s*sl\s+local_address/.test(line)) {
      if (mark !== null) named = mark[1] as "tcp" | "udp";
      else if (/\bdrops\s*$/.test(line)) named = "udp";
      else named = "tcp";
      return;
    }
    const read = readProcNetLine(line);
    if (read === undefined) {
      sink.skip(number, line, "not a line of /proc/net");
      return;
    }
    const state = tcpStateByNumber(read.state);
    if (state === undefined) {
      sink.skip(number, line, `unknown state ${read.state}`);
      return;
    }
    // The kernel keeps no closed TCP socket in its table, and no UDP socket listens.
    const transport = named ?? (state === "CLOSED" ? "udp" : "tcp");
    sink.add(procNetRow(read, transport, state, number));
  });
  return sink.result();
}
