import { AddressCounts, columnsPerAddress } from "./address-counts.ts";
import { connectionStates } from "./connection-counts.ts";
import type { ConnectionCounts, ConnectionState } from "./connection-counts.ts";

/** The states of TCP in their order, then UDP sockets with a peer and without. */
export const columns = { udpWithPeer: 11, udpWithoutPeer: 12 } as const;
export const columnCount = 13;
const portCount = 65_536;
const tcpColumns = connectionStates.length;
const listenColumn = connectionStates.indexOf("LISTEN");

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

/**
 * Sockets counted by state, by local port, and by remote address and prefix. Typed arrays throughout: a socket costs
 * some ten additions and no object. What exceeds a bound is counted with the others, so that sums are always exact.
 */
export class SocketTally {
  readonly #seed: number;
  readonly #remotesMax: number;
  readonly #totals = new Uint32Array(columnCount);
  #ports = new Uint32Array(portCount * columnCount);
  #remotes: AddressCounts;
  /** Of sockets whose address got no line. */
  #prefixesLeft: AddressCounts;
  readonly #left = new Uint32Array(columnsPerAddress);
  readonly #leftWithoutPrefix = new Uint32Array(columnsPerAddress);

  constructor(seed: number, most = remotesMax) {
    this.#seed = seed;
    this.#remotesMax = most;
    this.#remotes = new AddressCounts(most, seed);
    this.#prefixesLeft = new AddressCounts(prefixesMax, seed);
  }

  /** Forgets everything: what was read does not count. */
  clear(): void {
    this.#totals.fill(0);
    this.#ports = new Uint32Array(portCount * columnCount);
    this.#remotes = new AddressCounts(this.#remotesMax, this.#seed);
    this.#prefixesLeft = new AddressCounts(prefixesMax, this.#seed);
    this.#left.fill(0);
    this.#leftWithoutPrefix.fill(0);
  }

  /** A socket without a peer: a listener, or one that is only bound. */
  addWithoutPeer(column: number, port: number): void {
    this.#totals[column] = (this.#totals[column] as number) + 1;
    const at = port * columnCount + column;
    this.#ports[at] = (this.#ports[at] as number) + 1;
  }

  /** A socket with a peer, whose address is four words as `AddressCounts` takes them. */
  add(column: number, port: number, a: number, b: number, c: number, d: number): void {
    this.addWithoutPeer(column, port);
    if (!this.#remotes.add(a, b, c, d, column, 1)) this.#addLeft(a, b, c, d, column);
  }

  addV4(column: number, port: number, address: number): void {
    this.add(column, port, 0, 0, mappedMark, address);
  }

  #addLeft(a: number, b: number, c: number, d: number, column: number): void {
    this.#left[column] = (this.#left[column] as number) + 1;
    const isV4 = isMapped(a, b, c);
    const known = isV4
      ? this.#prefixesLeft.add(a, b, c, d & v4PrefixMask, column, 1)
      : this.#prefixesLeft.add(a, b, 0, 0, column, 1);
    if (!known) this.#leftWithoutPrefix[column] = (this.#leftWithoutPrefix[column] as number) + 1;
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
    // Even numbers are TCP's, odd ones UDP's.
    const first = (row: number): number => ((row & 1) === 0 ? 0 : tcpColumns);
    const end = (row: number): number => ((row & 1) === 0 ? tcpColumns : columnCount);
    const total = (row: number): number => {
      let sum = 0;
      const at = (row >> 1) * columnCount;
      for (let column = first(row); column < end(row); column++) sum += this.#ports[at + column] as number;
      return sum;
    };
    const serves = (row: number): boolean =>
      this.#ports[(row >> 1) * columnCount + ((row & 1) === 0 ? listenColumn : columns.udpWithoutPeer)] !== 0;
    const top = largest(portCount * 2, total, limit, serving ? serves : undefined);
    const rows = top.rows.map((row) => ({
      transport: (row & 1) === 0 ? ("tcp" as const) : ("udp" as const),
      port: row >> 1,
      ...tallyCounts((column) =>
        column >= first(row) && column < end(row)
          ? (this.#ports[(row >> 1) * columnCount + column] as number)
          : 0,
      ),
    }));
    return { rows, others: top.others };
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
        const [a = 0, b = 0, c = 0, d = 0] = source.words(row);
        const isV4 = isMapped(a, b, c);
        const words = isV4 ? ([a, b, c, d & v4PrefixMask] as const) : ([a, b, 0, 0] as const);
        for (let column = 0; column < columnsPerAddress; column++) {
          const by = source.count(row, column);
          if (by > 0 && !prefixes.add(...words, column, by)) rest[column] = (rest[column] as number) + by;
        }
      }
    }
    return topAddresses(prefixes, rest, limit, (row) => {
      const [a = 0, b = 0, c = 0] = prefixes.words(row);
      return `${prefixes.address(row)}${isMapped(a, b, c) ? "/24" : "/64"}`;
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
  const top = largest(table.size, (row) => table.total(row), limit);
  const beyond = left.reduce((sum, count) => sum + count, 0);
  return {
    rows: top.rows.map((row) => ({
      remote: text(row),
      ...tallyCounts((column) => (column < columnsPerAddress ? table.count(row, column) : 0)),
    })),
    others: {
      rows: beyond > 0 ? null : top.others.rows,
      sockets: top.others.sockets + beyond,
    },
  };
}

/**
 * Numbers below `size` with the largest totals above 0, in order, and what is left; `may` says which can be among them.
 * O(n log n), two words each.
 */
function largest(
  size: number,
  total: (row: number) => number,
  limit: number,
  may: (row: number) => boolean = () => true,
): {
  readonly rows: readonly number[];
  readonly others: { readonly rows: number; readonly sockets: number };
} {
  const keys = new Float64Array(size);
  let filled = 0;
  let found = 0;
  let sum = 0;
  for (let row = 0; row < size; row++) {
    const sockets = total(row);
    if (sockets === 0) continue;
    sum += sockets;
    found++;
    // Ascending order of these is that of totals, then of rows backwards; exact below 2^53.
    if (may(row)) keys[filled++] = sockets * size + (size - 1 - row);
  }
  const order = keys.subarray(0, filled).sort();
  const rows = Array.from(order.subarray(Math.max(0, filled - limit)))
    .reverse()
    .map((key) => size - 1 - (key % size));
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
