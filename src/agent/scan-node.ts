import type { Clock } from "../base/clock.ts";
import type { ScanAssignment } from "../model/scan-plan.ts";
import type { Scan, ScanListener, ScanSummary } from "../sources/scan/scan.ts";
import { pauseAfter } from "./back-off.ts";
import type { ScanLink } from "./scan-link.ts";
import { runAssignment } from "./scan-run.ts";
import { sleep } from "./sleep.ts";

/** Between two questions for work. */
export const askEveryMs = 2_000;

/** Scans by the engine that was ordered; the composition root knows them all. */
export type RunScan = (
  scan: Scan,
  engine: ScanAssignment["engine"],
  listener: ScanListener,
  signal: AbortSignal,
) => Promise<ScanSummary>;

export interface ScanNodeOptions {
  readonly link: ScanLink;
  readonly runScan: RunScan;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly random: () => number;
  readonly version: string;
  readonly say: (level: "info" | "warn", sentence: string) => void;
  readonly signal: AbortSignal;
  /** How often the server is asked. */
  readonly everyMs?: number;
}

/** Asks its server for scans and does one after the other, until the signal. */
export async function runScanNode(options: ScanNodeOptions): Promise<void> {
  const { link, say, signal, random, everyMs = askEveryMs } = options;
  let failures = 0;
  while (!signal.aborted) {
    const asked = await link.lease();
    if ("why" in asked) {
      failures += 1;
      if (failures === 1) say("warn", `the server gives no scan: ${asked.why}`);
      await sleep(pauseAfter(failures, random()), signal);
      continue;
    }
    failures = 0;
    if (asked.assignment === null) await sleep(everyMs, signal);
    else await runAssignment(options, asked.assignment);
  }
}
