import assert from "node:assert/strict";
import type { BlockDeed } from "../../src/model/block-deed.ts";
import type { Clauses } from "./clauses.ts";
import { addHosts, quick, shortRetention, startMs } from "./samples.ts";

const deed = (id: string, given: Partial<BlockDeed> = {}): BlockDeed => ({
  id,
  hostId: "host-0",
  kind: "unblock",
  target: "203.0.113.7",
  request: null,
  by: "user:anna",
  askedFrom: [],
  createdAtMs: startMs,
  state: "waiting",
  refusedBy: null,
  refusal: null,
  message: null,
  cut: null,
  connections: null,
  endedAtMs: null,
  ...given,
});

export const blocks: Clauses = {
  "orders to block are found by host and time, those without an answer by themselves, and the old ones go":
    async ({ writer, reader }) => {
      await writer.transaction(quick, async (changes) => {
        await addHosts(changes, 2);
        await changes.saveBlockDeed(deed("1"));
        await changes.saveBlockDeed(deed("2", { createdAtMs: startMs + 5_000, state: "probation" }));
        await changes.saveBlockDeed(deed("3", { hostId: "host-1", createdAtMs: startMs + 5_000 }));
        await changes.saveBlockDeed(deed("1", { state: "done" }));
        assert.equal((await changes.blockDeed("1"))?.state, "done");
      });
      const found = async (hostId: string | null, fromMs: number): Promise<string[]> =>
        (await reader.blockDeeds({ hostId, fromMs, limit: 10 })).map(({ id }) => id);
      assert.deepEqual(await found("host-0", startMs), ["2", "1"]);
      assert.deepEqual(await found(null, startMs + 1), ["3", "2"]);
      assert.deepEqual(
        (await reader.openBlockDeeds()).map(({ id }) => id),
        ["2", "3"],
      );
      await writer.transaction(quick, (changes) => changes.prune(shortRetention, startMs + 3_000));
      assert.deepEqual(await found(null, 0), ["3", "2"]);
    },
};
