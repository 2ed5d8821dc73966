import type { Clock } from "../base/clock.ts";
import { orderWaitMsMax, ordersMax, type BlockReport, type HostBlocking } from "../model/block-order.ts";
import type { Firewall } from "../sinks/firewall/firewall.ts";
import type { BlockDesk } from "./block-desk.ts";
import type { OrderLink } from "./order-link.ts";
import { sleep } from "./sleep.ts";

/** Without a word of the server for so long, every block is taken back: one of them may be what cut the way. */
export const deadManMs = 45_000;
const deadManCheckMs = 1_000;
/** A way that fails is tried again soon: what waits is a person, and blocks that end. */
const retryMs = 3_000;

export interface BlockWatchOptions {
  readonly link: OrderLink;
  /** Null: this host cannot block, and says so. */
  readonly desk: BlockDesk | null;
  readonly firewall: Firewall["name"] | null;
  readonly problem: HostBlocking["problem"];
  readonly runId: string;
  readonly clock: Clock;
  readonly say: (level: "info" | "warn" | "error", sentence: string) => void;
  readonly signal: AbortSignal;
}

/** Asks for orders again and again and carries them out, until the signal; takes all back when nobody answers. */
export async function watchBlocks(options: BlockWatchOptions): Promise<void> {
  const watch = new BlockWatch(options);
  await Promise.all([watch.ask(), watch.guard()]);
}

class BlockWatch {
  readonly #options: BlockWatchOptions;
  /** On the monotonic clock. An agent that was just started has heard nobody, and gives the server as long. */
  #heardAtMs: number;
  #reports: BlockReport[] = [];
  #failing = false;

  constructor(options: BlockWatchOptions) {
    this.#options = options;
    this.#heardAtMs = options.clock.monotonicMs();
  }

  async ask(): Promise<void> {
    const { link, clock, say, signal, runId } = this.#options;
    signal.addEventListener("abort", () => link.close());
    while (!signal.aborted) {
      const told = this.#reports.slice(0, ordersMax);
      const waitMs = told.length > 0 ? 0 : orderWaitMsMax;
      const answer = await link.poll({ runId, blocking: await this.#blocking(), reports: told, waitMs });
      if (signal.aborted) return;
      if ("why" in answer) {
        if (!this.#failing) say("warn", `the server does not answer about blocks: ${answer.why}`);
        this.#failing = true;
        await sleep(retryMs, signal);
        continue;
      }
      this.#failing = false;
      this.#heardAtMs = clock.monotonicMs();
      this.#reports = this.#reports.filter((report) => !told.includes(report));
      await this.#confirm(told);
      for (const order of answer.orders) {
        const report = await this.#options.desk?.take(order);
        if (report !== undefined) this.#reports.push(report);
      }
    }
  }

  /** What these tell of was in effect when they were sent, and the server has answered: it can be reached all the same. */
  async #confirm(told: readonly BlockReport[]): Promise<void> {
    for (const { orderId, outcome } of told) {
      if (outcome !== "probation") continue;
      const report = await this.#options.desk?.confirm(orderId);
      if (report) this.#reports.push(report);
    }
  }

  async guard(): Promise<void> {
    const { clock, desk, say, signal } = this.#options;
    if (desk === null) return;
    while (!signal.aborted) {
      await sleep(deadManCheckMs, signal);
      if (signal.aborted || clock.monotonicMs() - this.#heardAtMs < deadManMs) continue;
      try {
        const { ended, reports } = await desk.rollBack();
        this.#reports.push(...reports);
        if (ended > 0) say("warn", `the server was not heard: ${ended} blocks were taken back`);
      } catch (error) {
        say("error", `blocks could not be taken back: ${(error as Error).message}`);
      }
      await sleep(retryMs, signal);
    }
  }

  async #blocking(): Promise<HostBlocking> {
    const { desk, firewall, problem } = this.#options;
    try {
      return { firewall, problem, blocks: (await desk?.standing()) ?? [] };
    } catch (error) {
      this.#options.say("warn", `what is blocked could not be read: ${(error as Error).message}`);
      return { firewall, problem, blocks: [] };
    }
  }
}
