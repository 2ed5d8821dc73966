// What: one frame from the wire to what it answers of a SYN probe: SYN-ACK, RST, or an ICMP error that quotes it.
// Idea: the reader fills one object that is used again for every frame; it copies and allocates nothing.
// Trap: every length comes from the other side. Header lengths are checked against the bytes that are there; a quoted
//   header may be cut behind its first 8 bytes, which is just enough for ports and sequence number.
// Source: RFC 791, RFC 792, RFC 4443, RFC 8200, RFC 9293 §3.1; IEEE 802.1Q.

import { etherTypes, ethernetHeaderBytes, protocols } from "./syn-frame.ts";

export const answerKinds = { synAck: 1, rst: 2, unreachable: 3 } as const;
export type AnswerKind = (typeof answerKinds)[keyof typeof answerKinds];

/** What was read last; valid until the next read. */
export interface ProbeAnswer {
  kind: AnswerKind;
  family: 4 | 6;
  /** Address that was probed: IPv4 as a number. */
  target: number;
  /** The same for IPv6: where its 16 bytes stand in the view. */
  targetAt: number;
  /** Port that was probed. */
  port: number;
  /** Port that the probe came from. */
  probePort: number;
  /** Sequence number of the probe, 32 bits without sign. */
  sequence: number;
  /** IPv4 TTL or IPv6 hop limit as it arrived. */
  ttl: number;
  /** Of the ICMP error; 0 for TCP. */
  icmpType: number;
  icmpCode: number;
  /** Whether the ICMP error came from the target itself. */
  fromTarget: boolean;
}

export const emptyAnswer = (): ProbeAnswer => ({
  kind: answerKinds.rst,
  family: 4,
  target: 0,
  targetAt: 0,
  port: 0,
  probePort: 0,
  sequence: 0,
  ttl: 0,
  icmpType: 0,
  icmpCode: 0,
  fromTarget: false,
});

const vlanTags: readonly number[] = [0x8100, 0x88a8];
const vlanTagBytes = 4;
const vlanTagsMax = 2;
const ipv4Min = 20;
const ipv6Bytes = 40;
const icmpBytes = 8;
/** Ports and sequence number: what an ICMP error must quote of TCP (RFC 792). */
const quotedTcpMin = 8;
const controls = { syn: 0x02, rst: 0x04, ack: 0x10 } as const;
/** Destination unreachable and time exceeded. */
const icmp4Errors: readonly number[] = [3, 11];
/** Destination unreachable, time exceeded, parameter problem. */
const icmp6Errors: readonly number[] = [1, 3, 4];

/** Reads the frame in `view[start, end)`; `hasEthernet`: with a link header. False for all that answers no probe. Never throws. */
export function readAnswer(
  view: DataView,
  start: number,
  end: number,
  hasEthernet: boolean,
  answer: ProbeAnswer,
): boolean {
  if (start < 0 || end > view.byteLength || end <= start) return false;
  if (!hasEthernet) return readIp(view, start, end, answer);
  let at = start + ethernetHeaderBytes;
  if (at >= end) return false;
  let type = view.getUint16(at - 2);
  for (let tags = 0; tags < vlanTagsMax && vlanTags.includes(type); tags += 1) {
    at += vlanTagBytes;
    if (at >= end) return false;
    type = view.getUint16(at - 2);
  }
  if (type !== etherTypes.ipv4 && type !== etherTypes.ipv6) return false;
  return readIp(view, at, end, answer);
}

function readIp(view: DataView, at: number, end: number, answer: ProbeAnswer): boolean {
  const version = view.getUint8(at) >>> 4;
  if (version === 4) return readIpv4(view, at, end, answer);
  return version === 6 && readIpv6(view, at, end, answer);
}

function readIpv4(view: DataView, at: number, end: number, answer: ProbeAnswer): boolean {
  const payload = ipv4Payload(view, at, end);
  if (payload < 0) return false;
  answer.family = 4;
  answer.ttl = view.getUint8(at + 8);
  answer.target = view.getUint32(at + 12);
  const protocol = view.getUint8(at + 9);
  // Padding behind the packet is not of it.
  const stop = Math.min(end, at + view.getUint16(at + 2));
  if (protocol === protocols.tcp) return readSegment(view, payload, stop, answer);
  if (protocol !== protocols.icmp || stop - payload < icmpBytes + ipv4Min) return false;
  const from = answer.target;
  const quoted = payload + icmpBytes;
  const quotedPayload = ipv4Payload(view, quoted, stop);
  if (quotedPayload < 0 || view.getUint8(quoted + 9) !== protocols.tcp) return false;
  answer.target = view.getUint32(quoted + 16);
  answer.fromTarget = answer.target === from;
  return readError(view, payload, icmp4Errors, quotedPayload, stop, answer);
}

/** Where the payload begins; -1 for a broken header and for a fragment, which has no ports. */
function ipv4Payload(view: DataView, at: number, end: number): number {
  if (at + ipv4Min > end) return -1;
  const first = view.getUint8(at);
  const payload = at + (first & 0x0f) * 4;
  if (first >>> 4 !== 4 || payload < at + ipv4Min || payload > end) return -1;
  return (view.getUint16(at + 6) & 0x1fff) === 0 ? payload : -1;
}

function readIpv6(view: DataView, at: number, end: number, answer: ProbeAnswer): boolean {
  const payload = at + ipv6Bytes;
  if (payload > end) return false;
  answer.family = 6;
  answer.ttl = view.getUint8(at + 7);
  answer.targetAt = at + 8;
  const stop = Math.min(end, payload + view.getUint16(at + 4));
  const protocol = view.getUint8(at + 6);
  if (protocol === protocols.tcp) return readSegment(view, payload, stop, answer);
  if (protocol !== protocols.icmpv6 || stop - payload < icmpBytes + ipv6Bytes) return false;
  const quoted = payload + icmpBytes;
  if (view.getUint8(quoted) >>> 4 !== 6 || view.getUint8(quoted + 6) !== protocols.tcp) return false;
  answer.targetAt = quoted + 24;
  answer.fromTarget = sameBytes(view, at + 8, quoted + 24);
  return readError(view, payload, icmp6Errors, quoted + ipv6Bytes, stop, answer);
}

function sameBytes(view: DataView, a: number, b: number): boolean {
  for (let word = 0; word < 16; word += 4) {
    if (view.getUint32(a + word) !== view.getUint32(b + word)) return false;
  }
  return true;
}

/** A segment that acknowledges the SYN: the probe's sequence number is one less than what it acknowledges. */
function readSegment(view: DataView, at: number, end: number, answer: ProbeAnswer): boolean {
  if (at + 20 > end) return false;
  const control = view.getUint8(at + 13);
  if ((control & controls.ack) === 0) return false;
  if ((control & controls.rst) !== 0) answer.kind = answerKinds.rst;
  else if ((control & controls.syn) !== 0) answer.kind = answerKinds.synAck;
  else return false;
  answer.port = view.getUint16(at);
  answer.probePort = view.getUint16(at + 2);
  answer.sequence = (view.getUint32(at + 8) - 1) >>> 0;
  answer.icmpType = 0;
  answer.icmpCode = 0;
  answer.fromTarget = true;
  return true;
}

function readError(
  view: DataView,
  icmpAt: number,
  types: readonly number[],
  tcp: number,
  end: number,
  answer: ProbeAnswer,
): boolean {
  answer.icmpType = view.getUint8(icmpAt);
  answer.icmpCode = view.getUint8(icmpAt + 1);
  if (!types.includes(answer.icmpType) || tcp + quotedTcpMin > end) return false;
  answer.kind = answerKinds.unreachable;
  answer.probePort = view.getUint16(tcp);
  answer.port = view.getUint16(tcp + 2);
  answer.sequence = view.getUint32(tcp + 4);
  return true;
}
