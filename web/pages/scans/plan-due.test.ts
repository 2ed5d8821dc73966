import assert from "node:assert/strict";
import test from "node:test";
import { isOverdue } from "./plan-due.ts";

test("a plan is overdue when it stays due, is on, and need not wait for its window", () => {
  const plan = { enabled: true, nextRunMs: 1_000_000, window: null };
  assert.equal(isOverdue(plan, 1_060_001), true);
  assert.equal(isOverdue(plan, 1_059_999), false);
  assert.equal(isOverdue({ ...plan, enabled: false }, 2_000_000), false);
  assert.equal(isOverdue({ ...plan, nextRunMs: null }, 2_000_000), false);
  assert.equal(isOverdue({ ...plan, window: { from: "22:00", to: "06:00" } }, 2_000_000), false);
});
