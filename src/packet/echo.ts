// What: ICMP echo requests, and which messages answer one.
// Idea: eight random bytes stand in each request and must come back: who has not seen it cannot answer it.
// Trap: a raw socket of IPv4 hands over the IP header too, and every other ICMP message of the machine. The checksum of
//   ICMPv6 holds addresses that only the kernel knows: it fills that in.
// Source: RFC 792, "Echo"; RFC 4443 §4.

import { checksumOf, sumWords } from "./checksum.ts";

const headerBytes = 8;
export const tokenBytes = 8;
const kinds = { 4: { request: 8, reply: 0 }, 6: { request: 128, reply: 129 } } as const;
const ipv4Min = 20;

/** Ethernet, IP, ICMP, token; without preamble and checksum. */
export const echoFrameBytes = {
  4: 14 + 20 + headerBytes + tokenBytes,
  6: 14 + 40 + headerBytes + tokenBytes,
} as const;

export function echoRequest(family: 4 | 6, token: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(headerBytes + tokenBytes);
  const view = new DataView(bytes.buffer);
  bytes[0] = kinds[family].request;
  bytes.set(token, headerBytes);
  // Identifier and sequence number: two bytes of the token each.
  bytes.set(token.subarray(0, 4), 4);
  if (family === 4) view.setUint16(2, checksumOf(sumWords(view, 0, bytes.length)));
  return bytes;
}

/** Whether it is a reply with that token; `hasIp`: behind an IPv4 header. Never throws. */
export function isEchoReply(bytes: Uint8Array, family: 4 | 6, hasIp: boolean, token: Uint8Array): boolean {
  let at = 0;
  if (hasIp) {
    at = ((bytes[0] ?? 0) & 0x0f) * 4;
    if (at < ipv4Min) return false;
  }
  if (at + headerBytes + tokenBytes > bytes.length || bytes[at] !== kinds[family].reply) return false;
  return token.every((byte, index) => bytes[at + headerBytes + index] === byte);
}
