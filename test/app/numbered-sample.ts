import type { ConnectionSample } from "../../src/model/connection-sample.ts";
import { tcpCounts } from "../support/connection-sample.ts";
import { aSample } from "../support/connections.ts";

const startMs = 1_790_000_000_000;
export const everyMs = 10_000;

export const sampleMs = (number: number): number => startMs + number * everyMs;

/** So far apart that no flood is a relapse of the one before. */
const floodEvery = 500;
const floodFirst = 40;
const floodLasts = 6;

/** The numbers of the first samples of all floods before `held`. */
export const floodsBefore = (held: number): number[] =>
  Array.from({ length: Math.ceil(Math.max(0, held - floodFirst) / floodEvery) }, (_, index) => {
    return floodFirst + index * floodEvery;
  });

/**
 * Sample 0, 1, 2 …: tells its number as its established connections, so that a sum shows which were taken; now and then
 * there is a flood.
 */
export function numberedSample(number: number): ConnectionSample {
  const since = (number - floodFirst) % floodEvery;
  const isFlood = since >= 0 && since < floodLasts;
  const states = { ESTABLISHED: number, "SYN-RECEIVED": isFlood ? number + 1_000 : 0 };
  return aSample({ atMs: sampleMs(number), tcp: tcpCounts(states) });
}
