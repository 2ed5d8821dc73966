import assert from "node:assert/strict";
import test from "node:test";
import { isInWindow, nextRun } from "./scan-schedule.ts";

const at = (text: string): number => new Date(`2026-03-10T${text}`).getTime();

test("a plan by hand is never due, one of every 90 minutes is due 90 minutes after the last", () => {
  assert.equal(nextRun({ kind: "manual" }, at("10:00")), null);
  assert.equal(nextRun({ kind: "every", minutes: 90 }, at("10:00")), at("11:30"));
});

test("a daily plan is due later today, or tomorrow when its time is now or over", () => {
  const schedule = { kind: "daily", at: "02:30" } as const;
  assert.equal(nextRun(schedule, at("02:29")), at("02:30"));
  const tomorrow = new Date(at("02:30"));
  tomorrow.setDate(tomorrow.getDate() + 1);
  assert.equal(nextRun(schedule, at("02:30")), tomorrow.getTime());
});

test("a window may lie over midnight, and its end is outside of it", () => {
  const night = { from: "22:00", to: "06:00" };
  for (const [time, inside] of [
    ["21:59", false],
    ["22:00", true],
    ["23:59", true],
    ["00:00", true],
    ["05:59", true],
    ["06:00", false],
  ] as const) {
    assert.equal(isInWindow(night, at(time)), inside, time);
  }
  assert.equal(isInWindow({ from: "09:00", to: "17:00" }, at("12:00")), true);
  assert.equal(isInWindow({ from: "09:00", to: "17:00" }, at("08:59")), false);
  assert.equal(isInWindow(null, at("03:00")), true);
});
