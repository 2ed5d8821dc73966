import assert from "node:assert/strict";
import test from "node:test";
import { fromWallClock, toWallClock } from "./zone.ts";

test("a wall clock time and its moment turn into each other, over clock changes", () => {
  for (const zone of ["UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"]) {
    for (const text of ["2026-03-29T04:30", "2026-10-25T04:30", "2026-07-01T00:00", "2026-12-31T23:59"]) {
      assert.equal(toWallClock(fromWallClock(text, zone) ?? 0, zone), text, `${text} in ${zone}`);
    }
  }
  assert.equal(fromWallClock("2026-11-20T08:00", "Asia/Shanghai"), Date.UTC(2026, 10, 20, 0, 0));
});

test("what is no time is no moment", () => {
  assert.equal(fromWallClock("yesterday", "UTC"), undefined);
});
