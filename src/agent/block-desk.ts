import type { Block, BlockDecision, BootTime, StandingBlock } from "../model/block.ts";
import type { BlockOrder, BlockOutcome, BlockReport } from "../model/block-order.ts";
import { type BlockScene, leftMs, planBlock } from "../sinks/firewall/block-plan.ts";
import { targetOf } from "../sinks/firewall/block-target.ts";
import type { Firewall } from "../sinks/firewall/firewall.ts";

/** How long a fresh block lasts in the kernel, whatever was asked for, until the server was heard again. */
export const probationMs = 40_000;
/** Orders whose outcome is remembered, so that the same one again does nothing. */
const ordersRemembered = 1_000;
/** Blocks that were made here, for the count of the last hour. */
const blocksRemembered = 2_000;

type PlanOrder = Extract<BlockOrder, { readonly request: unknown }>;

/** What a host knows of itself and of the moment, without its firewall. */
export type HostScene = Omit<BlockScene, "blocks" | "now">;

export interface BlockDeskOptions {
  readonly firewall: Firewall;
  /** What the host sees now; may throw. */
  readonly scene: (order: PlanOrder) => Promise<HostScene>;
  readonly now: () => BootTime;
}

interface Made {
  readonly orderId: string;
  readonly block: Block;
  isOnProbation: boolean;
}

/**
 * Decides and carries out what is ordered, one after the other. The kernel says what is in force; what is remembered
 * here only says who wanted it and until when, and may be lost.
 */
export class BlockDesk {
  readonly #options: BlockDeskOptions;
  readonly #reports = new Map<string, BlockReport>();
  #made: Made[] = [];
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: BlockDeskOptions) {
    this.#options = options;
  }

  /** Never throws. An order that was taken before is answered as it stands now, and nothing is done. */
  take(order: BlockOrder): Promise<BlockReport> {
    return this.#inTurn(async () => {
      const known = this.#reports.get(order.id);
      if (known !== undefined) return known;
      const report = await this.#carryOut(order).catch((error: Error) =>
        reportOf(order.id, "failed", { message: error.message }),
      );
      if (order.kind !== "preview") this.#remember(report);
      return report;
    });
  }

  /** The server was heard after this block was made: it gets its full time. Null where there is none on probation. */
  confirm(orderId: string): Promise<BlockReport | null> {
    return this.#inTurn(async () => {
      const made = this.#made.find((one) => one.orderId === orderId && one.isOnProbation);
      if (made === undefined) return null;
      const { block } = made;
      const left = leftMs(block, this.#options.now());
      const report = await this.#lengthen(block, left).then(
        () => reportOf(orderId, "done"),
        (error: Error) => reportOf(orderId, "failed", { message: error.message }),
      );
      made.isOnProbation = false;
      this.#remember(report);
      return report;
    });
  }

  /** Throws what the firewall throws. */
  standing(): Promise<StandingBlock[]> {
    return this.#inTurn(async () => {
      const fresh = new Set(this.#made.flatMap((one) => (one.isOnProbation ? [one.block.target] : [])));
      const blocks = await this.#options.firewall.standing();
      return blocks.map((block) => ({ ...block, isOnProbation: fresh.has(block.target) }));
    });
  }

  /** Ends every block, also those of an agent before this one; only what was made here can be told of to the server. */
  rollBack(): Promise<{ readonly ended: number; readonly reports: readonly BlockReport[] }> {
    return this.#inTurn(async () => {
      const { firewall, now } = this.#options;
      const standing = await firewall.standing();
      if (standing.length === 0) return { ended: 0, reports: [] };
      await firewall.clear();
      const ended = this.#made.filter(({ block }) => leftMs(block, now()) > 0);
      this.#made = this.#made.map((one) => ({
        ...one,
        block: endedAt(one.block, now()),
        isOnProbation: false,
      }));
      const reports = ended.map(({ orderId }) => reportOf(orderId, "rolled-back"));
      for (const report of reports) this.#remember(report);
      return { ended: standing.length, reports };
    });
  }

  async #carryOut(order: BlockOrder): Promise<BlockReport> {
    if (order.kind === "unblock") return this.#unblock(order.id, order.target);
    const { firewall, now } = this.#options;
    const scene = await this.#options.scene(order);
    const decision = planBlock(order.request, { ...scene, blocks: await this.#blocks(), now: now() });
    if (decision.outcome !== "plan" || order.kind === "preview") return decided(order.id, decision);
    const { block, replaces, preview } = decision;
    const never = scene.neverBlock.map(({ target }) => target);
    await firewall.block(block, Math.min(probationMs, leftMs(block, now())), replaces, never);
    this.#made = [
      ...this.#made.filter(({ block: one }) => one.target !== block.target || leftMs(one, now()) === 0),
      { orderId: order.id, block, isOnProbation: true },
    ].slice(-blocksRemembered);
    return reportOf(order.id, "probation", { preview, cut: await firewall.cut(block.target) });
  }

  async #unblock(orderId: string, text: string): Promise<BlockReport> {
    const { firewall, now } = this.#options;
    const target = targetOf(text);
    if ("code" in target) return reportOf(orderId, "refused", { refusal: target });
    const standing = (await firewall.standing()).filter((block) => block.target === target.text);
    for (const block of standing) await firewall.unblock(block);
    this.#made = this.#made.map((one) =>
      one.block.target === target.text
        ? { ...one, block: endedAt(one.block, now()), isOnProbation: false }
        : one,
    );
    return reportOf(orderId, "done");
  }

  async #lengthen(block: Block, left: number): Promise<void> {
    const { firewall } = this.#options;
    const standing = await firewall.standing();
    if (left === 0 || !standing.some(({ target, action }) => isSame({ target, action }, block))) return;
    await firewall.block(block, left, [block], null);
  }

  /** As the kernel has them, with who made them and when where that is known; and those that have ended. */
  async #blocks(): Promise<Block[]> {
    const { firewall, now } = this.#options;
    const moment = now();
    const made = this.#made.map(({ block }) => block);
    const standing = await firewall.standing();
    return [
      ...made
        .filter((block) => !standing.some((one) => isSame(one, block)))
        .map((block) => endedAt(block, moment)),
      ...standing.map(
        (one): Block =>
          made.findLast((block) => isSame(one, block) && leftMs(block, moment) > 0) ?? {
            target: one.target,
            action: one.action,
            by: "",
            // When it was made nobody knows any more: it counts for no hour.
            since: { ...moment, ms: 0 },
            untilMs: moment.ms + one.leftMs,
          },
      ),
    ];
  }

  #remember(report: BlockReport): void {
    this.#reports.delete(report.orderId);
    this.#reports.set(report.orderId, report);
    const [oldest] = this.#reports.keys();
    if (this.#reports.size > ordersRemembered && oldest !== undefined) this.#reports.delete(oldest);
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

const isSame = (a: Pick<Block, "target" | "action">, b: Pick<Block, "target" | "action">): boolean =>
  a.target === b.target && a.action === b.action;

const endedAt = (block: Block, { ms }: BootTime): Block => ({
  ...block,
  untilMs: Math.min(block.untilMs, ms),
});

function decided(orderId: string, decision: BlockDecision): BlockReport {
  if (decision.outcome === "in-force") return reportOf(orderId, "in-force");
  const { preview } = decision;
  if (decision.outcome === "plan") return reportOf(orderId, "planned", { preview });
  return reportOf(orderId, "refused", { refusal: decision.refusal, preview });
}

function reportOf(
  orderId: string,
  outcome: BlockOutcome,
  told: Partial<Pick<BlockReport, "refusal" | "preview" | "message" | "cut">> = {},
): BlockReport {
  return { orderId, outcome, refusal: null, preview: null, message: null, cut: null, ...told };
}
