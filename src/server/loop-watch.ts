import { monitorEventLoopDelay } from "node:perf_hooks";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { FastifyBaseLogger } from "fastify";
import { healthCheck } from "../app/health.ts";
import type { HealthCheck, HealthReport, HealthStatus } from "../app/views.ts";
import type { Clock } from "../base/clock.ts";
import type { Stall } from "./loop-watch-thread.ts";

/** Longer than this and requests, heartbeats and health itself stand still: a fault, not a delay. */
export const blockedMs = 1_000;
/** How long a block keeps health red. */
export const blockShownMs = 60_000;
const beatMs = 100;
const samplingMs = 10;
const nanosecondsPerMs = 1e6;

export interface LoopWatch {
  /** Blocks longer than `blockedMs` since the start. */
  readonly blocks: number;
  /** Since the last `resetDelay`. */
  delayMs(percentile: number): number;
  resetDelay(): void;
  check(): HealthCheck;
  close(): Promise<void>;
}

/**
 * Sees when this thread's loop stands still. The delay itself is measured here; what ran meanwhile can only be seen
 * from outside, so a thread of its own watches a beat and, when it stops, takes this thread's stack.
 */
export function watchLoop(clock: Clock, log: FastifyBaseLogger): LoopWatch {
  const delay = monitorEventLoopDelay({ resolution: samplingMs });
  delay.enable();
  const beat = new BigInt64Array(new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT));
  const thread = startThread(beat, (stall) => {
    log.warn({ stack: stall.stack, afterMs: stall.afterMs }, "what ran while the event loop was blocked");
  });
  let blocks = 0;
  let last: { readonly atMs: number; readonly ms: number } | null = null;
  let before = clock.monotonicMs();
  const timer = setInterval(() => {
    const now = clock.monotonicMs();
    const stoodStillMs = now - before - beatMs;
    before = now;
    Atomics.add(beat, 0, 1n);
    if (stoodStillMs < blockedMs) return;
    blocks += 1;
    last = { atMs: clock.nowMs(), ms: Math.round(stoodStillMs) };
    log.error({ blockedMs: last.ms, blocks }, "the event loop was blocked");
  }, beatMs);
  timer.unref();

  return {
    get blocks() {
      return blocks;
    },
    delayMs: (percentile) =>
      (percentile === 100 ? delay.max : delay.percentile(percentile)) / nanosecondsPerMs - samplingMs,
    resetDelay: () => delay.reset(),
    check() {
      const isRecent = last !== null && clock.nowMs() - last.atMs < blockShownMs;
      const params = { blocks, lastMs: last?.ms ?? null };
      const sinceMs = last?.atMs ?? null;
      if (!isRecent) {
        return healthCheck(
          "loop",
          "ok",
          { code: "loop-free", params, what: "Requests are taken at once." },
          sinceMs,
        );
      }
      const words = {
        code: "loop-blocked",
        params,
        what: `The server stood still for ${last?.ms ?? 0} ms.`,
        mend: "A single time is harmless. Many point at a machine that is too small: the log says what ran.",
      };
      return healthCheck("loop", "failing", words, sinceMs);
    },
    async close() {
      clearInterval(timer);
      delay.disable();
      await thread.terminate();
    },
  };
}

function startThread(beat: BigInt64Array, onStall: (stall: Stall) => void): Worker {
  const file = new URL(`./loop-watch-thread${extname(import.meta.url)}`, import.meta.url);
  const thread = new Worker(file, {
    workerData: { beat, blockedMs },
    name: "loop-watch",
    resourceLimits: { maxOldGenerationSizeMb: 32 },
  });
  thread.on("message", onStall);
  // Without it the blocks are still counted; only their stacks are missing.
  thread.on("error", () => {});
  thread.unref();
  return thread;
}

const severity: Readonly<Record<HealthStatus, number>> = { ok: 0, degraded: 1, failing: 2 };

/** The report of the application with this thread's own check in it. */
export function withLoop(report: HealthReport, loop: Pick<LoopWatch, "check">): HealthReport {
  const checks = [...report.checks.filter(({ name }) => name !== "loop"), loop.check()];
  const worst = checks.reduce<HealthStatus>(
    (status, check) => (severity[check.status] > severity[status] ? check.status : status),
    report.status,
  );
  return { ...report, status: worst, checks };
}
