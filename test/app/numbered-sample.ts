import type { ConnectionSample } from "../../src/model/connection-sample.ts";
import { aSample, tcpCounts } from "../support/connections.ts";

const startMs = 1_790_000_000_000;
export const everyMs = 10_000;

export const sampleMs = (number: number): number => startMs + number * everyMs;

/** Sample 0, 1, 2 …: tells its number as its established connections, so that a sum shows which were taken. */
export function numberedSample(number: number): ConnectionSample {
  return aSample({ atMs: sampleMs(number), tcp: tcpCounts({ ESTABLISHED: number }) });
}
