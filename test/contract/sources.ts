import assert from "node:assert/strict";
import { fullCoverage } from "../support/listener.ts";
import type { Clauses } from "./clauses.ts";
import { addHosts, belief, quick, startMs, write } from "./samples.ts";

export const sources: Clauses = {
  "a source's row is written anew by every look": async ({ writer, reader }) => {
    const source = {
      id: "s1",
      hostId: "host-0",
      kind: "agent",
      version: "1",
      view: "inside",
      vantage: null,
      runId: "r1",
      formerRunIds: [],
      sequence: 1,
      lastBatchId: "b1",
      lastBatchHash: "h",
      lastAnswer: "{}",
      revision: 1,
      coverage: fullCoverage,
      covered: fullCoverage,
      firstLookMs: startMs,
      lastLookMs: startMs,
      intervalMs: null,
      clockSkewMs: -5,
      limits: ["pid owners: needs root"],
      ignoreRules: "none",
    } as const;
    await writer.transaction(quick, async (changes) => {
      await addHosts(changes, 1);
      assert.equal(await changes.source("host-0", "inside", null), undefined);
      await changes.saveSource(source);
      await changes.saveSource({ ...source, sequence: 2, lastLookMs: startMs + 9 });
      assert.deepEqual(await changes.source("host-0", "inside", null), {
        ...source,
        sequence: 2,
        lastLookMs: startMs + 9,
      });
      await changes.saveBeliefs([write(belief(0, 1))]);
    });
    assert.equal((await reader.sources()).length, 1);
    assert.equal((await reader.ports({})).rows[0]?.lastSeenMs, startMs + 9);
  },
};
