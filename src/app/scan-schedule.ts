import { isBetween, minuteOfDay, minuteOnTheWall } from "../base/time-of-day.ts";
import type { ScanSchedule, ScanWindow } from "../model/scan-plan.ts";

const minuteMs = 60_000;

/**
 * When a plan runs next, in the server's time zone; null when only a person starts it. `lastMs`: when it was started
 * last, or saved. What was missed while the server was away is made up for once, not once for every time.
 */
export function nextRun(schedule: ScanSchedule, lastMs: number): number | null {
  if (schedule.kind === "manual") return null;
  if (schedule.kind === "every") return lastMs + schedule.minutes * minuteMs;
  const next = new Date(lastMs);
  next.setHours(0, minuteOfDay(schedule.at), 0, 0);
  // By the calendar, not by adding 24 hours: a day of a clock change is longer or shorter.
  if (next.getTime() <= lastMs) next.setDate(next.getDate() + 1);
  return next.getTime();
}

/** Whether a scan may begin now. Its end is outside; the same time twice is the whole day. */
export function isInWindow(window: ScanWindow | null, nowMs: number): boolean {
  if (window === null) return true;
  return isBetween(minuteOnTheWall(nowMs), minuteOfDay(window.from), minuteOfDay(window.to));
}
