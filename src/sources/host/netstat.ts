// What: the output of `netstat`: net-tools (with -e, -W, -o, -p), busybox, Darwin and BSD, Windows.
// Idea: a line begins with its protocol; from there the endpoints are the first two words that hold a separator, and what
//   stands behind is a state, then user and inode, then `pid/program`.
// Trap: a program's name holds blanks (`2007/nginx: master`); UDP has no state; without -W net-tools cuts a long IPv6
//   address so that address and port fit 22 characters, and the stump may be a valid address of somebody else: skipped.
//   A terminal may have wrapped the tail of a line. net-tools prints an IPv4-mapped address of a tcp6 line without `::ffff:`.
// Source: net-tools netstat.c (2.10, 1.60), busybox networking/netstat.c, Darwin netstat(1), Windows netstat (documented
//   output; read for facts only).

import type { ConnectionState } from "../../model/connection-counts.ts";
import { connectionStateOf } from "../../model/connection-state.ts";
import { parsePrintedEndpoint } from "./printed-endpoint.ts";
import { eachLine, ownerName, RowSink } from "./socket-row.ts";
import type { ParsedRows, RowOwner, SocketRow } from "./socket-row.ts";

const protocol = /^\s*(tcp46|tcp4|tcp6|tcp|udp46|udp4|udp6|udp|TCP|UDP)\s/;
const otherProtocol =
  /^\s*(unix|raw6?|udplite6?|udpl6?|icmp[46]{0,2}|divert|sctp|ax25|ipx|netrom|l2cap|rfcomm)\s/;
const heading =
  /^\s*(Active (Internet|UNIX|LOCAL|Multipath)|Proto\s|Active Connections|Aktive |\(Not all processes|\(No info could| ?will not be shown|Netid\s)/;
/** address + port of net-tools without -W, and the separator. */
const cutAt = 23;

export function parseNetstat(text: string): ParsedRows {
  const sink = new RowSink();
  let waiting: { line: string; number: number; row: SocketRow | undefined } | undefined;
  const close = (): void => {
    if (waiting?.row !== undefined) sink.add(waiting.row);
    else if (waiting !== undefined) sink.skip(waiting.number, waiting.line, "line ends before its endpoints");
    waiting = undefined;
  };
  eachLine(text, sink, (line, number) => {
    if (protocol.test(line)) {
      close();
      const row = readLine(line, number);
      if (typeof row !== "string") waiting = { line, number, row };
      else if (row === incomplete) waiting = { line, number, row: undefined };
      else sink.skip(number, line, row);
      return;
    }
    if (waiting !== undefined && waiting.number === number - 1 && isTail(line, waiting.row)) {
      const joined = readLine(`${waiting.line} ${line.trim()}`, waiting.number);
      if (typeof joined !== "string") {
        waiting.row = joined;
        close();
        return;
      }
    }
    close();
    if (heading.test(line)) return;
    sink.skip(
      number,
      line,
      otherProtocol.test(line) ? "neither TCP nor UDP" : "not a line of a socket table",
    );
  });
  close();
  return sink.result();
}

const incomplete = "incomplete";
const ownerPattern = /^(\d{1,10})\/(.*)$/;
const timer = /\s+(?:off|on|keepalive|timewait|probe|unkn-\d+) \([\d./-]+\)\s*$/;

/** What a terminal may have pushed to the next line: the end of a line that has no owner yet. */
function isTail(line: string, row: SocketRow | undefined): boolean {
  const [first = ""] = line.trimStart().split(/\s/, 1);
  if (row === undefined) return parsePrintedEndpointLike(first) || connectionStateOf(first) !== undefined;
  return row.owners.length === 0 && (ownerPattern.test(first) || connectionStateOf(first) !== undefined);
}

function parsePrintedEndpointLike(word: string): boolean {
  return typeof parsePrintedEndpoint(word, "::") !== "string";
}

function readLine(line: string, number: number): SocketRow | string {
  const words = line.trim().split(/\s+/, 12);
  const [name = ""] = words;
  const queues = /^\d+$/.test(words[1] ?? "") && /^\d+$/.test(words[2] ?? "") ? 2 : 0;
  const local = words[1 + queues];
  const remote = words[2 + queues];
  if (local === undefined || remote === undefined) return incomplete;
  const isV6 = name.includes("6") || (local.match(/:/g)?.length ?? 0) > 1;
  const here = parsePrintedEndpoint(local, isV6 ? "::" : "0.0.0.0");
  if (typeof here === "string") return local.length === cutAt && isV6 ? cutReason : here;
  if (name === "tcp6" || name === "udp6" || name === "tcp" || name === "udp") {
    if (queues === 2 && isV6 && local.length === cutAt) return cutReason;
  }
  const there = parsePrintedEndpoint(remote, isV6 ? "::" : "0.0.0.0");
  if (typeof there === "string") return remote.length === cutAt && isV6 ? cutReason : there;
  if (here.port === null) return "no local port";
  const transport = name.toLowerCase().startsWith("tcp") ? "tcp" : "udp";
  // Windows writes the absent peer of a listener as port 0.
  const remotePort = there.port === 0 ? null : there.port;
  const rest = restBehind(line, 3 + queues);
  const state = readState(rest, transport, remotePort);
  return {
    line: number,
    transport,
    address:
      name.endsWith("6") && here.address.includes(".") && !here.address.includes(":")
        ? `::ffff:${here.address}`
        : here.address,
    port: here.port,
    interface: here.interface,
    state: state.state,
    remoteAddress: remotePort === null ? null : there.address,
    remotePort,
    receiveQueue: queues === 2 ? Number(words[1]) : null,
    // Of a listener net-tools prints 0, whatever may wait.
    sendQueue: queues === 2 && state.state !== "LISTEN" ? Number(words[2]) : null,
    ...readTail(state.rest, name === name.toUpperCase()),
  };
}

const cutReason = "address may be cut: print it with netstat -W";

/** Text behind the first `count` words. */
function restBehind(line: string, count: number): string {
  let end = 0;
  let left = count;
  for (const match of line.matchAll(/\S+/g)) {
    end = match.index + match[0].length;
    if (--left === 0) break;
  }
  return line.slice(end).trim();
}

function readState(
  rest: string,
  transport: "tcp" | "udp",
  remotePort: number | null,
): { state: ConnectionState; rest: string } {
  const [word = ""] = rest.split(/\s/, 1);
  const state = connectionStateOf(word);
  if (state !== undefined) return { state, rest: rest.slice(word.length).trim() };
  if (transport === "udp") return { state: remotePort === null ? "CLOSED" : "ESTABLISHED", rest };
  // A state in another language (Windows): whoever has no peer listens.
  const foreign = /^\p{L}[\p{L}\p{M}_-]{2,20}(?=\s|$)/u.exec(rest)?.[0] ?? "";
  return { state: remotePort === null ? "LISTEN" : "ESTABLISHED", rest: rest.slice(foreign.length).trim() };
}

type Tail = Pick<SocketRow, "owners" | "user" | "inode">;

/** `[User Inode] pid/program [timer]`, or a bare pid on Windows. */
function readTail(rest: string, windows: boolean): Tail {
  if (windows) {
    const pid = /^(\d{1,10})$/.exec(rest)?.[1];
    const owners = pid === undefined || pid === "0" ? [] : [{ pid: Number(pid), name: null }];
    return { owners, user: null, inode: null };
  }
  const text = rest.length < 512 ? rest.replace(timer, "") : rest;
  const extended = /^([\w.$+-]{1,32})\s+(\d{1,15})(?:\s+|$)/.exec(text);
  const owner = readOwner(extended === null ? text : text.slice(extended[0].length));
  return {
    owners: owner === undefined ? [] : [owner],
    user: extended?.[1] ?? null,
    inode: extended === null ? null : Number(extended[2]),
  };
}

function readOwner(text: string): RowOwner | undefined {
  const match = ownerPattern.exec(text);
  return match === null ? undefined : { pid: Number(match[1]), name: ownerName(match[2] ?? "") };
}
