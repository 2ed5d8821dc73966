// What: every spelling of a TCP state → RFC 9293's.
// Idea: the edge maps once; behind it there is one vocabulary.
// Trap: `CLOSE` and `UNCONN` are what a UDP socket without a peer shows; ss writes FIN-WAIT-1, netstat FIN_WAIT1 (net-tools)
//   or FIN_WAIT_1 (BSD, Windows); SYN_RECV is SYN-RECEIVED.
// Source: RFC 9293 §3.3.2; include/net/tcp_states.h; iproute2 misc/ss.c, net-tools netstat.c.

import type { ConnectionState } from "../../model/connection-counts.ts";

/**
 * By number in the kernel's tables (`st` of /proc/net/tcp, `idiag_state`). 12 is a half-open request, 13 a bound socket
 * that neither listens nor connects.
 */
const byNumber: readonly (ConnectionState | undefined)[] = [
  undefined,
  "ESTABLISHED",
  "SYN-SENT",
  "SYN-RECEIVED",
  "FIN-WAIT-1",
  "FIN-WAIT-2",
  "TIME-WAIT",
  "CLOSED",
  "CLOSE-WAIT",
  "LAST-ACK",
  "LISTEN",
  "CLOSING",
  "SYN-RECEIVED",
  "CLOSED",
];

const byName: Readonly<Record<string, ConnectionState>> = {
  ESTAB: "ESTABLISHED",
  ESTABLISHED: "ESTABLISHED",
  SYNSENT: "SYN-SENT",
  SYNREC: "SYN-RECEIVED",
  SYNRECV: "SYN-RECEIVED",
  SYNRCVD: "SYN-RECEIVED",
  SYNRECEIVED: "SYN-RECEIVED",
  NEWSYNRECV: "SYN-RECEIVED",
  FINWAIT1: "FIN-WAIT-1",
  FINWAIT2: "FIN-WAIT-2",
  TIMEWAIT: "TIME-WAIT",
  CLOSE: "CLOSED",
  CLOSED: "CLOSED",
  UNCONN: "CLOSED",
  BOUNDINACTIVE: "CLOSED",
  CLOSEWAIT: "CLOSE-WAIT",
  LASTACK: "LAST-ACK",
  LISTEN: "LISTEN",
  LISTENING: "LISTEN",
  CLOSING: "CLOSING",
};

const nameCharactersMax = 16;

/** Every spelling without `-` and `_`, which are the same to us. */
export const tcpStateSpellings: readonly string[] = Object.keys(byName);

export function tcpStateByNumber(number: number): ConnectionState | undefined {
  return byNumber[number];
}

export function tcpStateByName(name: string): ConnectionState | undefined {
  if (name.length > nameCharactersMax) return undefined;
  const key = name.toUpperCase().replaceAll(/[-_]/g, "");
  return Object.hasOwn(byName, key) ? byName[key] : undefined;
}
