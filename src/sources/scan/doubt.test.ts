import assert from "node:assert/strict";
import test from "node:test";
import { type Doubt, noAnswersYet, verify, verifyDefaults } from "./doubt.ts";

const { spacingMs, triesMax } = verifyDefaults;
const doubt = (more: Partial<Doubt>): Doubt => ({ ...noAnswersYet, askedMs: 0, ...more });
const later = 60_000;

test("tries are spaced", () => {
  assert.equal(verify(noAnswersYet, 0, 0), "ask");
  assert.equal(verify(doubt({ silences: 1 }), 0, spacingMs - 1), "wait");
  assert.equal(verify(doubt({ silences: 1 }), 0, spacingMs), "ask");
});

test("one answer settles it", () => {
  assert.equal(verify(doubt({ silences: triesMax, answers: 1 }), 0.5, later), "open");
  assert.equal(verify(doubt({ refusals: 2, answers: 1 }), 0, later), "open");
});

test("refusals are counted without regard to loss", () => {
  assert.equal(verify(doubt({ refusals: 2 }), 0.9, later), "ask");
  assert.equal(verify(doubt({ refusals: 3, silences: 9 }), 0.9, later), "gone");
});

test("the more gets lost, the more silence it takes", () => {
  const triesAt = (loss: number | null): number => {
    for (let silences = 0; ; silences += 1)
      if (verify(doubt({ silences }), loss, later) !== "ask") return silences;
  };
  assert.deepEqual([0, 0.001, 0.09, 0.36, null].map(triesAt), [3, 3, 7, 16, 8]);
});

test("where silence cannot be told from chance, nothing is said", () => {
  assert.equal(verify(doubt({ silences: triesMax }), 0.6, later), "unknown");
  assert.equal(verify(doubt({ silences: triesMax }), 1, later), "unknown");
  assert.equal(verify(doubt({ silences: triesMax - 1, refusals: 1 }), 0.1, later), "unknown");
});
