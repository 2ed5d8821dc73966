import type { ScanPlan } from "../../api/shapes.ts";

/** A scan node asks for work every few seconds. */
const overdueMs = 60_000;

/** A plan becomes due by a scan node that asks for work: one that stays due has nobody to ask. In a window it may wait. */
export function isOverdue(
  { enabled, nextRunMs, window }: Pick<ScanPlan, "enabled" | "nextRunMs" | "window">,
  nowMs: number,
): boolean {
  return enabled && window === null && nextRunMs !== null && nowMs - nextRunMs > overdueMs;
}
