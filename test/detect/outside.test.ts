import assert from "node:assert/strict";
import test from "node:test";
import { playArticle, playSteadyState } from "./outside-stories.ts";

test("through loss nothing is told but what happened, and that at once", () => {
  const outcome = playSteadyState({
    hosts: 10,
    ports: 500,
    knownPerHost: 20,
    cycles: 8,
    planted: 4,
    loss: 0.05,
    seed: 3,
  });
  assert.deepEqual([outcome.falseNew, outcome.falseDown, outcome.toldInTime], [0, 0, 8]);
});

test("the article's port of the 16th: a relaunch is told, a missed scan is not", () => {
  for (const loss of [0, 0.02, 0.05, 0.2]) {
    for (let seed = 1; seed <= 5; seed += 1) {
      const relaunched = playArticle("relaunched", loss, seed);
      const missed = playArticle("missed", loss, seed);
      assert.deepEqual([relaunched.ours, missed.ours], [true, true], `loss ${loss}, seed ${seed}`);
      // Neither of the article's rules can tell the two apart.
      assert.ok(!missed.yesterday && !relaunched.threeDays);
    }
  }
});
