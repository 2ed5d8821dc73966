import { pageRowsMax } from "../store/queries.ts";
import type { Reader } from "../store/store.ts";
import { auditGenesis, auditHash } from "../store/audit-hash.ts";

/** Walks every row from the anchor that retention left; the first that does not follow on the one before is broken. */
export async function verifyAudit(
  reader: Reader,
): Promise<{ readonly rows: number; readonly brokenAt: number | null }> {
  let previous = (await reader.meta("audit-anchor-hash")) ?? auditGenesis;
  let sequence = Number((await reader.meta("audit-anchor-sequence")) ?? 0);
  let rows = 0;
  let cursor: string | null | undefined;
  do {
    const page = await reader.audit({ sort: "sequence", limit: pageRowsMax, cursor: cursor ?? undefined });
    for (const row of page.rows) {
      sequence += 1;
      if (row.sequence !== sequence || row.hash !== auditHash(previous, sequence, row)) {
        return { rows, brokenAt: row.sequence };
      }
      previous = row.hash;
      rows += 1;
    }
    cursor = page.nextCursor;
  } while (cursor !== null);
  return { rows, brokenAt: null };
}
