import { historySteps, startOf } from "../model/connection-history.ts";
import type { Reader } from "../store/store.ts";
import type { Moment } from "./thread-messages.ts";

const [, , { stepMs: hourMs }] = historySteps;
const pastMs = 7 * 24 * hourMs;
/** Who came with the trouble of now is not known by it. */
const recentMs = 2 * hourMs;
/** Seen once is a chance, seen in two hours is a past. */
const hoursMin = 2;
const remotesMax = 1_000;
/** Of the kinds of busiest: ports, remotes, prefixes, processes. */
const remoteKind = 1;

/** Addresses that were among a host's busiest in several hours of the week before now, most often seen first. */
export async function familiarRemotes(
  reader: Reader,
  hostId: string,
  { nowMs }: Moment,
): Promise<readonly string[]> {
  const toMs = startOf(nowMs - recentMs, hourMs);
  const slices = await reader.connectionSlices({
    hostId,
    stepMs: hourMs,
    fromMs: toMs - pastMs,
    toMs,
    tops: true,
  });
  const hours = new Map<string, number>();
  for (const { tops } of slices)
    for (const { name } of tops[remoteKind] ?? []) hours.set(name, (hours.get(name) ?? 0) + 1);
  return [...hours]
    .filter(([, count]) => count >= hoursMin)
    .sort(([, a], [, b]) => b - a)
    .slice(0, remotesMax)
    .map(([remote]) => remote);
}
