import assert from "node:assert/strict";
import test from "node:test";
import type { HostRecord, SourceRecord } from "../store/rows.ts";
import { blindSpots, clockSkewShownMs, hostRow, lateAfterMs, silentAfterMs } from "./source-health.ts";

const nowMs = 1_790_000_000_000;

function host(...sources: readonly Partial<SourceRecord>[]): HostRecord {
  const source = {
    id: "s",
    kind: "agent",
    view: "inside",
    vantage: null,
    lastLookMs: nowMs,
    clockSkewMs: 0,
    limits: [],
  };
  return {
    id: "h",
    hostname: "h",
    firstSeenMs: 7,
    sources: sources.map((one) => ({ ...source, ...one })),
  } as unknown as HostRecord;
}

test("a host is as well as its worst source, and says what cannot be seen", () => {
  const cases: readonly (readonly [HostRecord, string, readonly string[]])[] = [
    [host({}), "ok", []],
    [host(), "silent", ["no-source"]],
    [host({ lastLookMs: nowMs - lateAfterMs }), "ok", []],
    [host({ lastLookMs: nowMs - lateAfterMs - 1 }), "late", ["source-late"]],
    [host({}, { lastLookMs: nowMs - silentAfterMs - 1, limits: ["x"] }), "silent", ["source-silent"]],
    [host({ limits: ["pid owners: needs root"] }), "limited", ["source-limited"]],
    [host({ clockSkewMs: -clockSkewShownMs - 1 }), "ok", ["clock-skew"]],
    [host({ clockSkewMs: clockSkewShownMs }), "ok", []],
  ];
  for (const [record, health, codes] of cases) {
    assert.equal(hostRow(record, nowMs).health, health);
    assert.deepEqual(
      blindSpots(record, nowMs).map(({ code }) => code),
      codes,
    );
  }
});
