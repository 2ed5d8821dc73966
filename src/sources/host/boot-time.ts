// What: how long this machine has been running, by a clock that nobody can set.
// Trap: the time since the start alone does not tell one start from another: the kernel's id of it does. Asleep, the
//   clock stands still, and so do the kernel's timeouts.
// Source: clock_gettime(2) CLOCK_MONOTONIC; random(4), boot_id.

import { readFileSync } from "node:fs";
import type { BootTime } from "../../model/block.ts";

const bootIdFile = "/proc/sys/kernel/random/boot_id";
const nanosecondsPerMs = 1_000_000n;

/** `bootId` is empty where the kernel does not tell it. */
export function bootClock(): () => BootTime {
  let bootId = "";
  try {
    bootId = readFileSync(bootIdFile, "utf8").trim();
  } catch {
    // Told as empty: whoever needs it refuses.
  }
  return () => ({ ms: Number(process.hrtime.bigint() / nanosecondsPerMs), bootId });
}
