import assert from "node:assert/strict";
import type { Belief } from "../../src/model/belief.ts";
import { endpointKey } from "../../src/model/endpoint.ts";
import type { Clauses } from "./clauses.ts";
import { addHosts, belief, quick, startMs, write } from "./samples.ts";

export const beliefs: Clauses = {
  "a belief comes back as it was saved": async ({ writer }) => {
    const saved = [
      belief(0, 1),
      belief(0, 2, { state: "unverified", sightings: 1 }),
      belief(0, 3, { state: "down", misses: 2, missingSinceMs: 5 }),
    ];
    const found = await writer.transaction(quick, async (changes) => {
      await addHosts(changes, 1);
      await changes.saveBeliefs(saved.map((one) => write(one)));
      return changes.beliefs("host-0", "inside");
    });
    const byKey = (list: readonly Belief[]) => new Map(list.map((one) => [endpointKey(one), { ...one }]));
    assert.equal(found.length, saved.length);
    assert.deepEqual(byKey(found), byKey(saved));
  },

  "a return that is not yet believed is listed as down and read back as unverified": async ({
    writer,
    reader,
  }) => {
    const returning = belief(0, 9, { state: "unverified", missingSinceMs: startMs, sightings: 1 });
    await writer.transaction(quick, async (changes) => {
      await addHosts(changes, 1);
      await changes.saveBeliefs([write(returning)]);
      const [found] = await changes.pendingBeliefs("host-0", "inside");
      assert.deepEqual({ ...found }, returning);
    });
    assert.equal((await reader.ports({ state: "down" })).total, 1);
    assert.equal((await reader.ports({})).total, 0);
  },
};
