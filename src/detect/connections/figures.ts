// What: the figures of one sample that rules and baseline speak of, with rates against the sample before.
// Idea: by Little's law the half-open connections, divided by the handshakes completed per second, are the time that a
//   handshake lasts. A busy server has more of both; a flood only of the first.
// Trap: counters begin at 0 again with the kernel, clocks jump, and every number may be anything: none of it may become
//   a rate. Who never answers has no rate of completion at all, not an infinite one.
// Source: RFC 9293 §3.3.2 (states); Linux net/ipv4/tcp_input.c, tcp_conn_request (cookies, overflows, drops), and
//   tcp_minisocks.c, tcp_create_openreq_child: `PassiveOpens` counts completed handshakes, those by cookie included.

import type { ConnectionState } from "../../model/connection-counts.ts";
import type {
  ConnectionCounters,
  ConnectionSample,
  PortConnections,
  RemoteConnections,
  StateCounts,
} from "../../model/connection-sample.ts";

/** What is told per second, between two samples. */
export interface Rates {
  readonly cookiesSent: number;
  readonly cookiesReturned: number;
  readonly overflows: number;
  /** SYNs dropped for another reason than a full accept queue: the SYN queue was full and no cookie was sent. */
  readonly otherDrops: number;
  /** Null: not read. */
  readonly completed: number | null;
}

export interface Figures {
  readonly sample: ConnectionSample;
  readonly rates: Rates | null;
  readonly halfOpen: number;
  /** Those that no full accept queue explains: the last ACK of a handshake is dropped while the queue is full. */
  readonly halfOpenAlone: number;
  /** Per mille of half-open among all that ever got to a handshake. */
  readonly halfOpenShare: number;
  /** Milliseconds; null without the counter. */
  readonly handshakeMs: number | null;
  readonly timeWait: number;
  readonly closeWait: number;
}

/** No host has more sockets: what says so lies, and must not overflow a sum. */
const countMax = 1e9;
/** A handshake is given up long before. */
const handshakeMsMax = 600_000;
/** Rates over a shorter or longer time say nothing about now. */
const rateMsMin = 500;
const rateMsMax = 900_000;

/** A count as it can be worked with, whatever was read. */
export const countOf = (value: number | undefined): number =>
  typeof value === "number" && value > 0 ? Math.min(Math.floor(value), countMax) : 0;

export const stateOf = (states: StateCounts, state: ConnectionState): number => countOf(states[state]);

const completedStates: readonly ConnectionState[] = [
  "ESTABLISHED",
  "FIN-WAIT-1",
  "FIN-WAIT-2",
  "CLOSE-WAIT",
  "CLOSING",
  "LAST-ACK",
  "TIME-WAIT",
];

/** Sockets whose handshake was completed: their address is real. */
export const completedOf = (states: StateCounts): number =>
  completedStates.reduce((sum, state) => sum + stateOf(states, state), 0);

/** Connections that somebody holds: a socket in TIME-WAIT is over, and costs hardly anything. */
export const heldOf = (states: StateCounts): number => completedOf(states) - stateOf(states, "TIME-WAIT");

/** Our own connections each take a local port; those of a client share the ports that we listen on. */
export function comesFromOutside({ ports, states }: RemoteConnections): boolean {
  return countOf(ports) * 2 <= completedOf(states);
}

/** The kernel accepts until the queue holds more than its maximum; `ss` shows both numbers. */
export const isFull = ({ queue }: PortConnections): boolean =>
  queue !== null && countOf(queue.max) > 0 && countOf(queue.waiting) >= countOf(queue.max);

export interface Before {
  readonly atMs: number;
  readonly counters: ConnectionCounters | null;
}

export function figuresOf(sample: ConnectionSample, before: Before | null): Figures {
  const rates = ratesOf(sample, before);
  const halfOpen = stateOf(sample.tcp, "SYN-RECEIVED");
  const queued = sample.ports
    .filter(isFull)
    .reduce((sum, { states }) => sum + stateOf(states, "SYN-RECEIVED"), 0);
  const seen = halfOpen + completedOf(sample.tcp);
  return {
    sample,
    rates,
    halfOpen,
    halfOpenAlone: Math.max(0, halfOpen - queued),
    halfOpenShare: seen === 0 ? 0 : Math.round((halfOpen * 1_000) / seen),
    handshakeMs: handshakeOf(halfOpen, rates?.completed ?? null),
    timeWait: stateOf(sample.tcp, "TIME-WAIT"),
    closeWait: stateOf(sample.tcp, "CLOSE-WAIT"),
  };
}

function handshakeOf(halfOpen: number, completed: number | null): number | null {
  if (completed === null) return null;
  if (halfOpen === 0) return 0;
  return Math.min(handshakeMsMax, Math.round((halfOpen * 1_000) / Math.max(completed, 1e-3)));
}

function ratesOf({ atMs, counters }: ConnectionSample, before: Before | null): Rates | null {
  if (!counters || !before?.counters) return null;
  const elapsedMs = atMs - before.atMs;
  if (!(elapsedMs >= rateMsMin && elapsedMs <= rateMsMax)) return null;
  const last = before.counters;
  const perSecond = (now: number, then: number): number =>
    (countOf(now) - countOf(then)) / (elapsedMs / 1_000);
  const overflows = perSecond(counters.listenOverflows, last.listenOverflows);
  const drops = perSecond(counters.listenDrops, last.listenDrops);
  const cookiesSent = perSecond(counters.synCookiesSent, last.synCookiesSent);
  const cookiesReturned = perSecond(counters.synCookiesReceived, last.synCookiesReceived);
  const completed =
    counters.passiveOpens === undefined || last.passiveOpens === undefined
      ? null
      : perSecond(counters.passiveOpens, last.passiveOpens);
  if (Math.min(overflows, drops, cookiesSent, cookiesReturned, completed ?? 0) < 0) return null;
  return { cookiesSent, cookiesReturned, overflows, otherDrops: Math.max(0, drops - overflows), completed };
}
