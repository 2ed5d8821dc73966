import assert from "node:assert/strict";
import test from "node:test";
import { quantileStep, sketchWith, stepMax, stepOf, valueOf } from "./hour-sketch.ts";

test("a step names every value that belongs to it, to within a fifth", () => {
  for (const value of [0, 1, 2, 3, 7, 40, 999, 123_456, 1e9]) {
    const shown = valueOf(stepOf(value));
    assert.ok(shown >= value && shown <= value * 1.2 + 1, `${value} is shown as ${shown}`);
  }
});

test("what is no count is step 0, what is beyond all hosts the last step", () => {
  for (const value of [-5, Number.NaN, 0]) assert.equal(stepOf(value), 0);
  assert.equal(stepOf(Infinity), stepMax);
});

test("a quantile goes by rank: one value out of twenty moves it nowhere", () => {
  const calm = Array.from({ length: 19 }, () => 10).reduce(sketchWith, []);
  assert.equal(quantileStep(sketchWith(calm, 1_000_000), 0.95), stepOf(10));
  assert.equal(quantileStep([], 0.5), undefined);
});
