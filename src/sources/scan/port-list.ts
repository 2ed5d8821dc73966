// What: what people write for the ports of a scan, to a list.
// Idea: `22,80,8000-8100`, and `-` for all.

import type { Parsed } from "../../base/parsed.ts";
import { rangeSet, type RangeSet } from "../../base/range-set.ts";
import { parsePortRange, portMax } from "../../model/port-range.ts";

/** Port 0 is never an endpoint; it is scanned only when it is named. */
const allPorts: RangeSet = [{ first: 1, last: portMax }];

/** Reads `22,80,8000-8100` or `-`. */
export function parsePortList(text: string): Parsed<RangeSet> {
  if (text === "-") return { value: allPorts };
  const ranges: { first: number; last: number }[] = [];
  let at = 0;
  for (const part of text.split(",")) {
    const parsed = parsePortRange(part);
    if (!("value" in parsed)) return { problem: parsed.problem, at: at + parsed.at };
    ranges.push(parsed.value);
    at += part.length + 1;
  }
  return { value: rangeSet(ranges) };
}

/** Every port of a set, ascending. */
export function portsOf(set: RangeSet): Uint16Array {
  const ports: number[] = [];
  for (const { first, last } of set) for (let port = first; port <= last; port += 1) ports.push(port);
  return Uint16Array.from(ports);
}
