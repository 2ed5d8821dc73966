// What: counts by address, and of how many ports each is connected to, for hundreds of thousands of addresses.
// Idea: a row of 64 bytes, that is one line of the cache, for each, found by a hash over its four words (open
//   addressing); no object is made for any. Ports that somebody listens on are bits of a word; a connection that began
//   here has a port of its own, so that those need only be counted.
// Trap: whoever may choose addresses can make them fall together: the seed is secret, and the search for a slot bounded.
// Source: MurmurHash3 (public domain) for the mixing.

import { addressFromBytes } from "../../base/ip.ts";

/** What is counted of each address: the nine states of TCP that have a peer, and UDP sockets with one. */
export const columnsPerAddress = 10;
const keyWords = 4;
/** Behind the columns: services met, as bits, and connections with a port of their own. */
const servicesAt = keyWords + columnsPerAddress;
const ownPortsAt = servicesAt + 1;
const rowWords = ownPortsAt + 1;
/** Services that are told apart; all others share the last bit. */
export const servicesMax = 32;
const rowsAtFirst = 1024;
/**
 * Slots that are looked at for one address. A table at most half full needs 2 on average; whoever finds addresses that
 * all fall together gets no more of our time, and is not listed.
 */
const probesMax = 64;

/**
 * An address is 16 bytes in network order, IPv4 as IPv4-mapped: four words as they lie in memory, whose order within a
 * word is nobody's concern here.
 */
export class AddressCounts {
  readonly #rowsMax: number;
  readonly #seed: number;
  #rows = new Uint32Array(rowsAtFirst * rowWords);
  /** Number of the row plus one; 0 is free. */
  #slots = new Uint32Array(rowsAtFirst * 2);
  #size = 0;

  /** `seed`: any 32 bits that strangers do not know, so that they cannot choose addresses that fall together. */
  constructor(rowsMax: number, seed: number) {
    this.#rowsMax = rowsMax;
    this.#seed = seed;
  }

  /** Rows, from 0; none is ever taken away. */
  get size(): number {
    return this.#size;
  }

  /** Forgets all addresses, and keeps the room. */
  clear(): void {
    this.#rows.fill(0, 0, this.#size * rowWords);
    this.#slots.fill(0);
    this.#size = 0;
  }

  /** Holds what another one of the same seed holds. */
  become(other: AddressCounts): void {
    const used = other.#size * rowWords;
    if (this.#rows.length < used) this.#rows = new Uint32Array(other.#rows.length);
    else this.#rows.fill(0, used, Math.max(used, this.#size * rowWords));
    this.#rows.set(other.#rows.subarray(0, used));
    if (this.#slots.length === other.#slots.length) this.#slots.set(other.#slots);
    else this.#slots = other.#slots.slice();
    this.#size = other.#size;
  }

  /** Adds `by` to `column` and returns the row; -1 when the address has none and can get none. */
  add(a: number, b: number, c: number, d: number, column: number, by: number): number {
    const row = this.#rowOf(a, b, c, d);
    if (row >= 0) {
      const at = row * rowWords + keyWords + column;
      this.#rows[at] = (this.#rows[at] as number) + by;
    }
    return row;
  }

  /** One connection to the service of this number (from 1), or, 0, one that has its port alone. */
  meet(row: number, service: number): void {
    if (service === 0) this.meetAll(row, 0, 1);
    else this.meetAll(row, 1 << (service - 1), 0);
  }

  /** What was met of another row. */
  meetAll(row: number, services: number, ownPorts: number): void {
    const at = row * rowWords;
    this.#rows[at + servicesAt] = (this.#rows[at + servicesAt] as number) | services;
    this.#rows[at + ownPortsAt] = (this.#rows[at + ownPortsAt] as number) + ownPorts;
  }

  services(row: number): number {
    return this.#rows[row * rowWords + servicesAt] as number;
  }

  ownPorts(row: number): number {
    return this.#rows[row * rowWords + ownPortsAt] as number;
  }

  /** Different local ports that it is connected to; at most `servicesMax` of them services. */
  ports(row: number): number {
    let services = this.services(row);
    let count = this.ownPorts(row);
    for (; services !== 0; services &= services - 1) count++;
    return count;
  }

  count(row: number, column: number): number {
    return this.#rows[row * rowWords + keyWords + column] as number;
  }

  /** Of all columns. */
  total(row: number): number {
    let sum = 0;
    for (let column = 0; column < columnsPerAddress; column++) sum += this.count(row, column);
    return sum;
  }

  /** One of the four words of the address. */
  word(row: number, index: number): number {
    return this.#rows[row * rowWords + index] as number;
  }

  /** Canonical; of IPv4-mapped ones that of IPv4. */
  address(row: number): string {
    return addressFromBytes(new Uint8Array(this.#rows.buffer, row * rowWords * 4, keyWords * 4));
  }

  #rowOf(a: number, b: number, c: number, d: number): number {
    const rows = this.#rows;
    const mask = this.#slots.length - 1;
    let slot = hash(a, b, c, d, this.#seed) & mask;
    for (let probe = 0; probe < probesMax; probe++) {
      const row = (this.#slots[slot] as number) - 1;
      if (row < 0) return this.#newRow(a, b, c, d, slot);
      const at = row * rowWords;
      if (rows[at + 3] === d && rows[at] === a && rows[at + 1] === b && rows[at + 2] === c) return row;
      slot = (slot + 1) & mask;
    }
    return -1;
  }

  #newRow(a: number, b: number, c: number, d: number, slot: number): number {
    if (this.#size >= this.#rowsMax) return -1;
    if (this.#size * 2 >= this.#slots.length) {
      this.#grow();
      return this.#rowOf(a, b, c, d);
    }
    const row = this.#size++;
    this.#slots[slot] = row + 1;
    this.#rows.set([a, b, c, d], row * rowWords);
    return row;
  }

  #grow(): void {
    const rows = new Uint32Array(this.#rows.length * 2);
    rows.set(this.#rows);
    const slots = new Uint32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let row = 0; row < this.#size; row++) {
      const [a, b, c, d] = [this.word(row, 0), this.word(row, 1), this.word(row, 2), this.word(row, 3)];
      let slot = hash(a, b, c, d, this.#seed) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = row + 1;
    }
    this.#rows = rows;
    this.#slots = slots;
  }
}

/** Multiplications and finish of MurmurHash3, over four words. */
function hash(a: number, b: number, c: number, d: number, seed: number): number {
  let h = mix(mix(mix(mix(seed, d), a), b), c);
  h = Math.imul(h ^ (h >>> 16), 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35);
  return h ^ (h >>> 16);
}

function mix(state: number, word: number): number {
  const k = Math.imul(word, 0xcc9e_2d51);
  const h = state ^ Math.imul((k << 15) | (k >>> 17), 0x1b87_3593);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe654_6b64) | 0;
}
