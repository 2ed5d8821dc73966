import type { TFunction } from "i18next";

const [minuteMs, hourMs] = [60_000, 3_600_000];

/** A time to come in the largest whole unit: "45 s", "12 min", "3 h". */
export function span(t: TFunction, ms: number): string {
  if (ms < 2 * minuteMs) return t("blocks.seconds", { value: Math.max(1, Math.ceil(ms / 1_000)) });
  if (ms < 2 * hourMs) return t("blocks.minutes", { value: Math.round(ms / minuteMs) });
  return t("blocks.hours", { value: Math.round(ms / hourMs) });
}
