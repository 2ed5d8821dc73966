import { Worker } from "node:worker_threads";
import type { Clock } from "../base/clock.ts";
import { PortolanError } from "../base/errors.ts";
import {
  fromFailure,
  type AnswerMessage,
  type ArgumentOf,
  type CallMessage,
  type Moment,
  type ResultOf,
  type Works,
} from "./thread-messages.ts";

export type Report = (
  level: "info" | "warn" | "error",
  message: string,
  facts: Readonly<Record<string, unknown>>,
) => void;

export interface ThreadOptions {
  readonly name: string;
  readonly file: URL;
  /** Asked for at every start, so that a thread that died comes back with what holds now. */
  readonly data: () => unknown;
  readonly clock: Clock;
  readonly report: Report;
  /** Calls without an answer; past it a call is `unavailable` at once. */
  readonly callsMax: number;
  /** V8 heap of the thread, MB: it dies alone instead of taking the server along. */
  readonly heapMaxMb: number;
}

export interface Thread<All extends Works<never>> {
  call<Name extends keyof All & string>(
    name: Name,
    argument: ArgumentOf<All[Name]>,
  ): Promise<ResultOf<All[Name]>>;
  readonly pending: number;
  /** How often it was started again. */
  readonly restarts: number;
  /** False from its death until it takes calls again. */
  readonly alive: boolean;
  /** Starts it, if nothing has yet; resolves when it takes calls. */
  opened(): Promise<void>;
  /** Ends it at once, as a crash would; it is started again. */
  kill(): Promise<void>;
  /** Takes no new call, waits for the answers of those that were taken, ends. */
  close(): Promise<void>;
}

/** A call that was running when the thread died is tried once more: it may be what kills it. */
const triesMax = 2;
/** Between two starts, doubled up to the maximum while it dies without having answered anything. */
const restartMinMs = 20;
const restartMaxMs = 1_500;
/** Left to itself V8 keeps 100 MB for what a batch needs for a moment; a tenth of it serves as well. */
const youngMaxMb = 10;
/** For closing the database; then it is ended as a crash would, which loses nothing either. */
const closeMaxMs = 5_000;

interface Waiting {
  readonly message: CallMessage;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: PortolanError) => void;
  tries: number;
}

/** A thread that must be there: rejects when it cannot be started, and leaves nothing behind. */
export async function startThread<All extends Works<never>>(options: ThreadOptions): Promise<Thread<All>> {
  const thread = threadOnDemand<All>(options);
  try {
    await thread.opened();
    return thread;
  } catch (error) {
    await thread.close();
    throw error;
  }
}

/**
 * A thread that is started by its first call, and again when it dies. Its calls must be idempotent: those without an
 * answer are given to the new thread, in their order. Bytes belong into a SharedArrayBuffer: they are not copied, and
 * outlive the thread.
 */
export function threadOnDemand<All extends Works<never>>(options: ThreadOptions): Thread<All> {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let first: Promise<void> | undefined;
  let open = false;
  let dead = false;
  let closing = false;
  let restarts = 0;
  let delayMs = restartMinMs;
  let answered = false;
  let nextId = 1;
  let drained: (() => void) | undefined;

  const settle = (answer: AnswerMessage): void => {
    const call = waiting.get(answer.id);
    if (call === undefined) return;
    waiting.delete(answer.id);
    if (answer.failure === undefined) call.resolve(answer.value);
    else call.reject(fromFailure(answer.failure));
    if (waiting.size === 0) drained?.();
  };

  const start = (): Promise<void> =>
    new Promise((resolve, reject) => {
      answered = false;
      const started = new Worker(options.file, {
        name: options.name,
        workerData: options.data(),
        resourceLimits: { maxOldGenerationSizeMb: options.heapMaxMb, maxYoungGenerationSizeMb: youngMaxMb },
      });
      worker = started;
      let failure: unknown;
      started.on("message", (answer: AnswerMessage) => {
        if (answer.id !== 0) {
          answered = true;
          return settle(answer);
        }
        open = true;
        dead = false;
        for (const call of waiting.values()) started.postMessage(call.message);
        resolve();
      });
      started.on("error", (error) => (failure = error));
      started.on("exit", (code) => {
        open = false;
        dead = true;
        worker = undefined;
        reject(
          failure ?? new PortolanError("unavailable", `The ${options.name} thread ended with code ${code}.`),
        );
        died(failure, code);
      });
    });

  const died = (failure: unknown, code: number): void => {
    if (closing) return failAll("The server is being stopped.");
    options.report("error", `the ${options.name} thread died and is started again`, {
      code,
      error: failure instanceof Error ? failure.message : undefined,
      pending: waiting.size,
    });
    const [running] = waiting.values();
    if (running !== undefined) running.tries += 1;
    if (running !== undefined && running.tries >= triesMax) {
      waiting.delete(running.message.id);
      running.reject(
        new PortolanError(
          "unavailable",
          `"${running.message.name}" could not be done: its thread died twice over it.`,
        ),
      );
    }
    delayMs = answered ? restartMinMs : Math.min(delayMs * 2, restartMaxMs);
    restarts += 1;
    setTimeout(() => {
      if (!closing) void start().catch(() => undefined);
    }, delayMs);
  };

  const failAll = (reason: string): void => {
    for (const call of waiting.values()) call.reject(new PortolanError("unavailable", reason));
    waiting.clear();
    drained?.();
  };

  return {
    opened: () => (open ? Promise.resolve() : (first ??= start())),
    call(name, argument) {
      if (closing) return Promise.reject(new PortolanError("unavailable", "The server is being stopped."));
      if (waiting.size >= options.callsMax) {
        return Promise.reject(
          new PortolanError(
            "unavailable",
            `More than ${options.callsMax} calls wait for the ${options.name} thread.`,
            {
              hint: "Try again in a moment.",
              details: { reason: "queue-full", limit: options.callsMax },
            },
          ),
        );
      }
      const moment: Moment = { nowMs: options.clock.nowMs(), monotonicMs: options.clock.monotonicMs() };
      const message: CallMessage = { id: nextId++, name, argument, moment };
      return new Promise((resolve, reject) => {
        waiting.set(message.id, { message, resolve: resolve as (value: unknown) => void, reject, tries: 0 });
        if (open) worker?.postMessage(message);
        else void (first ??= start()).catch(() => undefined);
      });
    },
    get pending() {
      return waiting.size;
    },
    get restarts() {
      return restarts;
    },
    get alive() {
      return !dead;
    },
    async kill() {
      await worker?.terminate();
    },
    async close() {
      closing = true;
      if (waiting.size > 0 && open) await new Promise<void>((resolve) => (drained = resolve));
      failAll("The server is being stopped.");
      const ending = worker;
      if (ending === undefined) return;
      const ended = new Promise((resolve) => ending.once("exit", resolve));
      ending.postMessage(null);
      const impatient = setTimeout(() => void ending.terminate(), closeMaxMs);
      await ended;
      clearTimeout(impatient);
    },
  };
}
