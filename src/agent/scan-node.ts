import { pauseAfter } from "./back-off.ts";
import { runAssignment } from "./scan-run.ts";
import type { ScanWork } from "./scan-work.ts";
import { sleep } from "./sleep.ts";

/** Between two questions for work. */
export const askEveryMs = 2_000;

interface ScanNodeOptions extends ScanWork {
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
