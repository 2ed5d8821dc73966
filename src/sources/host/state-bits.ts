// What: connection states as the bits by which the kernel is asked for them.
// Idea: all numbers of the kernel that mean the state, as several of its numbers can be one of ours.
// Trap: a bit that no kernel knows is ignored, so that a state it cannot tell is simply absent.
// Source: include/net/tcp_states.h; net/ipv4/inet_diag.c.

import type { ConnectionState } from "../../model/connection-counts.ts";
import { everyTcpState } from "../link/socket-dump.ts";
import { tcpStateByNumber } from "./tcp-state-names.ts";

const numbersMax = 32;

export function stateBits(states: ReadonlySet<ConnectionState>): number {
  let bits = 0;
  for (let number = 1; number < numbersMax; number++) {
    const state = tcpStateByNumber(number);
    if (state !== undefined && states.has(state)) bits |= 1 << number;
  }
  return bits & everyTcpState;
}
