import assert from "node:assert/strict";
import test from "node:test";
import { freeBytesLow, freeBytesMin, judgeHealth, pendingHigh, type Measurements } from "./health.ts";

const well: Measurements = {
  writing: { alive: true, pending: 0, restarts: 0 },
  reading: { alive: true, pending: 0, restarts: 0 },
  storeFailure: null,
  freeBytes: freeBytesLow,
  blind: [],
  raised: [],
};
const spot = { hostId: "h", hostName: "h", params: {}, sinceMs: 5 } as const;

test("health is as bad as its worst check, and each bad one says by which code", () => {
  const cases: readonly (readonly [Partial<Measurements>, string, string])[] = [
    [{}, "ok", "store-writes"],
    [{ storeFailure: { atMs: 1, reason: "disk-full" } }, "failing", "store-fails"],
    [{ writing: { alive: false, pending: 1, restarts: 2 } }, "failing", "thread-down"],
    [{ reading: { alive: true, pending: pendingHigh + 1, restarts: 0 } }, "degraded", "thread-slow"],
    [{ freeBytes: freeBytesLow - 1 }, "degraded", "disk-low"],
    [{ freeBytes: freeBytesMin - 1 }, "failing", "disk-full"],
    [{ blind: [{ ...spot, code: "source-silent" }] }, "degraded", "sources-quiet"],
    [{ blind: [{ ...spot, code: "clock-skew" }] }, "degraded", "clock-skew"],
    [{ blind: [{ ...spot, code: "source-limited" }] }, "ok", "sources-heard"],
  ];
  for (const [change, status, code] of cases) {
    const report = judgeHealth({ ...well, ...change });
    assert.equal(report.status, status, code);
    assert.ok(
      report.checks.some((check) => check.code === code && check.status === status),
      code,
    );
  }
});
