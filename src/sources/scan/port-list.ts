// What: what people write for the ports of a scan, to lists.
// Idea: nmap's notation: `22,80,8000-8100`, `-` for all, `T:` and `U:` before those of TCP and of UDP.
// Trap: a letter holds until the next one: in `U:53,161` both are UDP's.
// Source: nmap(1), "-p".

import type { Parsed } from "../../base/parsed.ts";
import { rangeSet, type Range, type RangeSet } from "../../base/range-set.ts";
import { parsePortRange, portMax } from "../../model/port-range.ts";

/** By the transports that are scanned. */
export interface PortSets {
  readonly tcp: RangeSet;
  readonly udp: RangeSet;
}
type Scanned = keyof PortSets;

/** Port 0 is never an endpoint; it is scanned only when it is named. */
const allPorts: Range = { first: 1, last: portMax };
const letters: Readonly<Record<string, Scanned>> = { T: "tcp", U: "udp" };

/** Reads `22,80,8000-8100`, `-` or `T:22,80,U:53`. `unlettered`: whose ports those before the first letter are. */
export function parsePorts(text: string, unlettered: readonly Scanned[]): Parsed<PortSets> {
  const ranges: Record<Scanned, Range[]> = { tcp: [], udp: [] };
  let current = unlettered;
  let at = 0;
  for (const part of text.split(",")) {
    const colon = part.indexOf(":");
    if (colon !== -1) {
      const named = letters[part.slice(0, colon)];
      if (named === undefined) return { problem: "needs T: for TCP or U: for UDP", at };
      current = [named];
    }
    const rest = part.slice(colon + 1);
    const parsed = rest === "-" ? { value: allPorts } : parsePortRange(rest);
    if (!("value" in parsed)) return { problem: parsed.problem, at: at + colon + 1 + parsed.at };
    for (const transport of current) ranges[transport].push(parsed.value);
    at += part.length + 1;
  }
  return { value: { tcp: rangeSet(ranges.tcp), udp: rangeSet(ranges.udp) } };
}

/** Every port of a set, ascending. */
export function portsOf(set: RangeSet): Uint16Array {
  const ports: number[] = [];
  for (const { first, last } of set) for (let port = first; port <= last; port += 1) ports.push(port);
  return Uint16Array.from(ports);
}

/** The inverse. */
export const portSetOf = (ports: Uint16Array): RangeSet =>
  rangeSet([...ports].map((port) => ({ first: port, last: port })));
