import type { Clock } from "../base/clock.ts";
import {
  connectionSamplesMax,
  type ConnectionBatch,
  type ConnectionsTaken,
} from "../model/connection-intake.ts";
import type { ConnectionSample } from "../model/connection-sample.ts";
import type { HostIdentity } from "../model/look.ts";
import { pauseAfter, refusedPauseMs } from "./back-off.ts";
import { SampleQueue } from "./sample-queue.ts";
import { sleep } from "./sleep.ts";
import type { Delivery, Uplink } from "./uplink.ts";

/** With a second opinion a second later, what can be told at once is told within ten seconds. */
export const sampleEveryMs = 8_000;
/** Counting takes at most one part in so many of a core: hundreds of thousands are counted less often. */
const restFactor = 250;
/** What may be owed before it is waited for: a count that looks closer takes longer than those that follow. */
const owedMsMax = 500;

export interface ConnectionWatchOptions {
  /** Counts this host's connections; may throw. */
  readonly sampler: () => ConnectionSample | Promise<ConnectionSample>;
  readonly host: () => HostIdentity;
  readonly uplink: Uplink<ConnectionsTaken>;
  readonly version: string;
  readonly everyMs?: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly say: (level: "info" | "warn" | "error", sentence: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Counts connections again and again and tells the server, until the signal; sooner, when the server asks for it. What
 * it cannot tell waits in memory.
 */
export async function watchConnections(options: ConnectionWatchOptions): Promise<void> {
  const queue = new SampleQueue();
  const hurry = new Hurry();
  const courier = new Courier(options, queue, hurry);
  const delivering = courier.run();
  const { sampler, clock, say, signal, everyMs = sampleEveryMs } = options;
  let failing = false;
  let nextMs = clock.monotonicMs();
  let onBeat = true;
  let owed = { ms: 0, atMs: nextMs };
  while (!signal.aborted) {
    const startMs = clock.monotonicMs();
    try {
      queue.offer(await sampler(), clock.nowMs() - clock.monotonicMs());
      failing = false;
      courier.wake();
    } catch (error) {
      if (!failing) say("warn", `connections could not be counted: ${(error as Error).message}`);
      failing = true;
    }
    const endMs = clock.monotonicMs();
    const paidMs = (endMs - owed.atMs) / restFactor;
    owed = { ms: Math.max(0, owed.ms - paidMs) + endMs - startMs, atMs: endMs };
    // Beats are counted from the start; missed ones are skipped, and those that would cost too much.
    const dueMs = endMs + Math.max(0, owed.ms - owedMsMax) * restFactor;
    nextMs += everyMs * Math.max(onBeat ? 1 : 0, Math.ceil((dueMs - nextMs) / everyMs));
    onBeat = await hurry.wait({ dueMs, nextMs, clock, signal });
  }
  await delivering;
}

/** The pause between two counts, which the server's answer may cut short. */
class Hurry {
  #soonInMs: number | null = null;
  #cut: (() => void) | null = null;

  /** What the answer to the last sample says; null: no hurry. */
  ask(inMs: number | null): void {
    this.#soonInMs = inMs;
    if (inMs !== null) this.#cut?.();
  }

  /** Until `nextMs` by the monotonic clock, true; or as soon as it was asked for, but not before `dueMs`, false. */
  async wait({ dueMs, nextMs, clock, signal }: Pause): Promise<boolean> {
    const cut = new AbortController();
    this.#cut = () => cut.abort();
    if (this.#soonInMs === null) {
      await sleep(nextMs - clock.monotonicMs(), AbortSignal.any([signal, cut.signal]));
    }
    this.#cut = null;
    if (this.#soonInMs === null) return true;
    const soonMs = Math.max(dueMs, clock.monotonicMs() + this.#soonInMs);
    this.#soonInMs = null;
    await sleep(Math.min(nextMs, soonMs) - clock.monotonicMs(), signal);
    return nextMs <= soonMs;
  }
}

interface Pause {
  readonly dueMs: number;
  readonly nextMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

class Courier {
  readonly #options: ConnectionWatchOptions;
  readonly #queue: SampleQueue;
  readonly #hurry: Hurry;
  #failures = 0;
  #wake: (() => void) | null = null;

  constructor(options: ConnectionWatchOptions, queue: SampleQueue, hurry: Hurry) {
    this.#options = options;
    this.#queue = queue;
    this.#hurry = hurry;
  }

  wake(): void {
    this.#wake?.();
  }

  async run(): Promise<void> {
    const { signal, uplink } = this.#options;
    signal.addEventListener("abort", () => {
      this.#wake?.();
      uplink.close();
    });
    while (!signal.aborted) {
      if (this.#queue.isEmpty) {
        await new Promise<void>((resolve) => (this.#wake = resolve));
        this.#wake = null;
        continue;
      }
      const pauseMs = await this.#sendOnce();
      if (pauseMs > 0) await sleep(pauseMs, signal);
    }
  }

  /** Returns how long to wait. */
  async #sendOnce(): Promise<number> {
    const { uplink, version, host, clock, say } = this.#options;
    const { samples, upTo } = this.#queue.oldest(connectionSamplesMax);
    const batch: ConnectionBatch = {
      source: { kind: "agent", version },
      host: host(),
      sentAtMs: Math.max(clock.nowMs(), samples.at(-1)?.atMs ?? 0),
      samples,
    };
    const delivery = await uplink.send(JSON.stringify(batch));
    if (delivery.outcome === "failed" || delivery.outcome === "refused") return this.#waitOut(delivery);
    this.#queue.take(upTo);
    if (delivery.outcome === "rejected") {
      say("error", `the server will not take samples of connections: ${delivery.message}`);
      return pauseAfter(1, this.#options.random());
    }
    if (delivery.outcome === "accepted") this.#hurry.ask(delivery.answer.lookAgainInMs ?? null);
    if (this.#failures > 0) say("info", `samples of connections arrive again after ${this.#failures} tries`);
    this.#failures = 0;
    const dropped = this.#queue.takeDropped();
    if (dropped > 0) say("warn", `${dropped} samples of connections were dropped while the server was away`);
    return 0;
  }

  #waitOut(delivery: Extract<Delivery, { outcome: "failed" | "refused" }>): number {
    const { random, say, signal } = this.#options;
    this.#failures += 1;
    if (this.#failures === 1 && !signal.aborted) {
      say("warn", `samples of connections do not arrive and are kept: ${delivery.message}`);
    }
    return delivery.outcome === "refused"
      ? refusedPauseMs
      : pauseAfter(this.#failures, random(), delivery.retryAfterMs);
  }
}
