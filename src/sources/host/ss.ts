// What: the output of `ss` with -t -u -l -a -n -p -e -m -o in any combination, with and without heading.
// Idea: a line is read from both ends of what never changes: two numbers (the queues), then two endpoints. What stands
//   before are transport and state, either of which may be missing; what stands behind is named (`users:`, `uid:`, `ino:`).
// Trap: `*:22` means any IPv4 up to iproute2 4.15 (CentOS 7) and a dual-stack `::` since, so the rest of the text decides.
//   Old versions write `users:(("sshd",1031,3))`; a narrow terminal and -m put details on the next line; program names
//   may hold quotes, commas and parentheses.
// Source: iproute2 misc/ss.c at v3.10, v4.11, v5.10, v6.1 (documented output; read for facts only).

import type { ConnectionState } from "../../model/connection-counts.ts";
import { connectionStateOf } from "../../model/connection-state.ts";
import { parsePrintedEndpoint } from "./printed-endpoint.ts";
import { eachLine, ownerName, rowOwnersMax, RowSink } from "./socket-row.ts";
import type { ParsedRows, RowOwner, SocketRow } from "./socket-row.ts";

/** Other families that `ss` prints; their lines are no concern of a port map. */
const otherFamilies =
  /^(u_str|u_dgr|u_seq|nl|p_raw|p_dgr|raw|raw6|icmp6|dccp|sctp|mptcp|v_str|v_dgr|tipc|xdp|\?\?\?)$/;
const heading = /^(Netid|State|Recv-Q)\s.*Address:Port/;
const fieldsMax = 10;

export function parseSs(text: string): ParsedRows {
  const sink = new RowSink();
  const wildcard = meaningOfStar(text);
  let transport: "tcp" | "udp" | undefined;
  let last: Open | undefined;
  const close = (): void => {
    if (last !== undefined) sink.add(rowOf(last));
    last = undefined;
  };
  eachLine(text, sink, (line, number) => {
    if (heading.test(line.trimStart())) {
      // Without a Netid column one transport was asked for; the first state that only one has tells which.
      transport = undefined;
      return;
    }
    if (/^\s/.test(line) && last !== undefined && isDetail(line)) {
      last.details += ` ${line.trim()}`;
      return;
    }
    const parsed = readLine(line, number, { wildcard, transport });
    if (typeof parsed === "string") {
      if (isDetail(line) && last !== undefined) last.details += ` ${line.trim()}`;
      else sink.skip(number, line, parsed);
      return;
    }
    close();
    last = parsed;
    if (parsed.telling) transport = parsed.row.transport;
  });
  close();
  return sink.result();
}

interface Open {
  readonly row: Omit<SocketRow, "owners" | "user" | "inode">;
  details: string;
  /** Its state belongs to one transport only, and no column names the transport. */
  readonly telling: boolean;
}

function rowOf({ row, details }: Open): SocketRow {
  const uid = /(?:^|\s)uid:(\d{1,10})(?:\s|$)/.exec(details)?.[1];
  const inode = /(?:^|\s)ino:(\d{1,15})(?:\s|$)/.exec(details)?.[1];
  // With -e, ss leaves the uid out when it is 0.
  const user = uid ?? (inode === undefined ? null : "0");
  return { ...row, owners: readUsers(details), user, inode: inode === undefined ? null : Number(inode) };
}

/** What may stand behind the endpoints, or on a line of its own. */
function isDetail(line: string): boolean {
  return /^\s*(users:\(|uid:|ino:|sk:|timer:|skmem:|cgroup:|v6only:|<->|--|fwmark:|bpf:|opt:|[a-z_]+:|ts |sack )/.test(
    line,
  );
}

function readLine(
  line: string,
  number: number,
  known: { readonly wildcard: string; readonly transport: "tcp" | "udp" | undefined },
): Open | string {
  const found = firstWords(line, fieldsMax);
  const words = found.map(({ word }) => word);
  const [netid = ""] = words;
  if (otherFamilies.test(netid)) return "neither TCP nor UDP";
  const named = /^(tcp|udp)$/.test(netid) ? (words.shift() as "tcp" | "udp") : undefined;
  const state = connectionStateOf(words[0] ?? "");
  if (state !== undefined) words.shift();
  const [receive = "", send = "", local = "", peer = ""] = words;
  if (!/^\d+$/.test(receive) || !/^\d+$/.test(send) || peer === "") return "not a line of a socket table";
  const here = parsePrintedEndpoint(local, known.wildcard);
  if (typeof here === "string") return here;
  const there = parsePrintedEndpoint(peer, known.wildcard);
  if (typeof there === "string") return there;
  if (here.port === null) return "no local port";
  const transport = named ?? known.transport ?? (state === "CLOSED" ? "udp" : "tcp");
  return {
    row: {
      line: number,
      transport,
      address: here.address,
      port: here.port,
      interface: here.interface,
      state: state ?? stateByPeer(transport, there.port),
      remoteAddress: there.port === null ? null : there.address,
      remotePort: there.port,
      receiveQueue: Number(receive),
      sendQueue: Number(send),
    },
    details: line.slice(found[found.length - words.length + 3]?.end ?? line.length),
    telling: named === undefined && (state === "LISTEN" || state === "CLOSED"),
  };
}

/** `ss state listening` prints no state: who has no peer listens. */
function stateByPeer(transport: "tcp" | "udp", remotePort: number | null): ConnectionState {
  if (remotePort !== null) return "ESTABLISHED";
  return transport === "tcp" ? "LISTEN" : "CLOSED";
}

function firstWords(line: string, count: number): { word: string; end: number }[] {
  const words: { word: string; end: number }[] = [];
  for (const match of line.matchAll(/\S+/g)) {
    words.push({ word: match[0], end: match.index + match[0].length });
    if (words.length === count) break;
  }
  return words;
}

/** `users:(("nginx",pid=7,fd=6),("nginx",pid=8,fd=6))`, in old versions `(("nginx",7,6))`. One owner per pid. */
function readUsers(details: string): RowOwner[] {
  const at = details.indexOf("users:(");
  if (at < 0) return [];
  const owners = new Map<number, RowOwner>();
  // A program name is at most 63 bytes in the kernel; the bound keeps hostile text linear.
  for (const match of details
    .slice(at)
    .matchAll(/\("([^\n]{0,64}?)",(?:pid=)?(\d{1,10}),(?:[a-z]+=)?[^()"]{0,64}\)/g)) {
    const pid = Number(match[2]);
    if (!owners.has(pid)) owners.set(pid, { pid, name: ownerName(match[1] ?? "") });
    if (owners.size === rowOwnersMax) break;
  }
  return [...owners.values()];
}

/** How much of the text is looked at to tell old output from new. */
const evidenceCharacters = 1024 * 1024;

/**
 * `::` or `0.0.0.0`. New versions print `0.0.0.0:` and `[::]:`, and the peer of an IPv4 socket as `0.0.0.0:*`; old ones
 * print IPv6 without brackets, an IPv4 address with the peer `*:*`, and pids without `pid=`.
 */
function meaningOfStar(text: string): string {
  const evidence = text.slice(0, evidenceCharacters);
  if (/\s(?:0\.0\.0\.0:|\[)/.test(evidence)) return "::";
  if (/\s:::\S/.test(evidence) || /users:\(\("[^"\n]{0,64}",\d/.test(evidence)) return "0.0.0.0";
  if (/\s\d+\.\d+\.\d+\.\d+(?:%\w+)?:\w+\s+\*:\*/.test(evidence)) return "0.0.0.0";
  // A heading without a column for processes is older than version 5.
  return /Address:Port[^\n]{0,80}Peer Address:Port[^\n]{0,80}/.test(evidence) && !/Process/.test(evidence)
    ? "0.0.0.0"
    : "::";
}
