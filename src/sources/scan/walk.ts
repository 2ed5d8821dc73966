// What: the walk through the random order of all pairs, pass by pass.
// Idea: one place in the order, and beside it the pairs that were put off because their host was asked enough for now:
//   they are met again as soon as it may be asked, and delay nobody else.
// Trap: a part of the order is not due again before its answers could have come. What is put off is bounded: when there
//   is no room, the walk stands still until there is.

import { permutation } from "./permutation.ts";
import { trail, type Place } from "./trail.ts";

/** `later`: not now, but in this pass. `skip`: not in this pass. */
export type Choice = "ask" | "later" | "skip";

export type Chooser = (pair: number, nowMs: number) => Choice;

export interface Walk {
  /** From 0. */
  pass(): number;
  cursor(): number;
  isOver(): boolean;
  /** The next pair of this pass that `choose` wants asked now; undefined when none is, or its part is not due. */
  next(nowMs: number, waitMs: number, choose: Chooser): number | undefined;
  nextPass(): void;
  /** Where it stood at a moment, in this pass or an earlier one. */
  placeAt(ms: number): Place;
  /** What was met since then is met again. */
  goBack(ms: number): void;
  restore(place: Place): void;
  /** Pairs that are put off, unless they were settled since. */
  putOff(): Iterable<number>;
}

/** Of a pass's order, in so many parts it is remembered when they were asked last. */
const parts = 4_096;
/** Pairs looked at for one probe before others have their turn: a late pass finds few that are still open to question. */
const stepsMax = 65_536;
/** 4 MB of them. */
const putOffMax = 2 ** 20;
/** Of those, looked at for one probe. */
const putOffStepsMax = 64;

export function walk(pairs: number, seed: number): Walk {
  const order = permutation(pairs, seed);
  const askedMs = new Float64Array(parts + 1).fill(Number.NEGATIVE_INFINITY);
  const path = trail({ pass: 0, cursor: 0 });
  const waiting = waitingPairs(Math.min(pairs, putOffMax));
  let [pass, cursor] = [0, 0];
  let part = -1;
  let partEnd = 0;
  let dueMs = Number.NEGATIVE_INFINITY;

  const moveTo = (place: Place): void => {
    ({ pass, cursor } = place);
    partEnd = 0;
    path.restart(place);
  };

  const fromWaiting = (nowMs: number, choose: Chooser): number | undefined => {
    for (let step = Math.min(putOffStepsMax, waiting.size()); step > 0; step -= 1) {
      const pair = waiting.take();
      const choice = choose(pair, nowMs);
      if (choice === "ask") return pair;
      if (choice === "later") waiting.add(pair);
    }
    return undefined;
  };

  const enterPart = (waitMs: number): void => {
    part = Math.floor((cursor / pairs) * parts);
    partEnd = Math.ceil(((part + 1) * pairs) / parts);
    dueMs = (askedMs[part] ?? 0) + waitMs;
  };

  const fromOrder = (nowMs: number, waitMs: number, choose: Chooser): number | undefined => {
    for (let step = 0; step < stepsMax && cursor < pairs; step += 1) {
      if (cursor >= partEnd) enterPart(waitMs);
      if (nowMs < dueMs) return undefined;
      const pair = order(cursor);
      const choice = choose(pair, nowMs);
      if (choice === "later" && !waiting.add(pair)) return undefined;
      cursor += 1;
      if (choice !== "ask") continue;
      askedMs[part] = nowMs;
      return pair;
    }
    return undefined;
  };

  return {
    pass: () => pass,
    cursor: () => cursor,
    isOver: () => cursor >= pairs && waiting.size() === 0,
    next(nowMs, waitMs, choose) {
      path.note(nowMs, pass, cursor);
      const late = fromWaiting(nowMs, choose);
      return late ?? fromOrder(nowMs, waitMs, choose);
    },
    nextPass() {
      pass += 1;
      cursor = 0;
      partEnd = 0;
    },
    placeAt: path.at,
    goBack(ms) {
      const place = path.at(ms);
      moveTo(place.pass === pass ? place : { pass, cursor: 0 });
    },
    restore: moveTo,
    putOff: () => waiting.all(),
  };
}

/** First in, first out, in a ring. */
function waitingPairs(most: number) {
  let ring = new Uint32Array(0);
  let [head, size] = [0, 0];
  const at = (index: number): number => ring[(head + index) % ring.length] ?? 0;
  return {
    size: () => size,
    /** False: there is no room. */
    add(pair: number): boolean {
      if (size === most) return false;
      if (size === ring.length) {
        const grown = new Uint32Array(Math.min(most, Math.max(1_024, 2 * ring.length)));
        for (let index = 0; index < size; index += 1) grown[index] = at(index);
        ring = grown;
        head = 0;
      }
      ring[(head + size) % ring.length] = pair;
      size += 1;
      return true;
    },
    take(): number {
      const pair = at(0);
      head = (head + 1) % ring.length;
      size -= 1;
      return pair;
    },
    *all(): Iterable<number> {
      for (let index = 0; index < size; index += 1) yield at(index);
    },
  };
}
