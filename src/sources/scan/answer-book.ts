// What: what was found out about every pair of host and port, and counted of every host.
// Idea: a bit per pair, a few numbers per host.
// Trap: a host that answers open on everything has nothing open: what was counted of it is taken back.

import type { PortReason } from "../../model/port-state.ts";
import { answerMap } from "./answer-map.ts";

/** What was counted of one host. */
export interface HostTally {
  readonly open: number;
  readonly closed: number;
  readonly filtered: Readonly<Partial<Record<PortReason, number>>>;
  /** Asked, and without an answer. */
  readonly silent: number;
  /** False: its silence says nothing, because it was not asked as often as needed, or may not have been reached. */
  readonly complete: boolean;
}

export interface AnswerBook {
  readonly counts: { readonly open: number; readonly closed: number; readonly filtered: number };
  /** How many pairs are settled. */
  settled(): number;
  isSettled(pair: number): boolean;
  /** `reason`: `syn-ack`, `reset` or an ICMP error's. False when the pair was settled before. */
  settle(pair: number, reason: PortReason): boolean;
  /** How many of its ports are settled. */
  settledOf(host: number): number;
  /** What it seemed to offer is not open after all. */
  takeBack(host: number): void;
  tallyOf(host: number): Omit<HostTally, "complete">;
}

export function answerBook(hosts: number, width: number): AnswerBook {
  const map = answerMap(hosts * width);
  const settled = new Uint32Array(hosts);
  const openOf = new Uint32Array(hosts);
  const filteredOf = new Map<number, Partial<Record<PortReason, number>>>();
  const counts = { open: 0, closed: 0, filtered: 0 };
  return {
    counts,
    settled: () => counts.open + counts.closed + counts.filtered,
    isSettled: map.isSettled,
    settle(pair, reason) {
      if (!map.settle(pair)) return false;
      const host = Math.floor(pair / width);
      settled[host] = (settled[host] ?? 0) + 1;
      if (reason === "syn-ack") {
        counts.open += 1;
        openOf[host] = (openOf[host] ?? 0) + 1;
      } else if (reason === "reset") {
        counts.closed += 1;
      } else {
        counts.filtered += 1;
        const reasons = filteredOf.get(host) ?? {};
        reasons[reason] = (reasons[reason] ?? 0) + 1;
        filteredOf.set(host, reasons);
      }
      return true;
    },
    settledOf: (host) => settled[host] ?? 0,
    takeBack(host) {
      counts.open -= openOf[host] ?? 0;
      counts.filtered += openOf[host] ?? 0;
      openOf[host] = 0;
    },
    tallyOf(host) {
      const filtered = filteredOf.get(host) ?? {};
      const refused = Object.values(filtered).reduce((sum, count) => sum + count, 0);
      const open = openOf[host] ?? 0;
      const answered = settled[host] ?? 0;
      return { open, closed: answered - open - refused, filtered, silent: width - answered };
    },
  };
}
