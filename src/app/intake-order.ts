import { PortolanError } from "../base/errors.ts";
import type { IntakeBatch, IntakeConflict } from "../model/intake.ts";
import type { SourceRecord } from "../store/rows.ts";

const sentences: Readonly<Record<IntakeConflict, string>> = {
  "full-look-needed": "The revision that this look builds on is not the one held here.",
  "out-of-order": "A later batch of this source was applied already.",
  "batch-id-reused": "This batch id was used for another content.",
};

const hints: Readonly<Record<IntakeConflict, string>> = {
  "full-look-needed": "Send the look as a full one, under a new batch id.",
  "out-of-order": "Drop this batch.",
  "batch-id-reused": "Give every batch an id of its own.",
};

export function intakeConflict(reason: IntakeConflict): PortolanError {
  return new PortolanError("conflict", sentences[reason], { hint: hints[reason], details: { reason } });
}

/**
 * Whether a batch follows on what is stored, or is the last one once more; throws `conflict` for every other.
 * A gap in the sequence is let through: whether something is missing, the base revision tells.
 */
export function judgeOrder(
  source: SourceRecord | undefined,
  batch: IntakeBatch,
  bodyHash: string,
): "next" | "replay" {
  const { look } = batch;
  if (source !== undefined) {
    if (batch.batchId === source.lastBatchId) {
      if (bodyHash === source.lastBatchHash) return "replay";
      throw intakeConflict("batch-id-reused");
    }
    if (source.formerRunIds.includes(batch.runId)) throw intakeConflict("out-of-order");
    if (batch.runId === source.runId && batch.sequence <= source.sequence)
      throw intakeConflict("out-of-order");
  }
  if (look.basis === "full") return "next";
  const held = source !== undefined && source.runId === batch.runId && source.revision === look.baseRevision;
  if (!held) throw intakeConflict("full-look-needed");
  return "next";
}
