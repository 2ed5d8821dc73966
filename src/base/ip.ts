import ipaddr from "ipaddr.js";
import { compareText } from "./text.ts";

/** IPv6 text longer than this is none (`::ffff:255.255.255.255` written in full, with room). */
const addressCharactersMax = 45;

const dottedQuad = /^(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/;
const hexAndColons = /^[0-9a-fA-F:.]+$/;

/**
 * Address text in its one canonical spelling: dotted quad, or RFC 5952 (lower case, longest zero run cut, IPv4-mapped
 * as `::ffff:192.0.2.1`). Undefined for all else: zones, octal or short IPv4, white space.
 */
export function canonicalAddress(text: string): string | undefined {
  if (dottedQuad.test(text)) return text;
  if (text.length > addressCharactersMax || !text.includes(":") || !hexAndColons.test(text)) return undefined;
  if (!ipaddr.IPv6.isValid(text)) return undefined;
  const dottedTail = text.includes(".") ? text.slice(text.lastIndexOf(":") + 1) : undefined;
  if (dottedTail !== undefined && !dottedQuad.test(dottedTail)) return undefined;
  return formatIpv6(ipaddr.IPv6.parse(text));
}

export function isCanonicalAddress(text: string): boolean {
  return dottedQuad.test(text) || (text.includes(":") && canonicalAddress(text) === text);
}

function formatIpv6(address: ipaddr.IPv6): string {
  if (address.isIPv4MappedAddress()) return `::ffff:${address.toIPv4Address().toString()}`;
  return address.toRFC5952String();
}

/**
 * The 16 bytes of an address, IPv4 as IPv4-mapped (RFC 4291 §2.5.5.2): one order and one width for storage.
 * `192.0.2.1` and `::ffff:192.0.2.1` share their bytes; undefined when `text` is no address.
 */
export function addressBytes(text: string): Uint8Array | undefined {
  if (dottedQuad.test(text)) {
    const bytes = new Uint8Array(16);
    bytes[10] = 0xff;
    bytes[11] = 0xff;
    let at = 12;
    let octet = 0;
    for (let index = 0; index < text.length; index++) {
      const character = text.charCodeAt(index);
      if (character === 0x2e) {
        bytes[at++] = octet;
        octet = 0;
      } else {
        octet = octet * 10 + character - 0x30;
      }
    }
    bytes[at] = octet;
    return bytes;
  }
  return canonicalAddress(text) === undefined
    ? undefined
    : Uint8Array.from(ipaddr.IPv6.parse(text).toByteArray());
}

/** The inverse of `addressBytes`: IPv4-mapped bytes come back as IPv4. */
export function addressFromBytes(bytes: Uint8Array): string {
  const address = ipaddr.fromByteArray([...bytes]);
  if (address instanceof ipaddr.IPv4) return address.toString();
  return address.isIPv4MappedAddress() ? address.toIPv4Address().toString() : address.toRFC5952String();
}

/** Order of the 16-byte form; text that is no address comes last, by itself. */
export function compareAddresses(a: string, b: string): number {
  const aBytes = addressBytes(a);
  const bBytes = addressBytes(b);
  if (!aBytes || !bBytes) return Number(!aBytes) - Number(!bBytes) || compareText(a, b);
  for (let index = 0; index < 16; index++) {
    const difference = (aBytes[index] ?? 0) - (bBytes[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** `192.0.2.1:80`, `[2001:db8::1]:80`. */
export function joinHostPort(host: string, port: number | string): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
