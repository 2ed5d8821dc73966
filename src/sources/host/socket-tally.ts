// What: sockets counted by state, by local port, and by remote address and prefix.
// Idea: typed arrays throughout: a socket costs some ten additions and no object.
// Trap: a flood brings more addresses than anybody wants to keep: what exceeds a bound is counted with the others, so
//   that sums are always exact.
// Source: RFC 9293 §3.3.2 (states), RFC 4291 §2.5.5.2 (IPv4-mapped addresses).

import { connectionStates } from "../../model/connection-counts.ts";
import type { ConnectionCounts, ConnectionState } from "../../model/connection-counts.ts";
import { AddressCounts, columnsPerAddress, servicesMax } from "./address-counts.ts";
import { LargestKeys } from "./largest-keys.ts";

/** The states of TCP in their order, then UDP sockets with a peer and without. */
export const columns = { udpWithPeer: 11, udpWithoutPeer: 12 } as const;
export const columnCount = 13;
const portCount = 65_536;
const tcpColumns = connectionStates.length;
const portRowsAtFirst = 1024;
const listenColumn = connectionStates.indexOf("LISTEN");
/** By column, which one of an address it is; those without a peer have none, and stand behind the last. */
const columnOfAddress = Uint8Array.from({ length: columnCount }, (_, column) => {
  if (column === columns.udpWithPeer) return columnsPerAddress - 1;
  return column > listenColumn && column < tcpColumns - 1 ? column - 1 : columnsPerAddress;
});

/** Addresses that get a line of their own: 64 bytes and two slots each. Sockets of all others are counted together. */
export const remotesMax = 131_072;
/** Prefixes beyond those of the addresses that have a line. */
const prefixesMax = 65_536;
/** Of an IPv4-mapped address, bytes 8 to 11, as a word in memory order of a little-endian machine. */
const mappedMark = 0xffff_0000;
const v4PrefixMask = 0x00ff_ffff;

/** How many of what: all columns of a port, of an address, of everything. */
export interface TallyCounts {
  readonly counts: ConnectionCounts;
  readonly udp: number;
  readonly sockets: number;
}

export interface PortTally extends TallyCounts {
  readonly transport: "tcp" | "udp";
  readonly port: number;
}

export interface RemoteTally extends TallyCounts {
  /** Address or prefix, in canonical text. */
  readonly remote: string;
  /** Different local ports of TCP that it is connected to. Right where listeners were met before connections. */
  readonly ports: number;
  /** TCP connections at ports that nobody listens on: those that began here. */
  readonly outgoing: number;
}

/** The largest rows, and what the rest comes to. */
export interface TopRows<Row> {
  readonly rows: readonly Row[];
  readonly others: {
    /** Rows that are not listed; null when more than we can tell apart. */
    readonly rows: number | null;
    readonly sockets: number;
  };
}

export class SocketTally {
  readonly #seed: number;
  readonly #remotesMax: number;
  readonly #totals = new Uint32Array(columnCount);
  /** Number of a port's row; 0: not met yet. */
  readonly #rowOfPort = new Uint32Array(portCount);
  #ports = new Uint32Array(portRowsAtFirst * columnCount);
  #portsMet: number[] = [];
  /** Number of a port that somebody listens on, from 1 in the order in which they are met; 0: none was met. */
  readonly #serviceOfPort = new Uint8Array(portCount);
  #services = 0;
  readonly #remotes: AddressCounts;
  /** Of sockets whose address got no line. */
  readonly #prefixesLeft: AddressCounts;
  readonly #left = new Uint32Array(columnsPerAddress);
  readonly #leftWithoutPrefix = new Uint32Array(columnsPerAddress);

  constructor(seed: number, most = remotesMax) {
    this.#seed = seed;
    this.#remotesMax = most;
    this.#remotes = new AddressCounts(most, seed);
    this.#prefixesLeft = new AddressCounts(prefixesMax, seed);
  }

  /** Forgets everything, and keeps the room. */
  clear(): void {
    this.#totals.fill(0);
    this.#rowOfPort.fill(0);
    this.#ports.fill(0);
    this.#portsMet = [];
    this.#serviceOfPort.fill(0);
    this.#services = 0;
    this.#remotes.clear();
    this.#prefixesLeft.clear();
    this.#left.fill(0);
    this.#leftWithoutPrefix.fill(0);
  }

  /** Holds what another one of the same seed holds, but for listeners: which ports they serve is remembered. */
  becomeWithoutListeners(other: SocketTally): void {
    this.#totals.set(other.#totals);
    this.#rowOfPort.set(other.#rowOfPort);
    if (this.#ports.length < other.#ports.length) this.#ports = new Uint32Array(other.#ports.length);
    this.#ports.fill(0, other.#ports.length);
    this.#ports.set(other.#ports);
    this.#portsMet = [...other.#portsMet];
    this.#serviceOfPort.set(other.#serviceOfPort);
    this.#services = other.#services;
    this.#remotes.become(other.#remotes);
    this.#prefixesLeft.become(other.#prefixesLeft);
    this.#left.set(other.#left);
    this.#leftWithoutPrefix.set(other.#leftWithoutPrefix);
    this.#totals[listenColumn] = 0;
    for (let row = 0; row <= this.#portsMet.length; row++) this.#ports[row * columnCount + listenColumn] = 0;
  }

  /** A socket without a peer: a listener, or one that is only bound. */
  addWithoutPeer(column: number, port: number): void {
    this.#totals[column] = (this.#totals[column] as number) + 1;
    const at = (this.#rowOfPort[port] || this.#meetPort(port)) * columnCount + column;
    this.#ports[at] = (this.#ports[at] as number) + 1;
    if (column === listenColumn && this.#serviceOfPort[port] === 0)
      this.#serviceOfPort[port] = Math.min(++this.#services, servicesMax);
  }

  #meetPort(port: number): number {
    const row = this.#portsMet.push(port);
    if ((row + 1) * columnCount > this.#ports.length) {
      const ports = new Uint32Array(this.#ports.length * 2);
      ports.set(this.#ports);
      this.#ports = ports;
    }
    this.#rowOfPort[port] = row;
    return row;
  }

  /** A socket with a peer, whose address is four words as `AddressCounts` takes them. */
  add(column: number, port: number, a: number, b: number, c: number, d: number): void {
    this.addWithoutPeer(column, port);
    const columnThere = columnOfAddress[column] as number;
    const row = this.#remotes.add(a, b, c, d, columnThere, 1);
    if (row < 0) this.#addLeft(a, b, c, d, columnThere);
    else if (column < tcpColumns) this.#remotes.meet(row, this.#serviceOfPort[port] as number);
  }

  addV4(column: number, port: number, address: number): void {
    this.add(column, port, 0, 0, mappedMark, address);
  }

  #addLeft(a: number, b: number, c: number, d: number, column: number): void {
    this.#left[column] = (this.#left[column] as number) + 1;
    const isV4 = isMapped(a, b, c);
    const row = isV4
      ? this.#prefixesLeft.add(a, b, c, d & v4PrefixMask, column, 1)
      : this.#prefixesLeft.add(a, b, 0, 0, column, 1);
    if (row < 0) this.#leftWithoutPrefix[column] = (this.#leftWithoutPrefix[column] as number) + 1;
  }

  counts(): ConnectionCounts {
    return countsOf((column) => this.#totals[column] as number);
  }

  udp(): { readonly withPeer: number; readonly withoutPeer: number } {
    return {
      withPeer: this.#totals[columns.udpWithPeer] as number,
      withoutPeer: this.#totals[columns.udpWithoutPeer] as number,
    };
  }

  sockets(): number {
    return this.#totals.reduce((sum, count) => sum + count, 0);
  }

  /**
   * The ports with most sockets; of equal ones the lowest first. `serving`: only those where somebody listens or waits
   * for datagrams; those that connections to elsewhere begin at are among the others.
   */
  topPorts(limit: number, serving = false): TopRows<PortTally> {
    // A port is two numbers: the even one is TCP's, the odd one UDP's.
    const portAt = (number: number): number => (this.#rowOfPort[number >> 1] as number) * columnCount;
    const first = (number: number): number => ((number & 1) === 0 ? 0 : tcpColumns);
    const end = (number: number): number => ((number & 1) === 0 ? tcpColumns : columnCount);
    const total = (number: number): number => {
      let sum = 0;
      const at = portAt(number);
      for (let column = first(number); column < end(number); column++)
        sum += this.#ports[at + column] as number;
      return sum;
    };
    const serves = (number: number): boolean =>
      this.#ports[portAt(number) + ((number & 1) === 0 ? listenColumn : columns.udpWithoutPeer)] !== 0;
    const candidates = {
      count: this.#portsMet.length * 2,
      at: (index: number): number => (this.#portsMet[index >> 1] as number) * 2 + (index & 1),
      below: portCount * 2,
    };
    const top = largest(candidates, total, limit, serving ? serves : undefined);
    const rows = top.rows.map((number) => ({
      port: number >> 1,
      ...this.#rowAt(portAt(number), (number & 1) === 0 ? "tcp" : "udp"),
    }));
    return { rows, others: top.others };
  }

  /** Ports where somebody listens or waits for datagrams, most sockets first; what is connected elsewhere costs nothing. */
  servicePorts(): PortTally[] {
    const rows: PortTally[] = [];
    for (const port of this.#portsMet) {
      const at = (this.#rowOfPort[port] as number) * columnCount;
      for (const transport of ["tcp", "udp"] as const) {
        const serving = at + (transport === "tcp" ? listenColumn : columns.udpWithoutPeer);
        if (this.#ports[serving] !== 0) rows.push({ port, ...this.#rowAt(at, transport) });
      }
    }
    return rows.sort((a, b) => b.sockets - a.sockets || a.port - b.port);
  }

  #rowAt(at: number, transport: "tcp" | "udp"): Omit<PortTally, "port"> {
    const [first, end] = transport === "tcp" ? [0, tcpColumns] : [tcpColumns, columnCount];
    const count = (column: number): number =>
      column >= first && column < end ? (this.#ports[at + column] as number) : 0;
    return { transport, ...tallyCounts(count) };
  }

  /** Different addresses, or those with a socket in this state; addresses without a line do not count. */
  remoteCount(state: ConnectionState | null): number {
    if (state === null) return this.#remotes.size;
    const column = columnOfAddress[connectionStates.indexOf(state)] as number;
    let count = 0;
    for (let row = 0; row < this.#remotes.size; row++) if (this.#remotes.count(row, column) > 0) count++;
    return count;
  }

  /** The addresses with most sockets. */
  topRemotes(limit: number): TopRows<RemoteTally> {
    return topAddresses(this.#remotes, this.#left, limit, (row) => this.#remotes.address(row));
  }

  /** The same by /24 and /64. */
  topPrefixes(limit: number): TopRows<RemoteTally> {
    const prefixes = new AddressCounts(this.#remotesMax + prefixesMax, this.#seed);
    const rest = Uint32Array.from(this.#leftWithoutPrefix);
    for (const source of [this.#remotes, this.#prefixesLeft]) {
      for (let row = 0; row < source.size; row++) {
        const [a, b] = [source.word(row, 0), source.word(row, 1)];
        const isV4 = isMapped(a, b, source.word(row, 2));
        const [c, d] = isV4 ? [mappedMark, source.word(row, 3) & v4PrefixMask] : [0, 0];
        let prefix = -1;
        for (let column = 0; column < columnsPerAddress; column++) {
          const by = source.count(row, column);
          if (by === 0) continue;
          prefix = prefixes.add(a, b, c, d, column, by);
          if (prefix < 0) rest[column] = (rest[column] as number) + by;
        }
        if (prefix >= 0) prefixes.meetAll(prefix, source.services(row), source.ownPorts(row));
      }
    }
    return topAddresses(prefixes, rest, limit, (row) => {
      const isV4 = isMapped(prefixes.word(row, 0), prefixes.word(row, 1), prefixes.word(row, 2));
      return `${prefixes.address(row)}${isV4 ? "/24" : "/64"}`;
    });
  }
}

function isMapped(a: number, b: number, c: number): boolean {
  return a === 0 && b === 0 && c === mappedMark;
}

function topAddresses(
  table: AddressCounts,
  left: Uint32Array,
  limit: number,
  text: (row: number) => string,
): TopRows<RemoteTally> {
  const candidates = { count: table.size, at: (row: number): number => row, below: table.size };
  const top = largest(candidates, (row) => table.total(row), limit);
  const beyond = left.reduce((sum, count) => sum + count, 0);
  return {
    rows: top.rows.map((row) => ({
      remote: text(row),
      ports: table.ports(row),
      outgoing: table.ownPorts(row),
      ...tallyCounts((column) => {
        const there = columnOfAddress[column] as number;
        return there < columnsPerAddress ? table.count(row, there) : 0;
      }),
    })),
    others: {
      rows: beyond > 0 ? null : top.others.rows,
      sockets: top.others.sockets + beyond,
    },
  };
}

/** Different numbers below a bound, by index. */
interface Candidates {
  readonly count: number;
  at(index: number): number;
  readonly below: number;
}

/**
 * Those with the largest totals above 0, of equal ones the lowest first, and what is left; `may` says which can be among
 * them. O(n) as long as few are wanted or totals are alike.
 */
function largest(
  { count, at, below }: Candidates,
  total: (row: number) => number,
  limit: number,
  may: (row: number) => boolean = () => true,
): {
  readonly rows: readonly number[];
  readonly others: { readonly rows: number; readonly sockets: number };
} {
  const best = new LargestKeys(Math.min(limit, count));
  let found = 0;
  let sum = 0;
  for (let index = 0; index < count; index++) {
    const row = at(index);
    const sockets = total(row);
    if (sockets === 0) continue;
    sum += sockets;
    found++;
    // Descending order of these is that of totals, then of rows forwards; exact below 2^53.
    if (may(row)) best.offer(sockets * below + (below - 1 - row));
  }
  const rows = best.descending().map((key) => below - 1 - (key % below));
  const listed = rows.reduce((listedSum, row) => listedSum + total(row), 0);
  return { rows, others: { rows: found - rows.length, sockets: sum - listed } };
}

function tallyCounts(count: (column: number) => number): TallyCounts {
  const counts = countsOf(count);
  const udp = count(columns.udpWithPeer) + count(columns.udpWithoutPeer);
  return { counts, udp, sockets: udp + connectionStates.reduce((sum, state) => sum + counts[state], 0) };
}

function countsOf(count: (column: number) => number): ConnectionCounts {
  return Object.fromEntries(connectionStates.map((state, column) => [state, count(column)])) as Record<
    ConnectionState,
    number
  >;
}
