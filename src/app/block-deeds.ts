import { isOpen, stateAfter, type BlockDeed } from "../model/block-deed.ts";
import type { BlockReport } from "../model/block-order.ts";
import { deed, record } from "./deed.ts";
import type { Moment } from "./thread-messages.ts";
import type { WriteContext } from "./write-context.ts";

const detailsOf = ({ id, kind, target, request }: BlockDeed): Readonly<Record<string, unknown>> => ({
  orderId: id,
  ...(kind === "unblock" || request === null
    ? { target }
    : { target, action: request.action, durationMs: request.durationMs, origin: request.origin }),
});

/** Keeps what was ordered, before the host hears of it; or that it was refused. */
export async function orderBlock(
  context: WriteContext,
  asked: BlockDeed,
  moment: Moment,
): Promise<BlockDeed> {
  const told = { actor: asked.by, action: `block.${asked.kind}`, target: `host:${asked.hostId}` };
  const details = detailsOf(asked);
  if (asked.state === "refused") {
    const outcome = `refused: ${asked.refusal?.code ?? "unknown"}`;
    await record(context, { ...told, details, outcome }, moment);
    return asked;
  }
  return deed(context, moment, { ...told, details }, async (changes) => {
    // Told twice, after a thread died between the commit and its answer, it is kept already.
    const known = await changes.blockDeed(asked.id);
    if (known === undefined) await changes.saveBlockDeed(asked);
    return known ?? asked;
  });
}

/** Null: no such order was given to this host. A deed that has ended only changes when it was rolled back. */
export async function reportBlock(
  { writer }: WriteContext,
  { hostId, report }: { readonly hostId: string; readonly report: BlockReport },
  { nowMs }: Moment,
): Promise<BlockDeed | null> {
  return writer.transaction({ durable: true }, async (changes) => {
    const known = await changes.blockDeed(report.orderId);
    const state = stateAfter(report.outcome);
    if (known === undefined || known.hostId !== hostId || state === null) return null;
    const mayFollow = isOpen(known) || (known.state === "done" && state === "rolled-back");
    if (known.state === state || !mayFollow) return known;
    const now: BlockDeed = {
      ...known,
      state,
      refusedBy: state === "refused" ? "host" : null,
      refusal: report.refusal,
      message: report.message,
      cut: report.cut ?? known.cut,
      connections: report.preview?.connectionCount ?? known.connections,
      endedAtMs: isOpen({ state }) ? null : nowMs,
    };
    await changes.saveBlockDeed(now);
    await changes.appendAudit({
      atMs: nowMs,
      actor: `host:${hostId}`,
      action: `block.${known.kind}-outcome`,
      target: `host:${hostId}`,
      outcome: report.refusal === null ? state : `${state}: ${report.refusal.code}`,
      details: { ...detailsOf(known), by: known.by, cut: now.cut, message: now.message },
    });
    return now;
  });
}

/** An order that no host has answered in time is given up; null where it has ended already. */
export async function lapseBlock(
  { writer }: WriteContext,
  { id }: { readonly id: string },
  { nowMs }: Moment,
): Promise<BlockDeed | null> {
  return writer.transaction({ durable: true }, async (changes) => {
    const known = await changes.blockDeed(id);
    if (known === undefined || !isOpen(known)) return null;
    const now: BlockDeed = { ...known, state: "lapsed", endedAtMs: nowMs };
    await changes.saveBlockDeed(now);
    await changes.appendAudit({
      atMs: nowMs,
      actor: "system",
      action: `block.${known.kind}-outcome`,
      target: `host:${known.hostId}`,
      outcome: "lapsed",
      details: { ...detailsOf(known), by: known.by },
    });
    return now;
  });
}
