import type { IntakeAnswer, IntakeBatch } from "../model/intake.ts";
import { pauseAfter, refusedPauseMs } from "./back-off.ts";
import { sleep } from "./sleep.ts";
import type { Spool } from "./spool.ts";
import type { Delivery, Uplink } from "./uplink.ts";

/** What the agent hears about its batches. */
export interface OutboxEvents {
  answered(answer: IntakeAnswer): void;
  /** Everything that builds on what the server holds is gone: the next look must be full. */
  fullLookNeeded(): void;
  /** One sentence for the log. */
  said(level: "info" | "warn" | "error", sentence: string): void;
}

interface OutboxOptions {
  readonly uplink: Uplink;
  readonly spool: Spool;
  readonly events: OutboxEvents;
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/**
 * Delivers batches one by one in the order they were offered. The first try is made from memory; from the first failure
 * on, this batch and all that follow wait on disk until they are answered.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #waiting: string[] = [];
  #failures = 0;
  #brokenChain = false;
  #wake: (() => void) | null = null;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#options.spool.isEmpty;
  }

  /** The server has not answered the last try. */
  get isCutOff(): boolean {
    return this.#failures > 0;
  }

  offer(batch: IntakeBatch): void {
    const record = JSON.stringify(batch);
    if (this.#failures > 0 || !this.#options.spool.isEmpty) this.#options.spool.append(record);
    else this.#waiting.push(record);
    this.#wake?.();
  }

  /** Runs until the signal. What is still undelivered then is on disk. */
  async run(): Promise<void> {
    const { signal, uplink, spool } = this.#options;
    signal.addEventListener("abort", () => {
      this.#wake?.();
      uplink.close();
    });
    while (!signal.aborted) {
      const record = spool.peek() ?? this.#waiting[0];
      if (record === undefined) {
        await new Promise<void>((resolve) => (this.#wake = resolve));
        this.#wake = null;
        continue;
      }
      if (this.#brokenChain && !record.includes('"basis":"full"')) {
        spool.countDropped(1);
        this.#giveUp(record);
        continue;
      }
      const pauseMs = this.#settle(await uplink.send(record), record);
      if (pauseMs > 0) await sleep(pauseMs, signal);
    }
    this.#spoolWaiting();
  }

  /** What to do after one try; returns how long to wait. */
  #settle(delivery: Delivery, record: string): number {
    const { events } = this.#options;
    if (delivery.outcome === "failed" || delivery.outcome === "refused") return this.#waitOut(delivery);
    if (this.#failures > 0) {
      events.said("info", `the server answers again after ${this.#failures} tries`);
      this.#failures = 0;
    }
    if (delivery.outcome === "accepted") {
      this.#take(record);
      this.#brokenChain = false;
      events.answered(delivery.answer);
    } else if (delivery.outcome === "full-look-needed") {
      this.#brokenChain = true;
      this.#giveUp(record);
    } else {
      events.said("error", `the server will not take a batch: ${delivery.message}`);
      // What was dropped may have been a base of what follows. Asking is cheaper than guessing.
      this.#brokenChain = !record.includes('"basis":"full"') || this.#brokenChain;
      this.#giveUp(record);
      return pauseAfter(1, this.#options.random());
    }
    return 0;
  }

  #waitOut(delivery: Extract<Delivery, { outcome: "failed" | "refused" }>): number {
    const { events, random, signal } = this.#options;
    this.#failures += 1;
    this.#spoolWaiting();
    if (signal.aborted) return 0;
    if (delivery.outcome === "refused") {
      events.said("error", `the server refuses this agent's token: ${delivery.message}`);
      return refusedPauseMs;
    }
    if (this.#failures === 1)
      events.said("warn", `cannot reach the server, looks are kept: ${delivery.message}`);
    return pauseAfter(this.#failures, random(), delivery.retryAfterMs);
  }

  #spoolWaiting(): void {
    for (const record of this.#waiting.splice(0)) this.#options.spool.append(record);
  }

  /** Takes the record away, unless the spool made room by dropping it while it was under way. */
  #take(record: string): void {
    if (this.#options.spool.peek() === record) this.#options.spool.shift();
    else if (this.#waiting[0] === record) this.#waiting.shift();
  }

  /** Drops the record, and asks for a full look once nothing is left that could mend the chain. */
  #giveUp(record: string): void {
    this.#take(record);
    if (this.#brokenChain && this.isEmpty) this.#options.events.fullLookNeeded();
  }
}
