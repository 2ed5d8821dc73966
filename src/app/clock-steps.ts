import type { Moment } from "./thread-messages.ts";

/** How far the wall clock was set since something last happened, told by a clock that is never set. */
export interface ClockSteps {
  /** ms forward (+) or back (−); 0 when unknown, as after a restart. */
  since(id: string, moment: Moment): number;
  note(id: string, moment: Moment): void;
}

/** Below it two clocks only drift apart. */
const stepMinMs = 500;
/** Ids remembered; forgetting one only means "unknown". */
const idsMax = 100_000;

export function clockSteps(): ClockSteps {
  const offsets = new Map<string, number>();
  const offset = ({ nowMs, monotonicMs }: Moment): number => nowMs - monotonicMs;
  return {
    since(id, moment) {
      const step = Math.round(offset(moment) - (offsets.get(id) ?? offset(moment)));
      return Math.abs(step) < stepMinMs ? 0 : step;
    },
    note(id, moment) {
      if (offsets.size >= idsMax && !offsets.has(id)) offsets.clear();
      offsets.set(id, offset(moment));
    },
  };
}
