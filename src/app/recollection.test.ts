import assert from "node:assert/strict";
import test from "node:test";
import { recalledMs, recollection } from "./recollection.ts";

test("S13 an answer about a secret is used again for two seconds at most, and never after forgetting", async () => {
  let monotonicMs = 0;
  let asked = 0;
  const known = recollection<number>({ nowMs: () => 0, monotonicMs: () => monotonicMs });
  const recall = () => known.recall("key", async () => (asked += 1));
  assert.deepEqual([await recall(), await recall()], [1, 1]);
  monotonicMs = recalledMs;
  assert.equal(await recall(), 2);
  known.forget();
  assert.equal(await recall(), 3);
  await assert.rejects(known.recall("bad", () => Promise.reject(new Error("away"))));
  assert.equal(await known.recall("bad", async () => 7), 7, "a failure is not remembered");
});
