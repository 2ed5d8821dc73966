import type { Clock } from "../base/clock.ts";
import { PortolanError } from "../base/errors.ts";
import { canonicalAddress } from "../base/ip.ts";
import { newId } from "../base/id.ts";
import type { BlockRequest, NeverBlock } from "../model/block.ts";
import { isOpen, orderLivesMs, type BlockDeed } from "../model/block-deed.ts";
import { ordersMax, type BlockOrder, type BlockReport, type OrderPoll } from "../model/block-order.ts";
import { durationMsMin, planBlock } from "../sinks/firewall/block-plan.ts";
import { targetOf } from "../sinks/firewall/block-target.ts";
import type { Actor } from "./account-book.ts";
import { BlockLine } from "./block-line.ts";
import { sceneOfServer } from "./block-scene.ts";
import { blockingState, hostBlocks, notReady, type HostBlocks } from "./host-blocks.ts";
import type { Commands } from "./commands.ts";
import type { Questions } from "./questions.ts";
import type { Thread } from "./thread.ts";

/** What an operator wants blocked. */
export type BlockWish = Omit<BlockRequest, "by">;

/** Who asks, and from which addresses: those must not be cut by what is asked. */
export interface Asker {
  readonly actor: Actor;
  readonly addresses: readonly string[];
}

/** Blocks on hosts: ordered here, decided and carried out there. */
export interface BlockBook {
  /** What the host would do, asked of the host itself. `unavailable` when it does not answer. */
  preview(hostId: string, wish: BlockWish, asker: Asker): Promise<BlockReport>;
  /** As far as it has come after a few seconds. `conflict` when the host does not let itself be asked. */
  block(hostId: string, wish: BlockWish, asker: Asker): Promise<BlockDeed>;
  unblock(hostId: string, target: string, asker: Asker): Promise<BlockDeed>;
  of(hostId: string): Promise<HostBlocks>;
  /** Hosts that ask for orders. */
  all(): Promise<readonly HostBlocks[]>;
  /** Of one host, newest first. */
  deeds(hostId: string, limit: number): Promise<readonly BlockDeed[]>;
  /** A host tells and asks; waits until there is something to do, the time is over or the signal comes. */
  poll(
    hostId: string,
    body: OrderPoll,
    at: { readonly serverAddress: string | null; readonly signal: AbortSignal },
  ): Promise<readonly BlockOrder[]>;
  /** Whoever waits goes home: the server closes. */
  endWaits(): void;
}

export interface BlockBookOptions {
  readonly writing: Thread<Commands>;
  readonly reading: Thread<Questions>;
  readonly clock: Clock;
  readonly neverBlock: () => readonly string[];
}

/** A person waits for so long. */
const answerMsMax = 5_000;
const hostsMax = 100_000;
const deedsLookedAt = 1_000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

export function blockBook(options: BlockBookOptions): BlockBook {
  return new Book(options);
}

class Book implements BlockBook {
  readonly #options: BlockBookOptions;
  readonly #lines = new Map<string, BlockLine>();
  #loaded: Promise<void> | undefined;
  #isClosing = false;

  constructor(options: BlockBookOptions) {
    this.#options = options;
  }

  async preview(hostId: string, wish: BlockWish, asker: Asker): Promise<BlockReport> {
    const line = await this.#ready(hostId);
    const request: BlockRequest = { ...wish, by: asker.actor };
    const decision = planBlock({ ...request, origin: "operator" }, await this.#scene(hostId, line, asker));
    const id = newId();
    if (decision.outcome === "refused") {
      const { refusal } = decision;
      return { orderId: id, outcome: "refused", refusal, preview: null, message: null, cut: null };
    }
    const never = this.#never(asker.addresses);
    const knownGood = await this.#options.reading.call("familiarRemotes", hostId);
    const report = await line.preview({ id, kind: "preview", request, never, knownGood }, answerMsMax);
    if (report !== null) return report;
    throw new PortolanError("unavailable", "The host does not answer.", {
      hint: "Try again, and look at its agent if it stays so.",
    });
  }

  async block(hostId: string, wish: BlockWish, asker: Asker): Promise<BlockDeed> {
    const line = await this.#recorded("block", hostId, asker, () => this.#ready(hostId));
    const request: BlockRequest = { ...wish, by: asker.actor };
    // Whether handshakes were completed only the host sees: here a verdict's target is judged as anybody's.
    const decision = planBlock({ ...request, origin: "operator" }, await this.#scene(hostId, line, asker));
    const target = targetOf(wish.target);
    const asked = this.#deed(hostId, "block", "text" in target ? target.text : wish.target, asker, request);
    return this.#order(
      line,
      decision.outcome === "refused"
        ? {
            ...asked,
            state: "refused",
            refusedBy: "server",
            refusal: decision.refusal,
            endedAtMs: asked.createdAtMs,
          }
        : asked,
    );
  }

  async unblock(hostId: string, text: string, asker: Asker): Promise<BlockDeed> {
    const [line, target] = await this.#recorded("unblock", hostId, asker, async () => {
      const parsed = targetOf(text);
      if ("text" in parsed) return [await this.#ready(hostId), parsed.text] as const;
      throw new PortolanError("invalid", "This is no address or prefix that can be blocked.");
    });
    return this.#order(line, this.#deed(hostId, "unblock", target, asker, null));
  }

  async of(hostId: string): Promise<HostBlocks> {
    await this.#options.reading.call("host", hostId);
    await this.#load();
    const recent = await this.#recent(hostId, dayMs);
    return hostBlocks(hostId, this.#lines.get(hostId), recent, this.#options.clock);
  }

  async all(): Promise<readonly HostBlocks[]> {
    await this.#load();
    const recent = Map.groupBy(await this.#recent(null, dayMs), ({ hostId }) => hostId);
    return [...this.#lines]
      .filter(([, { blocking }]) => blocking !== null)
      .map(([hostId, line]) => hostBlocks(hostId, line, recent.get(hostId) ?? [], this.#options.clock));
  }

  deeds(hostId: string, limit: number): Promise<readonly BlockDeed[]> {
    return this.#options.reading.call("blockDeeds", { hostId, fromMs: 0, limit });
  }

  async poll(
    hostId: string,
    body: OrderPoll,
    { serverAddress, signal }: { readonly serverAddress: string | null; readonly signal: AbortSignal },
  ): Promise<readonly BlockOrder[]> {
    await this.#load();
    const { writing, reading, clock } = this.#options;
    const line = this.#line(hostId);
    for (const report of body.reports) {
      const deed = await writing.call("reportBlock", { hostId, report });
      if (deed !== null) line.put(deed);
    }
    line.heard(body, clock.monotonicMs(), serverAddress);
    const isIdle = (): boolean => line.pending(body.runId, (deed) => this.#orderOf(deed, [])).length === 0;
    if (isIdle() && body.waitMs > 0 && !this.#isClosing) await line.wait(body.waitMs, signal);
    if (isIdle()) return [];
    const knownGood = await reading.call("familiarRemotes", hostId);
    return line.pending(body.runId, (deed) => this.#orderOf(deed, knownGood)).slice(0, ordersMax);
  }

  endWaits(): void {
    this.#isClosing = true;
    for (const line of this.#lines.values()) line.endWaits();
  }

  /** What was ordered before the server was started, and still waits. */
  #load(): Promise<void> {
    return (this.#loaded ??= this.#readOpen().catch((error: unknown) => {
      this.#loaded = undefined;
      throw error;
    }));
  }

  async #readOpen(): Promise<void> {
    const { reading, clock } = this.#options;
    for (const deed of await reading.call("openBlockDeeds", null)) {
      this.#line(deed.hostId).put(deed);
      const ageMs = clock.nowMs() - deed.createdAtMs;
      this.#endLater(deed, ageMs < 0 ? 0 : Math.max(0, orderLivesMs - ageMs));
    }
  }

  #line(hostId: string): BlockLine {
    const known = this.#lines.get(hostId);
    if (known !== undefined) return known;
    if (this.#lines.size >= hostsMax) {
      throw new PortolanError("unavailable", `More than ${hostsMax} hosts ask for orders.`);
    }
    const line = new BlockLine();
    this.#lines.set(hostId, line);
    return line;
  }

  async #ready(hostId: string): Promise<BlockLine> {
    await this.#options.reading.call("host", hostId);
    await this.#load();
    const line = this.#lines.get(hostId);
    const state = blockingState(line, this.#options.clock);
    if (line !== undefined && state === "ready") return line;
    throw notReady(state);
  }

  /** What was refused before it was an order stands in the audit log as well. */
  async #recorded<Result>(
    kind: BlockDeed["kind"],
    hostId: string,
    { actor }: Asker,
    work: () => Promise<Result>,
  ): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof PortolanError && error.code !== "unavailable" && error.code !== "internal") {
        const outcome = `refused: ${error.code}`;
        const told = { actor, action: `block.${kind}`, target: `host:${hostId}`, outcome };
        await this.#options.writing.call("record", told);
      }
      throw error;
    }
  }

  async #scene(hostId: string, line: BlockLine, asker: Asker) {
    const { reading, clock } = this.#options;
    const host = await reading.call("host", hostId);
    return sceneOfServer({
      nowMs: clock.nowMs(),
      addresses: host.addresses,
      serverAddress: line.serverAddress,
      never: this.#never(asker.addresses),
      standing: hostBlocks(hostId, line, [], clock).blocks,
      deeds: await this.#recent(hostId, hourMs),
    });
  }

  #never(askedFrom: readonly string[]): NeverBlock[] {
    const own = askedFrom.flatMap((text) => canonicalAddress(text) ?? []);
    return [
      ...own.map((target) => ({ target, kind: "admin-connection" }) as const),
      ...this.#options.neverBlock().map((target) => ({ target, kind: "listed" }) as const),
    ];
  }

  #deed(
    hostId: string,
    kind: BlockDeed["kind"],
    target: string,
    { actor, addresses }: Asker,
    request: BlockRequest | null,
  ): BlockDeed {
    return {
      id: newId(),
      hostId,
      kind,
      target,
      request,
      by: actor,
      askedFrom: addresses,
      createdAtMs: this.#options.clock.nowMs(),
      state: "waiting",
      refusedBy: null,
      refusal: null,
      message: null,
      cut: null,
      connections: null,
      endedAtMs: null,
    };
  }

  async #order(line: BlockLine, asked: BlockDeed): Promise<BlockDeed> {
    const deed = await this.#options.writing.call("orderBlock", asked);
    if (!isOpen(deed)) return deed;
    line.put(deed);
    this.#endLater(deed, orderLivesMs);
    await line.settled(deed.id, answerMsMax);
    const [now] = (await this.deeds(deed.hostId, deedsLookedAt)).filter(({ id }) => id === deed.id);
    return now ?? deed;
  }

  /** By a clock that nobody can set. */
  #endLater({ id, hostId }: BlockDeed, milliseconds: number): void {
    const end = async (): Promise<void> => {
      const lapsed = await this.#options.writing.call("lapseBlock", { id });
      if (lapsed !== null) this.#line(hostId).put(lapsed);
    };
    setTimeout(() => void end().catch(() => undefined), milliseconds).unref();
  }

  #orderOf(deed: BlockDeed, knownGood: readonly string[]): BlockOrder {
    const { id, target, request, createdAtMs, askedFrom } = deed;
    if (request === null) return { id, kind: "unblock", target };
    // Given late or once more, it ends when it was to end.
    const waitedMs = Math.max(0, this.#options.clock.nowMs() - createdAtMs);
    const durationMs = Math.max(durationMsMin, request.durationMs - waitedMs);
    return {
      id,
      kind: "block",
      request: { ...request, durationMs },
      never: this.#never(askedFrom),
      knownGood,
    };
  }

  #recent(hostId: string | null, pastMs: number): Promise<readonly BlockDeed[]> {
    const { reading, clock } = this.#options;
    return reading.call("blockDeeds", { hostId, fromMs: clock.nowMs() - pastMs, limit: deedsLookedAt });
  }
}
