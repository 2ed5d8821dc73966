// What: how long a host takes to answer, and how long to wait for it.
// Idea: smoothed mean and variation of RFC 6298, one pair of numbers per host.
// Trap: a stack repeats its SYN-ACK after a second when the first, or our reset, got lost: such an answer is not late
//   but another one (Karn's problem), and would make everything wait. Resolution is a tick of 4 ms, so times below
//   are noise: the wait has a floor.
// Source: RFC 6298 §2 and §5; RFC 9293 §3.8.1.

import { tickMs } from "./probe-cookie.ts";

/** Waited for an answer of a host that has never given one. */
const unknownMs = 1_000;
const waitMinMs = 200;
const waitMaxMs = 4_000;
/** A stack waits a second before it repeats; a little less, because the mean moves. */
const repeatMs = 900;

export interface RoundTrips {
  /** `mayRepeat`: a SYN-ACK, which the other side sends again by itself. */
  sample(host: number, ms: number, mayRepeat: boolean): void;
  /** After so long without an answer there will be none. */
  waitMs(host: number): number;
  /** Nobody waits for it any more. */
  leave(host: number): void;
  /** The longest wait of all that are waited for. */
  longestWaitMs(): number;
}

export function roundTrips(hosts: number): RoundTrips {
  const smoothed = new Float32Array(hosts).fill(-1);
  const variation = new Float32Array(hosts);
  let longest = 0;
  /** Hosts that are waited for and have never answered. */
  const isUnheard = new Uint8Array(hosts).fill(1);
  let unheard = hosts;
  const hear = (host: number): void => {
    unheard -= isUnheard[host] ?? 0;
    isUnheard[host] = 0;
  };
  let samplesLeft = 1;
  const waitMs = (host: number): number => {
    const mean = smoothed[host] ?? -1;
    if (mean < 0) return Math.max(unknownMs, longest);
    return Math.min(waitMaxMs, Math.max(waitMinMs, mean + Math.max(tickMs, 4 * (variation[host] ?? 0))));
  };
  /** Now and then, so that one late answer does not count for ever. */
  const measure = (): void => {
    samplesLeft = hosts;
    longest = 0;
    for (let host = 0; host < hosts; host += 1) {
      if ((smoothed[host] ?? -1) >= 0) longest = Math.max(longest, waitMs(host));
    }
  };
  return {
    sample(host, ms, mayRepeat) {
      const mean = smoothed[host] ?? -1;
      if (mean < 0) {
        hear(host);
        smoothed[host] = ms;
        variation[host] = ms / 2;
      } else {
        if (mayRepeat && ms > mean + repeatMs) return;
        variation[host] = 0.75 * (variation[host] ?? 0) + 0.25 * Math.abs(mean - ms);
        smoothed[host] = 0.875 * mean + 0.125 * ms;
      }
      samplesLeft -= 1;
      if (samplesLeft <= 0) measure();
    },
    waitMs,
    leave: hear,
    longestWaitMs: () => (unheard > 0 || longest === 0 ? Math.max(unknownMs, longest) : longest),
  };
}
