import { addressBytes, addressFromBytes, canonicalAddress } from "./ip.ts";
import type { Parsed } from "./parsed.ts";

/** An address block. An IPv4 block holds IPv4 and IPv4-mapped addresses; an IPv6 block holds no address written as IPv4. */
export interface Cidr {
  /** Canonical text: `10.0.0.0/8`, `2001:db8::/32`; bits behind the prefix are zero. */
  readonly text: string;
  readonly family: 4 | 6;
  /** 0–32 or 0–128. */
  readonly prefix: number;
  /** 16-byte form of the first address. */
  readonly bytes: Uint8Array;
  /** `prefix` counted in the 16-byte form. */
  readonly bits: number;
}

const prefixPattern = /^(?:0|[1-9]\d{0,2})$/;

/** Reads `192.0.2.0/24` or `2001:db8::/32`; bits behind the prefix are cleared. A bare address is no block. */
export function parseCidr(text: string): Parsed<Cidr> {
  const slash = text.indexOf("/");
  if (slash === -1) return { problem: "lacks the prefix length (192.0.2.0/24)", at: text.length };
  const address = canonicalAddress(text.slice(0, slash));
  if (address === undefined) return { problem: "does not begin with an IP address", at: 0 };
  const family = address.includes(":") ? 6 : 4;
  const length = text.slice(slash + 1);
  const prefix = Number(length);
  const prefixMax = family === 4 ? 32 : 128;
  if (!prefixPattern.test(length) || prefix > prefixMax) {
    return { problem: `needs a prefix length from 0 to ${prefixMax}`, at: slash + 1 };
  }
  return { value: block(address, family, prefix) };
}

/** The block of one address. */
export function cidrOfAddress(text: string): Cidr | undefined {
  const address = canonicalAddress(text);
  if (address === undefined) return undefined;
  return address.includes(":") ? block(address, 6, 128) : block(address, 4, 32);
}

function block(address: string, family: 4 | 6, prefix: number): Cidr {
  const bits = family === 4 ? prefix + 96 : prefix;
  const bytes = addressBytes(address) ?? new Uint8Array(16);
  for (let index = 0; index < 16; index++) {
    const kept = Math.min(8, Math.max(0, bits - index * 8));
    bytes[index] = (bytes[index] ?? 0) & (0xff00 >> kept) & 0xff;
  }
  // An IPv6 block inside ::ffff:0:0/96 keeps its spelling: written as IPv4 it would be read as another family.
  const first = addressFromBytes(bytes);
  const shown = family === 6 && !first.includes(":") ? `::ffff:${first}` : first;
  return { text: `${shown}/${prefix}`, family, prefix, bytes, bits };
}

/** Whether `address` (text) lies in the block; false for text that is no address. */
export function cidrContains(cidr: Cidr, address: string): boolean {
  if (cidr.family === 6 && !address.includes(":")) return false;
  const bytes = addressBytes(address);
  return bytes !== undefined && cidrContainsBytes(cidr, bytes);
}

/** Compares the 16-byte form only: an IPv6 block then also holds the IPv4 addresses that it spans. */
export function cidrContainsBytes(cidr: Cidr, bytes: Uint8Array): boolean {
  const whole = cidr.bits >> 3;
  for (let index = 0; index < whole; index++) if (bytes[index] !== cidr.bytes[index]) return false;
  const rest = cidr.bits & 7;
  return rest === 0 || (((bytes[whole] ?? 0) ^ (cidr.bytes[whole] ?? 0)) & (0xff00 >> rest) & 0xff) === 0;
}
