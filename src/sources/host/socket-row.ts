// What: one line of a socket table that some tool printed, and how much of such text we are ready to keep.
// Idea: every parser answers with rows and with what it did not understand, with the reason; none throws.
// Trap: the text comes from strangers: every length has a bound, and every name is made safe before it is kept.
// Source: the parsers' own preambles.

import { showable } from "../../base/text.ts";
import type { ConnectionState } from "../../model/connection-counts.ts";
import { fitText } from "../../model/fit-listener.ts";
import { nameCharactersMax } from "../../model/process.ts";

export interface RowOwner {
  readonly pid: number;
  /** As the tool showed it, which is often cut; null when it showed none. */
  readonly name: string | null;
}

export interface SocketRow {
  /** 1-based number of the line that it began on. */
  readonly line: number;
  readonly transport: "tcp" | "udp";
  readonly address: string;
  readonly port: number;
  readonly interface: string | null;
  /** UDP: `CLOSED` = without a peer (ss: UNCONN), `ESTABLISHED` = with one. */
  readonly state: ConnectionState;
  readonly remoteAddress: string | null;
  readonly remotePort: number | null;
  /** Bytes that nobody has read; of a listener the connections that nobody has accepted. Null when not shown. */
  readonly receiveQueue: number | null;
  /** Bytes that are not acknowledged; of a listener the most connections that may wait. Null when not shown. */
  readonly sendQueue: number | null;
  readonly owners: readonly RowOwner[];
  /** User name, or uid as text, of who made the socket; null when not shown. */
  readonly user: string | null;
  readonly inode: number | null;
}

/** What the kernel tells of a socket: no names, and a remote port of 0 where there is no peer. */
interface KernelSocket {
  readonly address: string;
  readonly port: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly receiveQueue: number;
  readonly sendQueue: number | null;
  readonly uid: number;
  readonly inode: number;
}

/** `line`: 0 where it stood in no text. */
export function kernelRow(
  transport: "tcp" | "udp",
  state: ConnectionState,
  socket: KernelSocket,
  line = 0,
): SocketRow {
  const hasPeer = socket.remotePort !== 0;
  return {
    line,
    transport,
    address: socket.address,
    port: socket.port,
    interface: null,
    state,
    remoteAddress: hasPeer ? socket.remoteAddress : null,
    remotePort: hasPeer ? socket.remotePort : null,
    receiveQueue: socket.receiveQueue,
    sendQueue: socket.sendQueue,
    owners: [],
    user: String(socket.uid),
    inode: socket.inode,
  };
}

export interface SkippedLine {
  readonly line: number;
  readonly text: string;
  readonly reason: string;
}

export interface ParsedRows {
  readonly rows: readonly SocketRow[];
  readonly skipped: readonly SkippedLine[];
}

export const textCharactersMax = 128 * 1024 * 1024;
/** A socket held by a thousand workers makes a line of 30,000 characters. */
export const lineCharactersMax = 256 * 1024;
export const rowsMax = 500_000;
export const rowOwnersMax = 1000;
export const skippedMax = 1000;
const skippedCharactersMax = 200;

/** Listening: what a port map shows. */
export function isListening(row: SocketRow): boolean {
  return row.transport === "tcp" ? row.state === "LISTEN" : row.state === "CLOSED";
}

/** Takes rows and skipped lines, within bounds. */
export class RowSink {
  readonly rows: SocketRow[] = [];
  readonly skipped: SkippedLine[] = [];
  #left = 0;

  add(row: SocketRow): void {
    if (this.rows.length < rowsMax) this.rows.push(row);
    else this.#left++;
  }

  skip(line: number, text: string, reason: string): void {
    if (this.skipped.length < skippedMax) {
      // One character too many is enough to be cut with a mark.
      const begin = text.slice(0, skippedCharactersMax + 1);
      this.skipped.push({ line, text: fitText(begin, skippedCharactersMax), reason: showable(reason) });
    } else this.#left++;
  }

  result(): ParsedRows {
    if (this.#left > 0) {
      this.skipped.push({ line: 0, text: "", reason: `${this.#left} more lines are not listed` });
      this.#left = 0;
    }
    return { rows: this.rows, skipped: this.skipped };
  }
}

const colour = /\u001b\[[0-9;]{0,16}[A-Za-z]/g;

/** Visits the lines of a text that are not blank, without line ends and colours. */
export function eachLine(text: string, sink: RowSink, visit: (line: string, number: number) => void): void {
  const bounded = text.length > textCharactersMax ? text.slice(0, textCharactersMax) : text;
  let number = 0;
  for (let start = 0; start < bounded.length;) {
    const found = bounded.indexOf("\n", start);
    const end = found < 0 ? bounded.length : found;
    number++;
    if (end - start > lineCharactersMax) {
      sink.skip(number, bounded.slice(start, start + skippedCharactersMax), "line is too long");
    } else {
      const line = bounded.slice(start, end).replaceAll(colour, "").trimEnd();
      if (line.trim() !== "") visit(line, number);
    }
    start = end + 1;
  }
  if (bounded.length < text.length) sink.skip(number + 1, "", "text is too long: the rest was not read");
}

export function ownerName(name: string): string | null {
  const safe = fitText(name.trim(), nameCharactersMax);
  return safe === "" || safe === "-" ? null : safe;
}
