import { PortolanError } from "../base/errors.ts";
import type { Changes, NewAuditRow, Writer } from "../store/store.ts";
import type { Actor } from "./account-book.ts";
import type { Moment } from "./thread-messages.ts";

/** What people do here. Each deed stores its line of the audit log in the same transaction. */
export interface DeedContext {
  readonly writer: Writer;
}

export interface Deed {
  readonly actor: Actor;
  readonly action: string;
  readonly target: string | null;
  readonly details?: Readonly<Record<string, unknown>>;
}

interface Outcome extends Deed {
  readonly outcome: string;
}

function lineOf({ details = {}, ...told }: Outcome, { nowMs }: Moment): NewAuditRow {
  return { atMs: nowMs, ...told, details };
}

/** Something that was tried and refused, or that needs no other write. */
export async function record({ writer }: DeedContext, told: Outcome, moment: Moment): Promise<void> {
  await writer.transaction({ durable: true }, (changes) => changes.appendAudit(lineOf(told, moment)));
}

/** What is done and its line of the log, both or neither, on the disk before anybody hears of it; or the line of its refusal. */
export async function deed<T>(
  context: DeedContext,
  moment: Moment,
  done: Deed,
  work: (changes: Changes) => Promise<T>,
): Promise<T> {
  try {
    return await context.writer.transaction({ durable: true }, async (changes) => {
      const result = await work(changes);
      await changes.appendAudit(lineOf({ ...done, outcome: "done" }, moment));
      return result;
    });
  } catch (error) {
    if (error instanceof PortolanError && error.code !== "unavailable" && error.code !== "internal") {
      await record(context, { ...done, outcome: `refused: ${error.code}` }, moment);
    }
    throw error;
  }
}
