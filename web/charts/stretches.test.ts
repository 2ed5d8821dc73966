import assert from "node:assert/strict";
import test from "node:test";
import { nearest, roundTop, stretchesOf, timeMarks } from "./stretches.ts";

test("a line is cut where nobody looked, and not at a late sample", () => {
  assert.deepEqual(stretchesOf([0, 10, 30, 60, 70], 10), [
    [0, 1, 2],
    [3, 4],
  ]);
  assert.deepEqual(stretchesOf([], 10), []);
});

test("the nearest moment is found wherever one points", () => {
  const moments = [0, 10, 30, 70];
  const found = [-5, 4, 6, 19, 21, 49, 51, 500].map((ms) => nearest(moments, ms));
  assert.deepEqual(found, [0, 0, 1, 1, 2, 2, 3, 3]);
  assert.equal(nearest([], 5), -1);
  assert.equal(nearest([8], 5), 0);
});

test("a scale ends at a round number that holds the highest value", () => {
  assert.deepEqual(
    [0, 0.4, 4, 17, 21, 260, 501, 5_900, 9_999].map(roundTop),
    [4, 4, 4, 20, 24, 300, 600, 6_000, 10_000],
  );
});

test("marks are round on the clock of the person, and lie within the span", () => {
  const at = (text: string): number => Date.parse(`2026-11-21T${text}:00Z`);
  const told = (fromMs: number, toMs: number, offsetMs: number): string[] =>
    timeMarks({ fromMs, toMs }, 6, offsetMs).map((ms) => new Date(ms + offsetMs).toISOString().slice(11, 16));
  assert.deepEqual(told(at("10:03"), at("11:03"), 0), ["10:10", "10:20", "10:30", "10:40", "10:50", "11:00"]);
  assert.deepEqual(told(at("00:30"), at("23:30"), 8 * 3_600_000), ["12:00", "18:00", "00:00", "06:00"]);
  assert.deepEqual(told(at("00:00"), at("00:04"), 0), ["00:00", "00:01", "00:02", "00:03", "00:04"]);
});
