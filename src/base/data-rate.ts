import type { Parsed } from "./parsed.ts";

const units: Readonly<Record<string, number>> = { bit: 1, kbit: 1e3, mbit: 1e6, gbit: 1e9 };
const pattern = /^(\d+(?:\.\d+)?)([a-z]+)$/i;

/** `1mbit`, `2.5Gbit`, `64kbit` (per second, decimal) to bytes per second. */
export function parseDataRate(text: string): Parsed<number> {
  const match = pattern.exec(text);
  if (!match) return { problem: "is no data rate (1mbit)", at: 0 };
  const [, digits = "", unit = ""] = match;
  const bits = units[unit.toLowerCase()];
  if (bits === undefined) return { problem: "needs a unit: bit, kbit, mbit or gbit", at: digits.length };
  const value = (Number(digits) * bits) / 8;
  return value > 0 ? { value } : { problem: "must be more than 0", at: 0 };
}
