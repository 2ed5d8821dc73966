import assert from "node:assert/strict";
import test from "node:test";
import { clockSteps } from "./clock-steps.ts";

test("F12 a clock that is set is told apart from time that passes", () => {
  const steps = clockSteps();
  steps.note("s", { nowMs: 1_000_000, monotonicMs: 500 });
  assert.equal(steps.since("s", { nowMs: 1_010_000, monotonicMs: 10_500 }), 0);
  assert.equal(steps.since("s", { nowMs: 4_610_000, monotonicMs: 10_500 }), 3_600_000);
  assert.equal(steps.since("s", { nowMs: 1_010_000 - 86_400_000, monotonicMs: 10_500 }), -86_400_000);
  assert.equal(steps.since("s", { nowMs: 1_010_300, monotonicMs: 10_500 }), 0, "drift is no step");
  assert.equal(steps.since("unknown", { nowMs: 1, monotonicMs: 1 }), 0);
});
