import assert from "node:assert/strict";
import type { Clauses } from "./clauses.ts";
import { addHosts, belief, event, quick, startMs, write } from "./samples.ts";

export const events: Clauses = {
  "events page newest first and are counted per bucket": async ({ writer, reader }) => {
    await writer.transaction(quick, async (changes) => {
      await addHosts(changes, 2);
      for (let index = 0; index < 30; index += 1) {
        const one = belief(index % 2, index);
        await changes.saveBeliefs([
          write(one, { event: event(one, index % 3 === 0 ? "down" : "new", startMs + index * 100) }),
        ]);
      }
    });
    const first = await reader.events({ limit: 20 });
    const second = await reader.events({ limit: 20, cursor: first.nextCursor ?? undefined });
    const times = [...first.rows, ...second.rows].map((row) => row.atMs);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => b - a),
    );
    assert.deepEqual([times.length, first.total, second.nextCursor], [30, 30, null]);
    assert.equal((await reader.events({ kinds: ["down"] })).total, 10);
    assert.equal((await reader.events({ kinds: [] })).total, 0);
    assert.equal((await reader.events({ hostId: "host-1" })).total, 15);
    assert.equal((await reader.events({ fromMs: startMs + 1_000, toMs: startMs + 2_000 })).total, 10);
    assert.ok((await reader.events({ q: "redis" })).rows.length > 0);
    const buckets = await reader.eventHistogram({ fromMs: startMs, toMs: startMs + 3_000, bucketMs: 1_000 });
    assert.deepEqual(
      buckets.map(({ new: fresh, down }) => [fresh, down]),
      [
        [6, 4],
        [7, 3],
        [7, 3],
      ],
    );
    await assert.rejects(reader.eventHistogram({ fromMs: 0, toMs: 1e12, bucketMs: 1 }), { code: "invalid" });
  },
};
