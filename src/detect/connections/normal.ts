// What: what a host's figures seldom exceed, by hour of the week; learned, and small enough to be stored as JSON.
// Idea: an hour's samples become one number, the value that 95 % of them stay below. It moves its slot by at most a
//   factor, so that one strange week cannot teach it. A slot that was never seen borrows from its neighbours, from
//   the middle of the same hour on other days, and from the whole.
// Trap: an hour that was hardly watched teaches nothing. Slots count UTC; as the hours beside count as well, summer time
//   is no alarm.

import { type HourSketch, quantileStep, sketchWith, stepMax, valueOf } from "./hour-sketch.ts";

export const normalFigures = [
  "halfOpen",
  "halfOpenShare",
  "handshakeMs",
  "cookies",
  "connections",
  "stranger",
  "prefix",
  "timeWait",
  "closeWait",
  "tried",
] as const;
/** `stranger` and `prefix`: connections of the busiest address, and prefix, without a past of its own. */
export type NormalFigure = (typeof normalFigures)[number];

type PerFigure<Value> = Readonly<Partial<Record<NormalFigure, Value>>>;

/** All numbers are steps of `hour-sketch.ts`; about 5 kB as JSON when every hour of the week was seen. */
export interface Normal {
  /** 168 each, the first is Thursday 00:00 UTC, as 1970 began; −1: never watched. */
  readonly slots: PerFigure<readonly number[]>;
  /** Any hour. */
  readonly overall: PerFigure<number>;
  /** Hours that were learned. */
  readonly hours: number;
  readonly hour: {
    /** Hours since 1970. */
    readonly index: number;
    readonly watchedMs: number;
    readonly sketches: PerFigure<HourSketch>;
  };
  /** What an operator called normal, whatever was learned. */
  readonly accepted: PerFigure<number>;
}

export const nothingLearned: Normal = {
  slots: {},
  overall: {},
  hours: 0,
  hour: { index: -1, watchedMs: 0, sketches: {} },
  accepted: {},
};

export const hourMs = 3_600_000;
const slotCount = 168;
const highShare = 0.95;
/** An hour teaches from this much of it on; and in the first hour, what was seen so far is better than nothing. */
const taughtMsMin = 600_000;
const firstMsMin = 60_000;
/** Half of the way to what was seen, at most a factor of two; the whole moves more slowly after the first day. */
const slotMove = { share: 0.5, stepsMax: 4 };
const overallMove = { share: 0.25, stepsMax: 1 };
/** A first sight of an hour differs from the whole by at most a factor of 8, once a day is known. */
const firstStepsMax = 12;
const knownHoursMin = 24;

/** One sample, watched for `elapsedMs`. A figure that is missing is not learned. Never changes `normal`. */
export function learn(
  normal: Normal,
  atMs: number,
  elapsedMs: number,
  figures: Readonly<Partial<Record<NormalFigure, number>>>,
): Normal {
  const index = Math.floor(atMs / hourMs);
  const ready = index === normal.hour.index ? normal : closeHour(normal, index);
  const sketches = { ...ready.hour.sketches };
  for (const figure of normalFigures) {
    const value = figures[figure];
    if (value !== undefined) sketches[figure] = sketchWith(sketches[figure] ?? [], value);
  }
  return { ...ready, hour: { index, watchedMs: ready.hour.watchedMs + elapsedMs, sketches } };
}

function closeHour(normal: Normal, index: number): Normal {
  const { hour } = normal;
  const fresh = { index, watchedMs: 0, sketches: {} };
  if (hour.watchedMs < taughtMsMin) return { ...normal, hour: fresh };
  const slots = { ...normal.slots };
  const overall = { ...normal.overall };
  const slot = slotOf(hour.index);
  const wholeMove = normal.hours < knownHoursMin ? slotMove : overallMove;
  for (const figure of normalFigures) {
    const seen = quantileStep(hour.sketches[figure] ?? [], highShare);
    if (seen === undefined) continue;
    const whole = overall[figure];
    const steps = slots[figure] ?? Array.from({ length: slotCount }, () => -1);
    const before = steps[slot] ?? -1;
    slots[figure] = steps.with(
      slot,
      before >= 0 ? moved(before, seen, slotMove) : first(seen, whole, normal),
    );
    overall[figure] = whole === undefined ? seen : moved(whole, seen, wholeMove);
  }
  return { ...normal, slots, overall, hours: normal.hours + 1, hour: fresh };
}

function moved(from: number, to: number, { share, stepsMax }: typeof slotMove): number {
  const way = (to - from) * share;
  const step = Math.max(-stepsMax, Math.min(stepsMax, way));
  return Math.round(from + step);
}

function first(seen: number, whole: number | undefined, { hours }: Normal): number {
  if (whole === undefined || hours < knownHoursMin) return seen;
  return Math.min(stepMax, Math.max(0, whole - firstStepsMax, Math.min(seen, whole + firstStepsMax)));
}

const slotOf = (hourIndex: number): number => ((hourIndex % slotCount) + slotCount) % slotCount;

/** Not even a minute was watched: nothing is known to compare with. */
export const isCold = ({ hours, hour }: Normal): boolean => hours === 0 && hour.watchedMs < firstMsMin;

/** What the figure seldom exceeds at this time; null: nothing is known of it yet. */
export function usualOf(normal: Normal, figure: NormalFigure, atMs: number): number | null {
  const accepted = normal.accepted[figure] ?? -1;
  const learned = normal.hours > 0 ? learnedStep(normal, figure, atMs) : firstStep(normal, figure);
  const step = Math.max(accepted, learned ?? -1);
  return step < 0 ? null : valueOf(step);
}

function firstStep(normal: Normal, figure: NormalFigure): number | undefined {
  return isCold(normal) ? undefined : quantileStep(normal.hour.sketches[figure] ?? [], highShare);
}

function learnedStep(normal: Normal, figure: NormalFigure, atMs: number): number | undefined {
  const steps = normal.slots[figure];
  if (!steps) return undefined;
  const slot = slotOf(Math.floor(atMs / hourMs));
  const at = (offset: number): number => steps[slotOf(slot + offset)] ?? -1;
  let step = Math.max(at(0), at(-1), at(1));
  if (at(0) < 0) {
    const otherDays = [1, 2, 3, 4, 5, 6].map((day) => at(day * 24)).filter((one) => one >= 0);
    step = Math.max(step, normal.overall[figure] ?? -1, middleOf(otherDays));
  }
  return step < 0 ? undefined : step;
}

/** The upper one of two; −1: there is none. */
function middleOf(steps: readonly number[]): number {
  return [...steps].sort((a, b) => a - b)[steps.length >> 1] ?? -1;
}
