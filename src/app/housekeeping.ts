import type { Retention, Writer } from "../store/store.ts";
import type { Moment } from "./thread-messages.ts";

/** One slice; how many rows went. */
export async function prune(
  { writer, retention }: { readonly writer: Writer; readonly retention: Retention },
  _: null,
  moment: Moment,
): Promise<number> {
  return writer.transaction({ durable: false }, (changes) => changes.prune(retention, moment.nowMs));
}

export async function checkpoint({ writer }: { readonly writer: Writer }): Promise<void> {
  await writer.checkpoint();
}

export async function rowsWritten({ writer }: { readonly writer: Writer }): Promise<number> {
  return writer.rowsWritten();
}
