// What: the addresses of a scan, numbered from 0 without a hole.
// Idea: IPv4 stands as ranges, so that a /8 costs as much as one address; IPv6 as single addresses, because nobody
//   sweeps a /64. A number is all that the engine keeps of an address.
// Trap: the numbers hold for one set only: they shift with every address that is added or excluded.

import { addressFromBytes } from "../../base/ip.ts";
import { rangeSet, rangesMinus, rangesSize } from "../../base/range-set.ts";
import type { RangeSet } from "../../base/range-set.ts";

export interface TargetSet {
  /** As numbers of 32 bits. */
  readonly ipv4: RangeSet;
  /** 16-byte forms as hexadecimal text, ascending. */
  readonly ipv6: readonly string[];
}

export const noTargets: TargetSet = { ipv4: [], ipv6: [] };

/** O(n log n) in all that they hold. */
export function unionOf(sets: readonly TargetSet[]): TargetSet {
  return {
    ipv4: rangeSet(sets.flatMap(({ ipv4 }) => ipv4)),
    ipv6: [...new Set(sets.flatMap(({ ipv6 }) => ipv6))].sort(),
  };
}

export function without(a: TargetSet, b: TargetSet): TargetSet {
  const gone = new Set(b.ipv6);
  return { ipv4: rangesMinus(a.ipv4, b.ipv4), ipv6: a.ipv6.filter((address) => !gone.has(address)) };
}

export const sizeOf = ({ ipv4, ipv6 }: TargetSet): number => rangesSize(ipv4) + ipv6.length;

/** Number of an IPv4 address, from its 4 bytes or the last 4 of its 16. */
export const ipv4Number = (bytes: Uint8Array): number =>
  new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4);

export function ipv4Text(number: number): string {
  return `${number >>> 24}.${(number >>> 16) & 255}.${(number >>> 8) & 255}.${number & 255}`;
}

/** Both ways between an address and its number in the set. */
export interface TargetNumbers {
  readonly size: number;
  readonly ipv4Size: number;
  /** The IPv4 address behind a number below `ipv4Size`. */
  ipv4At(index: number): number;
  /** The 16 bytes of the others, one after the other. */
  readonly ipv6Bytes: Uint8Array;
  /** -1 when it is none of the set. */
  indexOfIpv4(address: number): number;
  indexOfIpv6(view: DataView, at: number): number;
  textAt(index: number): string;
  /** Each address's /24 or /64, numbered from 0. */
  networks(): Uint32Array;
  /** 4 or 16 bytes. */
  bytesAt(index: number): Uint8Array;
}

export function numberTargets({ ipv4, ipv6 }: TargetSet): TargetNumbers {
  const firsts = Float64Array.from(ipv4, ({ first }) => first);
  const before = new Float64Array(ipv4.length + 1);
  for (const [index, { first, last }] of ipv4.entries()) {
    before[index + 1] = (before[index] ?? 0) + last - first + 1;
  }
  const ipv4Size = before[ipv4.length] ?? 0;
  const ipv6Bytes = Uint8Array.from(Buffer.from(ipv6.join(""), "hex"));
  const byIpv6 = new Map(ipv6.map((hex, index) => [BigInt(`0x${hex}`), ipv4Size + index]));
  const ipv4At = (index: number): number => {
    const range = lastNotAbove(before, index);
    return (firsts[range] ?? 0) + index - (before[range] ?? 0);
  };
  const bytesAt = (index: number): Uint8Array => {
    if (index >= ipv4Size) return ipv6Bytes.subarray((index - ipv4Size) * 16, (index - ipv4Size + 1) * 16);
    const number = ipv4At(index);
    return Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number);
  };
  return {
    size: ipv4Size + ipv6.length,
    ipv4Size,
    ipv4At,
    ipv6Bytes,
    indexOfIpv4(address) {
      const range = lastNotAbove(firsts, address);
      const found = ipv4[range];
      return found === undefined || address < found.first || address > found.last
        ? -1
        : (before[range] ?? 0) + address - found.first;
    },
    indexOfIpv6: (view, at) => byIpv6.get((view.getBigUint64(at) << 64n) | view.getBigUint64(at + 8)) ?? -1,
    textAt: (index) => (index < ipv4Size ? ipv4Text(ipv4At(index)) : addressFromBytes(bytesAt(index))),
    bytesAt,
    networks() {
      const numbers = new Map<string | number, number>();
      return Uint32Array.from({ length: ipv4Size + ipv6.length }, (_, index) => {
        const prefix = index < ipv4Size ? ipv4At(index) >>> 8 : (ipv6[index - ipv4Size] ?? "").slice(0, 16);
        const number = numbers.get(prefix) ?? numbers.size;
        numbers.set(prefix, number);
        return number;
      });
    },
  };
}

/** Where the last value stands that is not above `value`, among ascending ones; 0 when all are. */
function lastNotAbove(values: Float64Array, value: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((values[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
