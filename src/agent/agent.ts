import type { Clock } from "../base/clock.ts";
import type { IntakeAnswer } from "../model/intake.ts";
import type { HostIdentity, Look } from "../model/look.ts";
import { LookFit } from "./fit-look.ts";
import { Outbox } from "./outbox.ts";
import { SelfWatch, ownUsage } from "./self-watch.ts";
import type { Spool } from "./spool.ts";
import type { Uplink } from "./uplink.ts";

/** A quiet agent says at least this often that it is there. */
export const quietReportMs = 10_000;
/** Collections that may fail in a row before the agent ends, to be started afresh. */
export const failedLooksMax = 5;
/** How long a loss of looks is told. */
const lossToldMs = 60 * 60_000;

/** One host, looked at again and again (`sources/host` has it). */
export interface Looker {
  /** What differs from the look before; `full` the first time. */
  look(): Look;
  fullLook(): Look;
}

export interface AgentOptions {
  readonly looker: Looker;
  readonly host: () => HostIdentity;
  readonly uplink: Uplink;
  readonly spool: Spool;
  readonly version: string;
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly random: () => number;
  readonly say: (level: "info" | "warn" | "error", sentence: string) => void;
  readonly signal: AbortSignal;
}

/** How an agent ended: asked to, or by its own judgement (a sentence). */
export type AgentEnd = { readonly asked: true } | { readonly asked: false; readonly why: string };

/** Looks at this host each interval and tells the server what changed, until the signal. */
export async function runAgent(options: AgentOptions): Promise<AgentEnd> {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const agent = new Agent(options, signal);
  const delivering = agent.deliver();
  const why = await agent.watch();
  stop.abort();
  await delivering;
  return why === null ? { asked: true } : { asked: false, why };
}

class Agent {
  readonly #options: AgentOptions;
  readonly #signal: AbortSignal;
  readonly #outbox: Outbox;
  #fullLookNeeded = false;
  /** Coverage and limits as last told. */
  #circumstances = "";
  readonly #watch = new SelfWatch();
  readonly #fit = new LookFit();
  readonly #runId: string;
  #sequence = 0;
  #lastOfferMs = Number.NEGATIVE_INFINITY;
  /** When the server wants the next look, whatever it shows; on the monotonic clock. */
  #wantedAtMs: number | null = null;
  #wake: () => void = () => {};
  #failedLooks = 0;
  #loss: { readonly count: number; readonly untilMs: number } | null = null;

  constructor(options: AgentOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#runId = options.newId();
    this.#outbox = new Outbox({
      uplink: options.uplink,
      spool: options.spool,
      random: options.random,
      signal,
      events: {
        answered: (answer) => this.#heard(answer),
        fullLookNeeded: () => {
          this.#fullLookNeeded = true;
          this.#wantLookIn(0);
        },
        said: options.say,
      },
    });
  }

  deliver(): Promise<void> {
    return this.#outbox.run();
  }

  /** Returns why it ended itself; null when it was asked to end. */
  async watch(): Promise<string | null> {
    const { clock, intervalMs } = this.#options;
    this.#signal.addEventListener("abort", () => this.#wake());
    let nextMs = clock.monotonicMs();
    while (!this.#signal.aborted) {
      const failure = this.#lookOnce();
      const tooDear = this.#watch.check(clock.monotonicMs(), ownUsage);
      if (failure !== null || tooDear !== null) return failure ?? tooDear;
      // Beats are counted from the start, so that the time of a look never adds up; missed ones are skipped.
      nextMs += intervalMs * Math.max(1, Math.ceil((clock.monotonicMs() - nextMs) / intervalMs));
      await this.#waitUntil(nextMs);
    }
    return null;
  }

  async #waitUntil(nextMs: number): Promise<void> {
    const { clock } = this.#options;
    for (;;) {
      const restMs = Math.min(nextMs, this.#wantedAtMs ?? nextMs) - clock.monotonicMs();
      if (restMs <= 0 || this.#signal.aborted) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, restMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Returns why the agent must end; null when it goes on. */
  #lookOnce(): string | null {
    const { clock, say } = this.#options;
    const wanted = this.#wantedAtMs !== null && clock.monotonicMs() >= this.#wantedAtMs;
    if (wanted) this.#wantedAtMs = null;
    try {
      const look = this.#take();
      this.#failedLooks = 0;
      this.#tellIfDue({ ...look, limits: [...look.limits, ...this.#lossLimits()] }, wanted);
      return null;
    } catch (error) {
      this.#failedLooks += 1;
      const reason = (error as Error).message;
      say("warn", `a look failed: ${reason}`);
      return this.#failedLooks < failedLooksMax ? null : `${failedLooksMax} looks failed in a row: ${reason}`;
    }
  }

  #take(): Look {
    const { looker, clock } = this.#options;
    const nowMs = clock.monotonicMs();
    const full = this.#fullLookNeeded || this.#fit.wantsFullLook(nowMs);
    const look = full ? looker.fullLook() : looker.look();
    this.#fullLookNeeded = false;
    return this.#fit.fit(look, nowMs) ?? (this.#fit.fit(looker.fullLook(), nowMs) as Look);
  }

  #tellIfDue(look: Look, wanted: boolean): void {
    const nowMs = this.#options.clock.monotonicMs();
    // Figures in a limit ("12 processes may not be read") come and go without being news.
    const circumstances = JSON.stringify([look.coverage, look.limits]).replace(/\d+/g, "");
    const news = look.basis !== "same" || circumstances !== this.#circumstances;
    const quiet = nowMs - this.#lastOfferMs >= quietReportMs;
    // "Nothing new" is worth a request, never a place in the queue.
    if (!news && !(this.#outbox.isEmpty && (wanted || quiet))) return;
    this.#circumstances = circumstances;
    this.#lastOfferMs = nowMs;
    this.#sequence += 1;
    const { newId, version, host } = this.#options;
    this.#outbox.offer({
      batchId: newId(),
      runId: this.#runId,
      sequence: this.#sequence,
      source: { kind: "agent", version },
      host: host(),
      look,
    });
  }

  #heard(answer: IntakeAnswer): void {
    const { spool, clock } = this.#options;
    if (answer.lookAgainInMs !== null) this.#wantLookIn(Math.max(0, answer.lookAgainInMs));
    if (spool.dropped === 0 || !spool.isEmpty) return;
    const count = spool.dropped + (this.#loss?.count ?? 0);
    this.#loss = { count, untilMs: clock.monotonicMs() + lossToldMs };
    spool.forgetDropped();
  }

  /** What was lost while the server was away, told for a while in every look. */
  #lossLimits(): string[] {
    if (this.#loss === null || this.#options.clock.monotonicMs() > this.#loss.untilMs) return [];
    return [`${this.#loss.count} looks were dropped while the server was away`];
  }

  #wantLookIn(milliseconds: number): void {
    const atMs = this.#options.clock.monotonicMs() + milliseconds;
    this.#wantedAtMs = Math.min(atMs, this.#wantedAtMs ?? atMs);
    this.#wake();
  }
}
