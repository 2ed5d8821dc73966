// What: the kernel's number of a TCP state → RFC 9293's name; printed names are read by `model/connection-state`.
// Idea: the edge maps once; behind it there is one vocabulary.
// Trap: 7, CLOSED, is also what a UDP socket without a peer shows.
// Source: RFC 9293 §3.3.2; include/net/tcp_states.h.

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

export function tcpStateByNumber(number: number): ConnectionState | undefined {
  return byNumber[number];
}
