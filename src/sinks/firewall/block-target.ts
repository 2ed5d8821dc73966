// What: what an operator wrote, as the one address or prefix that it means.
// Idea: all is compared in the 16-byte form, so that `::ffff:192.0.2.1` is 192.0.2.1 and cannot slip past a list.
// Trap: `203.0.113.7/24` means 256 addresses to a machine and one to the person who wrote it: it is refused.
// Source: RFC 6890 (special addresses), RFC 4291 §2.5.5.2 (IPv4-mapped), RFC 6052 (64:ff9b::/96).

import { type Cidr, cidrContainsBytes, cidrOfAddress, parseCidr } from "../../base/cidr.ts";
import { addressBytes, addressFromBytes, canonicalAddress } from "../../base/ip.ts";
import type { BlockRefusal } from "../../model/block.ts";

/** Wider ones hold whole providers, and so bystanders without number. */
const prefixMin = { 4: 16, 6: 32 } as const;
/** Longer text is no prefix. */
const textMax = 49;

/** Without these nothing works, or they are nobody's address. */
const specialRanges = [
  "0.0.0.0/8",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "224.0.0.0/4",
  "240.0.0.0/4",
  "64:ff9b::/96",
  "fe80::/10",
  "ff00::/8",
  "::/8",
].flatMap((text) => {
  const range = parseCidr(text);
  return "value" in range ? [range.value] : [];
});

/** The block of an address or prefix in text; undefined when it is neither. Bits behind the prefix are cleared. */
export function blockOf(text: string): Cidr | undefined {
  if (typeof text !== "string" || text.length > textMax) return undefined;
  if (!text.includes("/")) return cidrOfAddress(text);
  const parsed = parseCidr(text);
  return "value" in parsed ? parsed.value : undefined;
}

/** Whether they have an address in common. */
export function overlap(a: Cidr, b: Cidr): boolean {
  return a.bits <= b.bits ? cidrContainsBytes(a, b.bytes) : cidrContainsBytes(b, a.bytes);
}

/** Whether `outer` holds all of `inner`. */
export const holds = (outer: Cidr, inner: Cidr): boolean =>
  outer.bits <= inner.bits && cidrContainsBytes(outer, inner.bytes);

export interface BlockTarget {
  readonly block: Cidr;
  /** `203.0.113.7`, `203.0.113.0/24`, `2001:db8::/64`. */
  readonly text: string;
}

export function targetOf(text: string): BlockTarget | BlockRefusal {
  const given = blockOf(text);
  if (!given) {
    return { code: "not-an-address", problem: problemOf(text) };
  }
  const address = text.includes("/") ? canonicalAddress(text.slice(0, text.indexOf("/"))) : undefined;
  if (address !== undefined && !sameBytes(addressBytes(address), given.bytes)) {
    return { code: "host-bits", prefix: given.text, address };
  }
  const target = folded(given);
  const { block } = target;
  if (block.prefix === 0) return { code: "everything" };
  // A mapped IPv4 network of any size lies in ::/8, but is judged as the IPv4 network that it is.
  const range = specialRanges.find((one) => one.family === block.family && overlap(one, block));
  if (range) return { code: "special-range", range: range.text };
  const least = prefixMin[block.family];
  return block.prefix < least ? { code: "too-wide", prefixMin: least } : target;
}

function problemOf(text: string): string {
  if (typeof text !== "string" || text.length > textMax) return "is no address";
  const parsed = parseCidr(text);
  return text.includes("/") && "problem" in parsed ? parsed.problem : "is no address";
}

/** IPv4-mapped as IPv4, a prefix of one address as that address. */
function folded(given: Cidr): BlockTarget {
  const first = addressFromBytes(given.bytes);
  const isMapped = given.family === 6 && given.bits >= 96 && !first.includes(":");
  const block = isMapped ? (blockOf(`${first}/${given.bits - 96}`) ?? given) : given;
  return { block, text: given.bits === 128 ? first : block.text };
}

const sameBytes = (a: Uint8Array | undefined, b: Uint8Array): boolean =>
  a !== undefined && a.every((byte, index) => byte === b[index]);
