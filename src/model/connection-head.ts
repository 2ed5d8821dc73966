import {
  closeSlice,
  historySteps,
  mergeSlices,
  sliceOf,
  startOf,
  type ConnectionSlice,
  type CounterReading,
} from "./connection-history.ts";
import type { ConnectionSample } from "./connection-sample.ts";

/** Where the history of one host goes on: what is not yet written into its blocks. */
export interface ConnectionHead extends CounterReading {
  /** Source's clock minus server's clock, by which its samples are placed. */
  readonly clockShiftMs: number;
  /** The stretch that still grows, one per step of `historySteps`. */
  readonly open: readonly ConnectionSlice[];
}

export interface ClosedSlice {
  readonly stepMs: number;
  readonly slice: ConnectionSlice;
}

/** A clock that is off by less is taken as right: that much a request may take. */
const clockToleranceMs = 5_000;

/** The shift that holds from now on; it stays while the source's clock keeps step, so that a repetition falls on itself. */
export function clockShift(head: ConnectionHead | undefined, sentAtMs: number, nowMs: number): number {
  const shiftMs = head?.clockShiftMs ?? 0;
  const offMs = sentAtMs - nowMs;
  return Math.abs(offMs - shiftMs) <= clockToleranceMs ? shiftMs : offMs;
}

/** One more sample, later than `head`, with the stretches that end by it. */
export function follow(
  head: ConnectionHead | undefined,
  sample: ConnectionSample,
  clockShiftMs: number,
): { readonly head: ConnectionHead; readonly closed: readonly ClosedSlice[] } {
  const closed: ClosedSlice[] = [];
  const one = sliceOf(sample, head, historySteps[0].stepMs);
  const open = historySteps.map(({ stepMs, tops }, index) => {
    const whole = { ...one, startMs: startOf(sample.atMs, stepMs) };
    const slice = tops === 0 ? closeSlice(whole, 0) : whole;
    const before = head?.open[index];
    if (before === undefined) return slice;
    if (before.startMs === slice.startMs) return mergeSlices(before, slice);
    closed.push({ stepMs, slice: closeSlice(before, tops) });
    return slice;
  });
  return { head: { atMs: sample.atMs, counters: sample.counters, clockShiftMs, open }, closed };
}
