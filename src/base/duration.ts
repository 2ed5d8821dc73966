import type { Parsed } from "./parsed.ts";

const unitMs = [
  ["w", 604_800_000],
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
] as const;

/** A hundred years: what is longer is a slip of the pen, and stays far from where a double loses milliseconds. */
export const durationMsMax = 100 * 365 * 86_400_000;

const part = /(\d+)([a-z]*)/y;

/** `3d`, `90s`, `1h30m`, `500ms` to milliseconds: whole numbers, each with its unit, units falling. `0` needs none. */
export function parseDuration(text: string): Parsed<number> {
  if (text === "0") return { value: 0 };
  if (text === "") return problem("is empty", 0);
  let sum = 0;
  let unitsLeft = 0;
  for (let at = 0; at < text.length; at = part.lastIndex) {
    part.lastIndex = at;
    const match = part.exec(text);
    if (!match)
      return problem(`has ${JSON.stringify(text.charAt(at))} where a whole number should stand`, at);
    const [, digits = "", unit = ""] = match;
    const unitAt = at + digits.length;
    if (unit === "") return problem("lacks a unit", unitAt);
    const index = unitMs.findIndex(([name]) => name === unit);
    if (index === -1) return problem(`has the unknown unit ${JSON.stringify(unit)}`, unitAt);
    if (index < unitsLeft)
      return problem(`names ${JSON.stringify(unit)} twice or after a smaller unit`, unitAt);
    unitsLeft = index + 1;
    sum += Number(digits) * (unitMs[index]?.[1] ?? 0);
    if (sum > durationMsMax) return problem("is longer than 100 years", at);
  }
  return { value: sum };
}

const problem = (what: string, at: number): Parsed<never> => ({
  problem: `${what}; a duration is written like 500ms, 90s, 1h30m or 3d`,
  at,
});

/** The inverse of `parseDuration` for whole, non-negative milliseconds: `1d12h`, `90s` becomes `1m30s`. */
export function formatDuration(ms: number): string {
  let rest = Math.round(ms);
  let text = "";
  for (const [unit, size] of unitMs) {
    // Weeks are read, never written: "14d" says more than "2w".
    if (unit === "w" || rest < size) continue;
    text += `${Math.floor(rest / size)}${unit}`;
    rest %= size;
  }
  return text === "" ? "0" : text;
}
