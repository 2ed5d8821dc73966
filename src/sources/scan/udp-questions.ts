// What: what a scan sends to a UDP port, and what that weighs.
// Trap: a printer prints what it is sent and a controller obeys it: their ports get an empty datagram.

import { payloadsFor } from "../../packet/udp-payloads.ts";
import { isFragileOverUdp } from "./fragile-ports.ts";
import type { Scan } from "./scan.ts";

/** Without a bandwidth or a rate: less than 1 Mbit/s of usual questions. */
const udpPacketsPerSecond = 1_000;

/** What was given, or that. */
export function defaultRate(speed: Scan["speed"]): Scan["speed"] {
  const isOpen = speed.bytesPerSecond === null && speed.packetsPerSecond === null;
  return isOpen ? { ...speed, packetsPerSecond: udpPacketsPerSecond } : speed;
}

/** The kernel has no room just now: EAGAIN, ENOMEM, ENOBUFS. */
export const noRoom = new Set([11, 12, 105]);

/** Ethernet, IP and UDP, without preamble and checksum. */
const headerBytes = { 4: 14 + 20 + 8, 6: 14 + 40 + 8 } as const;
const empty: readonly Uint8Array[] = [new Uint8Array(0)];

/** One datagram each. */
export const questionsFor = (port: number): readonly Uint8Array[] =>
  isFragileOverUdp(port) ? empty : payloadsFor(port);

/** Of one datagram on the link. */
export const udpFrameBytes = (family: 4 | 6, payload: Uint8Array): number =>
  headerBytes[family] + payload.length;

/** What one host is sent in a pass over all ports. */
export function askedOfHost(family: 4 | 6, ports: Uint16Array): { packets: number; bytes: number } {
  let [packets, bytes] = [0, 0];
  for (const port of ports) {
    for (const payload of questionsFor(port)) {
      packets += 1;
      bytes += udpFrameBytes(family, payload);
    }
  }
  return { packets, bytes };
}
