import assert from "node:assert/strict";
import { auditGenesis, auditHash } from "../../src/store/audit-hash.ts";
import type { Clauses } from "./clauses.ts";
import { quick, shortRetention } from "./samples.ts";

export const audit: Clauses = {
  "S18 the audit log is chained, and retention leaves a chain that still holds": async ({
    writer,
    reader,
  }) => {
    const row = (index: number) => ({
      atMs: 1_000 + index,
      actor: "a",
      action: "b",
      target: null,
      outcome: "done",
      details: { index },
    });
    for (let index = 0; index < 25; index += 1) {
      await writer.transaction({ durable: true }, (changes) => changes.appendAudit(row(index)));
    }
    const { rows } = await reader.audit({ sort: "sequence" });
    let hash = auditGenesis;
    for (const [index, entry] of rows.entries()) {
      hash = auditHash(hash, index + 1, row(index));
      assert.equal(entry.hash, hash);
    }
    await writer.transaction(quick, (changes) => changes.prune({ ...shortRetention, auditMs: 0 }, 1_012));
    const left = (await reader.audit({ sort: "sequence" })).rows;
    assert.deepEqual(
      [left[0]?.sequence, await reader.meta("audit-anchor-sequence"), await reader.meta("audit-anchor-hash")],
      [11, "10", rows[9]?.hash],
    );
    await writer.transaction({ durable: true }, (changes) => changes.appendAudit(row(25)));
    assert.equal((await reader.audit({})).rows[0]?.hash, auditHash(hash, 26, row(25)));
  },
};
