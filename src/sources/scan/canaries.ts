// What: ports known to be open that are asked again and again while a scan runs.
// Idea: they must answer, so each silence is a loss: a meter that works where hosts are silent on all else.
// Trap: a stack repeats its SYN-ACK when our RST got lost: an answer counts once, for the very question it answers. And
//   until it has given up, it does not answer the same pair of ports again: each question has a source port of its own.
//   Canaries at even distances would all stand at the same place of our bursts, which a full queue treats alike.

import type { LossEstimate } from "./loss-estimate.ts";
import { randomSequence } from "./random-sequence.ts";

/** One in so many probes is a canary, on average; fewer once the loss is known, because on a slow link they are time. */
const probesPerCanary = { atFirst: 64, later: 256 } as const;
/** Enough questions, all answered, to call the loss less than 0.1 %. */
const wanted = 600;
/** With few open ports fewer are enough: asking the same ones again and again would take longer than a second pass. */
const wantedPerPort = 5;
/** More than so many open ports do not make the meter better. */
const portsMax = 4_096;
const noTick = -1;

export interface Canaries {
  size(): number;
  /** Whether so many probes after the last canary it is time for another. */
  isDue(probes: number): boolean;
  add(pair: number): void;
  /** The pair to ask next is the one asked longest ago; undefined while its last question may still be answered. */
  next(
    nowMs: number,
    waitMs: (pair: number) => number,
    tick: number,
    isHeld: (pair: number) => boolean,
  ): { readonly pair: number; readonly times: number } | undefined;
  /** False: it answers no question that is open. */
  answered(pair: number, tick: number): boolean;
  /** These were no witnesses after all: what they said is taken back. */
  remove(firstPair: number, lastPair: number): void;
  /** Their questions since then were lost for another reason: they say nothing of the path. */
  excuse(firstPair: number, lastPair: number, sinceMs: number): void;
  /** Asked often enough, as far as they are asked at all. */
  hasEnough(isHeld: (pair: number) => boolean): boolean;
  /** Questions whose answer came or will not come any more, and how many got none. */
  known(
    nowMs: number,
    waitMs: (pair: number) => number,
  ): { readonly questions: number; readonly silences: number };
  /** What a former run asked. */
  restore(questions: number, silences: number): void;
}

interface Canary {
  readonly pair: number;
  /** How often it was asked before. */
  times: number;
  answers: number;
  /** Questions since its last answer. */
  unanswered: number;
  askedMs: number;
  /** Of the question under way; none once it is answered. */
  tick: number;
}

export function canaries(loss: LossEstimate, seed: number): Canaries {
  const random = randomSequence(seed);
  const queue: Canary[] = [];
  const byPair = new Map<number, Canary>();
  let turn = 0;
  let asked = 0;
  let silent = 0;
  /** Of the usual one, to the next canary: 0 to 2. */
  let distance = 1;
  return {
    size: () => queue.length,
    isDue: (probes) =>
      probes >= distance * (asked < wanted ? probesPerCanary.atFirst : probesPerCanary.later),
    add(pair) {
      if (queue.length >= portsMax) return;
      const canary = {
        pair,
        times: -1,
        answers: 0,
        unanswered: 0,
        askedMs: Number.NEGATIVE_INFINITY,
        tick: noTick,
      };
      queue.push(canary);
      byPair.set(pair, canary);
    },
    next(nowMs, waitMs, tick, isHeld) {
      const canary = queue[turn % queue.length];
      if (canary !== undefined && isHeld(canary.pair)) {
        turn += 1;
        return undefined;
      }
      if (canary === undefined || nowMs - canary.askedMs < waitMs(canary.pair)) return undefined;
      turn += 1;
      distance = 2 * random();
      asked += 1;
      silent += 1;
      canary.askedMs = nowMs;
      canary.tick = tick;
      canary.times += 1;
      canary.unanswered += 1;
      loss.canaryAsked();
      return canary;
    },
    hasEnough: (isHeld) =>
      asked >= Math.min(wanted, wantedPerPort * queue.length) || queue.every(({ pair }) => isHeld(pair)),
    answered(pair, tick) {
      const canary = byPair.get(pair);
      if (canary === undefined || canary.tick !== tick) return false;
      canary.tick = noTick;
      canary.answers += 1;
      canary.unanswered = 0;
      silent -= 1;
      loss.canaryAnswered();
      return true;
    },
    remove(firstPair, lastPair) {
      for (let at = queue.length - 1; at >= 0; at -= 1) {
        const canary = queue[at];
        if (canary === undefined || canary.pair < firstPair || canary.pair > lastPair) continue;
        queue.splice(at, 1);
        byPair.delete(canary.pair);
        const [questions, silences] = [canary.times + 1, canary.times + 1 - canary.answers];
        asked -= questions;
        silent -= silences;
        loss.canaryForgotten(questions, silences);
      }
    },
    excuse(firstPair, lastPair, sinceMs) {
      for (const canary of queue) {
        const { pair, unanswered, askedMs } = canary;
        if (askedMs <= sinceMs || pair < firstPair || pair > lastPair) continue;
        canary.tick = noTick;
        canary.unanswered = 0;
        canary.times -= unanswered;
        asked -= unanswered;
        silent -= unanswered;
        loss.canaryForgotten(unanswered, unanswered);
      }
    },
    known(nowMs, waitMs) {
      const open = queue.filter(
        ({ tick, askedMs, pair }) => tick !== noTick && nowMs - askedMs < waitMs(pair),
      );
      return { questions: asked - open.length, silences: silent - open.length };
    },
    restore(questions, silences) {
      asked += questions;
      silent += silences;
      loss.canaryForgotten(-questions, -silences);
    },
  };
}
