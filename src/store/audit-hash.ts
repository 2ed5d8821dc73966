import { createHash } from "node:crypto";
import type { NewAuditRow } from "./store.ts";

/** Hash before the first row of an audit log. */
export const auditGenesis = "0".repeat(64);

/** Each row's hash covers the row and the hash before it, so that nothing can be changed or taken out unseen. */
export function auditHash(previous: string, sequence: number, row: NewAuditRow): string {
  const { atMs, actor, action, target, outcome, details } = row;
  return createHash("sha256")
    .update(JSON.stringify([previous, sequence, atMs, actor, action, target, outcome, details]))
    .digest("hex");
}
