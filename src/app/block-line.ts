import { PortolanError } from "../base/errors.ts";
import { isOpen, type BlockDeed } from "../model/block-deed.ts";
import type { BlockOrder, BlockReport, HostBlocking, OrderPoll } from "../model/block-order.ts";

/** Previews that wait for one host. */
const previewsMax = 16;
/** Agents that wait for orders of one host: one, and those whose connection broke without a word. */
const waitingMax = 8;

interface Preview {
  readonly order: BlockOrder;
  readonly answered: (report: BlockReport) => void;
}

/** What is between the server and one host: what it said last, and what it is yet to be told. In memory only. */
export class BlockLine {
  blocking: HostBlocking | null = null;
  /** On the monotonic clock. */
  heardAtMs = Number.NEGATIVE_INFINITY;
  /** The address under which the host reaches the server. */
  serverAddress: string | null = null;
  readonly deeds = new Map<string, BlockDeed>();
  readonly #previews = new Map<string, Preview>();
  /** By which run of the agent a deed is known to be on probation. */
  readonly #knownTo = new Map<string, string>();
  readonly #watchers = new Set<() => void>();
  readonly #waiting = new Set<() => void>();

  heard({ blocking, runId, reports }: OrderPoll, atMs: number, serverAddress: string | null): void {
    this.blocking = blocking;
    this.heardAtMs = atMs;
    this.serverAddress = serverAddress ?? this.serverAddress;
    for (const report of reports) {
      this.#previews.get(report.orderId)?.answered(report);
      this.#previews.delete(report.orderId);
      if (this.deeds.has(report.orderId)) this.#knownTo.set(report.orderId, runId);
    }
  }

  /** A deed is another than before: it is new, was answered or has ended. */
  put(deed: BlockDeed): void {
    if (isOpen(deed)) this.deeds.set(deed.id, deed);
    else {
      this.deeds.delete(deed.id);
      this.#knownTo.delete(deed.id);
    }
    for (const watcher of this.#watchers) watcher();
    this.endWaits();
  }

  /** Resolves with whatever a deed is when it is not waiting any more, or when the time is over. */
  async settled(id: string, milliseconds: number): Promise<void> {
    if (this.deeds.get(id)?.state !== "waiting") return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#watchers.delete(look);
        resolve();
      };
      const look = (): void => {
        if (this.deeds.get(id)?.state !== "waiting") end();
      };
      const timer = setTimeout(end, milliseconds);
      this.#watchers.add(look);
    });
  }

  /** Null: the host did not answer in time, or too many ask. */
  async preview(order: BlockOrder, milliseconds: number): Promise<BlockReport | null> {
    if (this.#previews.size >= previewsMax) return null;
    const asked = Promise.withResolvers<BlockReport | null>();
    const timer = setTimeout(() => asked.resolve(null), milliseconds);
    this.#previews.set(order.id, { order, answered: asked.resolve });
    this.endWaits();
    const report = await asked.promise;
    clearTimeout(timer);
    this.#previews.delete(order.id);
    return report;
  }

  /**
   * What this run of the agent has not answered yet. An order whose answer got lost is given again: the host knows it by
   * its id. One on probation is given to an agent that was started anew, for it must confirm it.
   */
  pending(runId: string, orderOf: (deed: BlockDeed) => BlockOrder): BlockOrder[] {
    const deeds = [...this.deeds.values()].filter(
      ({ id, state }) => state === "waiting" || this.#knownTo.get(id) !== runId,
    );
    return [...[...this.#previews.values()].map(({ order }) => order), ...deeds.map(orderOf)];
  }

  /**
   * Resolves when there may be something to tell, after the time, or with the signal. Several may wait: two agents of one
   * host must not wake each other for ever. `unavailable` past the bound.
   */
  wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (this.#waiting.size >= waitingMax) {
      throw new PortolanError("unavailable", `More than ${waitingMax} agents ask for orders of one host.`);
    }
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        this.#waiting.delete(end);
        resolve();
      };
      const timer = setTimeout(end, milliseconds);
      signal.addEventListener("abort", end);
      this.#waiting.add(end);
      if (signal.aborted) end();
    });
  }

  endWaits(): void {
    for (const end of this.#waiting) end();
  }
}
