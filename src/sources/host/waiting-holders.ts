// What: which processes hold the sockets that wait to be closed (CLOSE-WAIT) or for an answer (SYN-SENT).
// Idea: a holder is remembered by the socket's inode for as long as the socket waits; only for sockets that were not met
//   before are the processes' tables read.
// Trap: reading tables costs with the number of all descriptors: searches are spaced so that they stay below a part of a
//   core, and a flood of sockets that nobody holds must not make them more frequent.
// Source: socket-holders.ts.

import type { Clock } from "../../base/clock.ts";
import type { StateCounts } from "../../model/connection-sample.ts";
import type { Process } from "../../model/process.ts";
import type { FindHolders } from "./socket-holders.ts";

export type WaitingState = "CLOSE-WAIT" | "SYN-SENT";

/** Sockets that are told apart; who leaks more is named by these. */
export const waitingMax = 16_384;
/** A search rests so many times as long as it took: 0.2 % of a core at most. */
const restFactor = 500;

export class WaitingHolders {
  readonly #find: FindHolders;
  readonly #clock: Clock;
  #met = new Map<number, WaitingState>();
  /** Null: searched for in vain. */
  #holders = new Map<number, Process | null>();
  #restsUntilMs = Number.NEGATIVE_INFINITY;

  constructor(find: FindHolders, clock: Clock) {
    this.#find = find;
    this.#clock = clock;
  }

  clear(): void {
    this.#met = new Map();
  }

  meet(inode: number, state: WaitingState): void {
    if (inode !== 0 && this.#met.size < waitingMax) this.#met.set(inode, state);
  }

  /** Looks for the holders of what was met and is not known yet, if it is time to. */
  search(): void {
    const known = new Map<number, Process | null>();
    const unknown: number[] = [];
    for (const inode of this.#met.keys()) {
      const holder = this.#holders.get(inode);
      if (holder === undefined) unknown.push(inode);
      else known.set(inode, holder);
    }
    this.#holders = known;
    const startMs = this.#clock.monotonicMs();
    if (unknown.length === 0 || startMs < this.#restsUntilMs) return;
    const { holders } = this.#find(unknown);
    for (const inode of unknown) known.set(inode, holders.get(inode) ?? null);
    const endMs = this.#clock.monotonicMs();
    this.#restsUntilMs = endMs + (endMs - startMs) * restFactor;
  }

  held(): ReadonlyMap<Process, StateCounts> {
    const held = new Map<Process, Record<WaitingState, number>>();
    for (const [inode, state] of this.#met) {
      const process = this.#holders.get(inode);
      if (process === undefined || process === null) continue;
      const counts = held.get(process) ?? { "CLOSE-WAIT": 0, "SYN-SENT": 0 };
      counts[state]++;
      held.set(process, counts);
    }
    return held;
  }
}
