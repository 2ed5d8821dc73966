import type { Parsed } from "../base/parsed.ts";
import type { PortRange } from "./coverage.ts";

export const portMax = 65_535;

const part = /^(?:0|[1-9]\d{0,4})$/;

/** Reads `22` or `8000-8100`. */
export function parsePortRange(text: string): Parsed<PortRange> {
  const dash = text.indexOf("-");
  const ends = dash === -1 ? [text] : [text.slice(0, dash), text.slice(dash + 1)];
  for (const [index, end] of ends.entries()) {
    if (!part.test(end) || Number(end) > portMax) {
      const at = index === 0 ? 0 : dash + 1;
      return { problem: `needs a port from 0 to ${portMax}, or a range like 8000-8100`, at };
    }
  }
  const [first = 0, last = first] = ends.map(Number);
  if (first > last) return { problem: "begins with the larger port", at: 0 };
  return { value: { first, last } };
}

/** The inverse. */
export function formatPortRange({ first, last }: PortRange): string {
  return first === last ? `${first}` : `${first}-${last}`;
}
