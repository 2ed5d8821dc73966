import assert from "node:assert/strict";
import { test } from "node:test";
import { lossEstimate } from "./loss-estimate.ts";

function estimateOf(questions: number, silences: number): ReturnType<typeof lossEstimate> {
  const loss = lossEstimate(1);
  for (let question = 0; question < questions; question += 1) {
    loss.canaryAsked();
    if (question >= silences) loss.canaryAnswered();
  }
  return loss;
}

const missTarget = 0.001;

test("a loss that was seen is asked against until hardly a port is missed", () => {
  const loss = estimateOf(2_000, 40);
  assert.ok(loss.missed(2) < missTarget);
  assert.equal(loss.isEnough(2, missTarget, 744), false, "0.3 of 744 ports are likely to be missed");
  assert.equal(loss.isEnough(3, missTarget, 744), true);
  assert.equal(loss.isEnough(2, missTarget, 100), true, "0.04 ports");
});

test("thousands of ports are not asked on for the last of them", () => {
  const loss = estimateOf(20_000, 180);
  assert.ok(loss.missed(2) < missTarget / 10);
  assert.equal(loss.isEnough(2, missTarget, 50_000), true);
});

test("a loss that was not seen costs no try more", () => {
  const loss = estimateOf(800, 0);
  assert.equal(loss.isEnough(1, missTarget, 50_000), true);
});

test("what may be missed by the share itself is asked again, whatever is open", () => {
  const loss = estimateOf(2_000, 200);
  assert.equal(loss.isEnough(2, missTarget, 1), false);
  assert.equal(loss.isEnough(3, missTarget, 1), false, "0.1 % and the doubt of the estimate");
  assert.equal(loss.isEnough(4, missTarget, 1), true);
});
