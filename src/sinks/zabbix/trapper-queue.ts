// What: which values go to the trapper next, and what its answer means for them.
// Idea: one lane for each item, and requests of one item only: the answer counts values without naming them, so only
//   then does it speak for each. A refused item waits by itself and holds up no other.
// Trap: an item that was just made is refused until the server has read its configuration again (a minute by default),
//   and one that was never made is refused for ever. An answer that got lost leaves open whether values were taken; they
//   go again with the same clock and ns, which a history table with a primary key (from 6.0 on) keeps once. Session and
//   ids, by which agents avoid doubles, are no help here: the server moves past the ids of what it refuses.
// Source: Zabbix manual, "Zabbix sender protocol"; seen with server 6.0.14.

import type { SenderValue } from "../../packet/zabbix-sender.ts";

/** A value of a trapper item, with the wall clock's time of what it tells. */
export interface TrapperValue {
  readonly host: string;
  readonly key: string;
  readonly value: string;
  readonly atMs: number;
}

export const trapperDefaults = {
  /** Values that wait. Past it, the oldest goes. */
  valuesMax: 10_000,
  /** Text in a text item of Zabbix, in bytes. */
  valueBytesMax: 65_535,
  /** The server looks items up in groups of 256: within one, all values of an item share their fate. */
  requestValuesMax: 250,
  /** A value that the server does not take is kept for this long while the server is away, */
  keptMs: 24 * 3_600_000,
  /** and for this long while the server is there and refuses its item. */
  refusedKeptMs: 3_600_000,
  /** Pauses grow by doubling from the first to the longest. */
  refusedPauseMs: 5_000,
  awayPauseMs: 1_000,
  pauseMsMax: 60_000,
} as const;

export type TrapperLimits = Readonly<Record<keyof typeof trapperDefaults, number>>;

/** Values of one item, oldest first. */
export interface TrapperBatch {
  readonly lane: string;
  readonly values: readonly SenderValue[];
}

/** What one request came to. `away`: not reached, or its answer cannot be understood. */
export type TrapperOutcome =
  | { readonly kind: "counted"; readonly processed: number; readonly failed: number }
  | { readonly kind: "away" };

export interface TrapperCounters {
  delivered: number;
  /** Given up: no room, or too long. */
  overflowed: number;
  /** Given up: the server was away for `keptMs`. */
  expired: number;
  /** Given up: the server refused the item for `refusedKeptMs`. */
  refused: number;
}

interface Waiting {
  readonly value: SenderValue;
  readonly offeredMs: number;
}
interface Lane {
  values: Waiting[];
  /** How many of the first ones are under way. */
  underWay: number;
  refusals: number;
  notBeforeMs: number;
  /** After an answer that was true of some only. */
  oneByOne: boolean;
}

const nsPerMs = 1_000_000;

/** What a person may want to hear of, told once. */
export type TrapperHappening = "went-away" | "came-back" | "item-refused";

/** Times are of a monotonic clock, in milliseconds, but for a value's own. */
export class TrapperQueue {
  readonly counters: TrapperCounters = { delivered: 0, overflowed: 0, expired: 0, refused: 0 };
  readonly #limits: TrapperLimits;
  readonly #lanes = new Map<string, Lane>();
  #waiting = 0;
  #failures = 0;
  #notBeforeMs = 0;
  #offered = 0;

  constructor(limits: TrapperLimits) {
    this.#limits = limits;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Whether the last request did not arrive. */
  get isAway(): boolean {
    return this.#failures > 0;
  }

  /** Items that the server does not take. */
  get refusedItems(): number {
    return [...this.#lanes.values()].filter(({ refusals }) => refusals > 0).length;
  }

  /** Whether values of that item wait already. */
  waitsFor(item: Pick<TrapperValue, "host" | "key">): boolean {
    return this.#lanes.has(laneOf(item));
  }

  offer({ host, key, value, atMs }: TrapperValue, nowMs: number): void {
    if (Buffer.byteLength(value) > this.#limits.valueBytesMax) {
      this.counters.overflowed += 1;
      return;
    }
    while (this.#waiting >= this.#limits.valuesMax) if (!this.#dropOldest()) break;
    // The running number keeps two values of one millisecond apart.
    const ns = (atMs % 1_000) * nsPerMs + (this.#offered++ % nsPerMs);
    const waiting = {
      value: { host, key, value, clock: Math.floor(atMs / 1_000), ns: Math.floor(ns) },
      offeredMs: nowMs,
    };
    const name = laneOf({ host, key });
    const lane = this.#lanes.get(name);
    if (lane === undefined) this.#lanes.set(name, newLane(waiting));
    else lane.values.push(waiting);
    this.#waiting += 1;
  }

  /** The next request: of the lane whose first value has waited longest. Its outcome must be told by `settle`. */
  next(nowMs: number): TrapperBatch | undefined {
    if (nowMs < this.#notBeforeMs) return undefined;
    this.#expire(nowMs);
    const found = this.#oldestLane((lane) => lane.underWay === 0 && lane.notBeforeMs <= nowMs);
    if (found === undefined) return undefined;
    const [name, lane] = found;
    // A refused item is asked for with one value: nothing else is new about the others.
    lane.underWay = lane.oneByOne || lane.refusals > 0 ? 1 : this.#limits.requestValuesMax;
    lane.underWay = Math.min(lane.underWay, lane.values.length);
    return { lane: name, values: lane.values.slice(0, lane.underWay).map(({ value }) => value) };
  }

  /** Milliseconds until `next` may have something; null when nothing waits. */
  waitMs(nowMs: number): number | null {
    if (this.#waiting === 0) return null;
    if (this.#notBeforeMs > nowMs) return this.#notBeforeMs - nowMs;
    const lanes = [...this.#lanes.values()].filter(({ underWay }) => underWay === 0);
    const soonest = lanes.reduce((least, { notBeforeMs }) => Math.min(least, notBeforeMs), Infinity);
    return Math.max(0, Math.min(soonest - nowMs, this.#limits.pauseMsMax));
  }

  settle(batch: TrapperBatch, outcome: TrapperOutcome, nowMs: number): readonly TrapperHappening[] {
    const lane = this.#lanes.get(batch.lane);
    if (lane === undefined) return [];
    lane.underWay = 0;
    if (outcome.kind === "away" || outcome.processed + outcome.failed !== batch.values.length) {
      this.#failures += 1;
      this.#notBeforeMs = nowMs + this.#pause(this.#limits.awayPauseMs, this.#failures);
      return this.#failures === 1 ? ["went-away"] : [];
    }
    const happenings: TrapperHappening[] = this.#failures > 0 ? ["came-back"] : [];
    this.#failures = 0;
    if (this.#weigh(batch, lane, outcome, nowMs)) happenings.push("item-refused");
    return happenings;
  }

  /** True for an item that is refused for the first time. */
  #weigh(
    batch: TrapperBatch,
    lane: Lane,
    { processed, failed }: Extract<TrapperOutcome, { kind: "counted" }>,
    nowMs: number,
  ): boolean {
    if (failed === 0) {
      this.#remove(batch.lane, lane, processed);
      this.counters.delivered += processed;
      lane.refusals = 0;
      return false;
    }
    if (processed > 0) {
      // Which ones is not said. To lose one is worse than to tell one twice.
      lane.oneByOne = true;
      return false;
    }
    lane.refusals += 1;
    lane.notBeforeMs = nowMs + this.#pause(this.#limits.refusedPauseMs, lane.refusals);
    return lane.refusals === 1;
  }

  #pause(firstMs: number, times: number): number {
    return Math.min(this.#limits.pauseMsMax, firstMs * 2 ** Math.min(times - 1, 16));
  }

  #oldestLane(fits: (lane: Lane) => boolean): readonly [string, Lane] | undefined {
    let oldest: readonly [string, Lane] | undefined;
    for (const entry of this.#lanes) {
      if (!fits(entry[1])) continue;
      if (oldest === undefined || headMs(entry[1]) < headMs(oldest[1])) oldest = entry;
    }
    return oldest;
  }

  /** False where all that waits is under way. */
  #dropOldest(): boolean {
    const found = this.#oldestLane(({ values, underWay }) => values.length > underWay);
    if (found === undefined) return false;
    this.#remove(found[0], found[1], 1, found[1].underWay);
    this.counters.overflowed += 1;
    return true;
  }

  #expire(nowMs: number): void {
    for (const [name, lane] of this.#lanes) {
      if (lane.underWay > 0) continue;
      const keptMs = lane.refusals > 0 ? this.#limits.refusedKeptMs : this.#limits.keptMs;
      const kept = lane.values.findIndex(({ offeredMs }) => nowMs - offeredMs < keptMs);
      const count = kept === -1 ? lane.values.length : kept;
      if (count === 0) continue;
      this.counters[lane.refusals > 0 ? "refused" : "expired"] += count;
      this.#remove(name, lane, count);
    }
  }

  #remove(name: string, lane: Lane, count: number, from = 0): void {
    lane.values.splice(from, count);
    this.#waiting -= count;
    if (lane.values.length === 0) this.#lanes.delete(name);
  }
}

const laneOf = ({ host, key }: Pick<TrapperValue, "host" | "key">): string => JSON.stringify([host, key]);

const newLane = (first: Waiting): Lane => ({
  values: [first],
  underWay: 0,
  refusals: 0,
  notBeforeMs: 0,
  oneByOne: false,
});

const headMs = ({ values }: Lane): number => values[0]?.offeredMs ?? Infinity;
