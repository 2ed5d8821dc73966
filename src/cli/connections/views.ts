import { compareText } from "../../base/text.ts";
import { connectionStates } from "../../model/connection-counts.ts";
import type { ConnectionCounts, ConnectionState } from "../../model/connection-counts.ts";
import type { PortTally, RemoteTally, TallyCounts, TopRows } from "../../sources/host/socket-tally.ts";
import { readKernelCounters } from "../../sources/host/kernel-counters.ts";
import type { KernelCounters } from "../../sources/host/kernel-counters.ts";
import type { CensusQuestion } from "../../sources/host/socket-census.ts";
import type { RowOwner, SocketRow } from "../../sources/host/socket-row.ts";
import { countStates } from "../../sources/host/state-counts.ts";
import type { SocketSource } from "./socket-source.ts";

/** What each view shows, as `--json` prints it. These names are kept. */
export interface StateView {
  readonly counts: ConnectionCounts;
}

export interface PortLine extends PortTally {
  /** Of its listeners; empty where nobody listens or the owner is not known. */
  readonly processes: readonly RowOwner[];
}

export interface ProcessLine extends TallyCounts {
  /** Null: no process that can be seen holds them. */
  readonly pid: number | null;
  readonly name: string | null;
}

export interface SocketLine {
  readonly transport: "tcp" | "udp";
  /** Null: UDP has none. */
  readonly state: ConnectionState | null;
  readonly address: string;
  readonly port: number;
  readonly remoteAddress: string | null;
  readonly remotePort: number | null;
  readonly receiveQueue: number | null;
  readonly sendQueue: number | null;
  readonly processes: readonly RowOwner[];
}

/** A listener with connections that nobody has accepted yet. */
export interface QueueLine {
  readonly address: string;
  readonly port: number;
  readonly waiting: number;
  /** Null where the source does not tell. */
  readonly max: number | null;
  readonly processes: readonly RowOwner[];
}

export interface View<Row> extends TopRows<Row> {
  readonly limits: readonly string[];
}

export interface Overview {
  readonly counts: ConnectionCounts;
  readonly udp: { readonly withPeer: number; readonly withoutPeer: number };
  readonly ports: TopRows<PortLine>;
  readonly remotes: TopRows<RemoteTally>;
  readonly prefixes: TopRows<RemoteTally>;
  readonly listenQueues: readonly QueueLine[];
  /** Null of saved output, which has none. */
  readonly kernel: KernelCounters | null;
  readonly limits: readonly string[];
}

/** Counts and nothing else, by the shortest way. */
export async function viewStates(
  source: SocketSource,
  question: CensusQuestion,
  ffi: boolean,
): Promise<StateView & { readonly limits: readonly string[] }> {
  if (!source.isSaved && question.ports === null) {
    const counted = await countStates(question.states ?? new Set(connectionStates), { ffi });
    if (!("unavailable" in counted)) {
      return { counts: counted.counts, limits: counted.limit === null ? [] : [counted.limit] };
    }
  }
  const { tally, limits } = source.tally(question);
  return { counts: tally.counts(), limits };
}

export async function viewPorts(
  source: SocketSource,
  question: CensusQuestion,
  limit: number,
): Promise<View<PortLine>> {
  const { tally, limits } = source.tally(question);
  const listeners = await source.list(listenersOf(question));
  const ports = await withOwners(source, tally.topPorts(limit), listeners.rows);
  return { ...ports.top, limits: distinct([...limits, ...listeners.limits, ...ports.limits]) };
}

/** A listener has none, and tells which of the others' ports are services. */
const statesOfRemotes = connectionStates.filter((state) => state !== "CLOSED");

export function viewRemotes(
  source: SocketSource,
  question: CensusQuestion,
  limit: number,
  by: "remote" | "prefix",
): View<RemoteTally> {
  const states: Iterable<ConnectionState> = question.states ?? statesOfRemotes;
  const { tally, limits } = source.tally({ ...question, states: new Set([...states, "LISTEN"]) });
  return { ...(by === "remote" ? tally.topRemotes(limit) : tally.topPrefixes(limit)), limits };
}

export async function viewProcesses(
  source: SocketSource,
  question: CensusQuestion,
  limit: number,
): Promise<View<ProcessLine>> {
  const { rows, left, limits } = await source.list(question);
  const { ownersOf, limits: unseen } = await source.owners(rows);
  const lines = new Map<
    number | null,
    { name: string | null; counts: Map<ConnectionState, number>; udp: number }
  >();
  for (const row of rows) {
    // Of those that share a socket, the first: no socket is counted twice.
    const [owner] = ownersOf(row);
    const line = lines.get(owner?.pid ?? null) ?? { name: owner?.name ?? null, counts: new Map(), udp: 0 };
    lines.set(owner?.pid ?? null, line);
    if (row.transport === "udp") line.udp++;
    else line.counts.set(row.state, (line.counts.get(row.state) ?? 0) + 1);
  }
  const all = [...lines].map(([pid, { name, counts, udp }]): ProcessLine => {
    const every = Object.fromEntries(connectionStates.map((state) => [state, counts.get(state) ?? 0]));
    const tcp = [...counts.values()].reduce((sum, count) => sum + count, 0);
    return { pid, name, counts: every as ConnectionCounts, udp, sockets: tcp + udp };
  });
  all.sort((a, b) => b.sockets - a.sockets || (a.pid ?? 0) - (b.pid ?? 0));
  const beyond = all.slice(limit).reduce((sum, { sockets }) => sum + sockets, 0);
  return {
    rows: all.slice(0, limit),
    others: { rows: left > 0 ? null : Math.max(0, all.length - limit), sockets: beyond + left },
    limits: [...limits, ...unseen],
  };
}

export async function viewSockets(
  source: SocketSource,
  question: CensusQuestion,
  limit: number,
): Promise<View<SocketLine>> {
  const { rows, left, limits } = await source.list(question);
  const shown = rows.toSorted(compareSockets).slice(0, limit);
  const { ownersOf, limits: unseen } = await source.owners(shown);
  const beyond = rows.length - shown.length + left;
  return {
    rows: shown.map((row) => ({
      transport: row.transport,
      state: row.transport === "tcp" ? row.state : null,
      address: row.address,
      port: row.port,
      remoteAddress: row.remoteAddress,
      remotePort: row.remotePort,
      receiveQueue: row.receiveQueue,
      sendQueue: row.sendQueue,
      processes: ownersOf(row),
    })),
    others: { rows: beyond, sockets: beyond },
    limits: [...limits, ...unseen],
  };
}

export async function overview(
  source: SocketSource,
  question: CensusQuestion,
  limit: number,
): Promise<Overview> {
  const { tally, limits } = source.tally(question);
  const listeners = await source.list(listenersOf(question));
  const ports = await withOwners(source, tally.topPorts(limit, question.ports === null), listeners.rows);
  const queued = listeners.rows.filter(
    ({ transport, receiveQueue }) => transport === "tcp" && (receiveQueue ?? 0) > 0,
  );
  const { ownersOf } = await source.owners(queued);
  return {
    counts: tally.counts(),
    udp: tally.udp(),
    ports: ports.top,
    remotes: tally.topRemotes(limit),
    prefixes: tally.topPrefixes(limit),
    listenQueues: queued
      .map((row) => ({
        address: row.address,
        port: row.port,
        waiting: row.receiveQueue ?? 0,
        max: row.sendQueue,
        processes: ownersOf(row),
      }))
      .sort((a, b) => b.waiting - a.waiting || a.port - b.port)
      .slice(0, limit),
    kernel: source.isSaved ? null : readKernelCounters(),
    limits: distinct([...limits, ...listeners.limits, ...ports.limits]),
  };
}

/** Whoever listens on a port stands behind its connections. */
function listenersOf({ ports }: CensusQuestion): CensusQuestion {
  return { states: new Set(["LISTEN"]), udp: true, ports };
}

async function withOwners(
  source: SocketSource,
  top: TopRows<PortTally>,
  listeners: readonly SocketRow[],
): Promise<{ readonly top: TopRows<PortLine>; readonly limits: readonly string[] }> {
  const key = ({ transport, port }: { readonly transport: string; readonly port: number }): string =>
    `${transport} ${port}`;
  const shown = new Set(top.rows.map(key));
  const theirs = listeners.filter((row) => shown.has(key(row)));
  const { ownersOf, limits } = await source.owners(theirs);
  const processes = new Map<string, Map<number, RowOwner>>();
  for (const row of theirs) {
    const known = processes.get(key(row)) ?? new Map<number, RowOwner>();
    for (const owner of ownersOf(row)) known.set(owner.pid, owner);
    processes.set(key(row), known);
  }
  const rows = top.rows.map((row) => ({ ...row, processes: [...(processes.get(key(row))?.values() ?? [])] }));
  return { top: { rows, others: top.others }, limits };
}

function compareSockets(a: SocketRow, b: SocketRow): number {
  return (
    a.port - b.port ||
    compareText(a.transport, b.transport) ||
    connectionStates.indexOf(a.state) - connectionStates.indexOf(b.state) ||
    compareText(a.remoteAddress ?? "", b.remoteAddress ?? "") ||
    (a.remotePort ?? 0) - (b.remotePort ?? 0) ||
    compareText(a.address, b.address)
  );
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
