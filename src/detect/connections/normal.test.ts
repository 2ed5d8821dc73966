import assert from "node:assert/strict";
import test from "node:test";
import { hourMs, learn, type Normal, nothingLearned, usualOf } from "./normal.ts";

/** Thursday, 00:00 UTC. */
const startMs = 2_800 * 168 * hourMs;

/** Hours in a row, each with one value. */
function taught(values: readonly number[], before: Normal = nothingLearned, fromHour = 0): Normal {
  let normal = before;
  for (const [index, halfOpen] of values.entries()) {
    for (let at = 0; at < hourMs; at += 60_000) {
      normal = learn(normal, startMs + (fromHour + index) * hourMs + at, 60_000, { halfOpen });
    }
  }
  return learn(normal, startMs + (fromHour + values.length) * hourMs, 60_000, {});
}

const usualAt = (normal: Normal, hour: number): number =>
  usualOf(normal, "halfOpen", startMs + hour * hourMs) ?? -1;
const near = (value: number, wanted: number): void =>
  assert.ok(value >= wanted && value <= wanted * 1.3 + 1, `${value} is not about ${wanted}`);

test("nothing is usual before a minute was watched", () => {
  const normal = learn(nothingLearned, startMs, 0, { halfOpen: 3 });
  assert.equal(usualOf(normal, "halfOpen", startMs), null);
  const later = learn(normal, startMs + 60_000, 60_000, { halfOpen: 3 });
  near(usualOf(later, "halfOpen", startMs) ?? -1, 3);
});

test("each hour of the week has its own usual, and counts for the hours beside it", () => {
  const week = Array.from({ length: 168 }, (_, hour) => (hour === 50 ? 70 : 10));
  const normal = taught(week);
  near(usualAt(normal, 50), 70);
  near(usualAt(normal, 51), 70);
  near(usualAt(normal, 100), 10);
  near(usualAt(normal, 168 + 50), 70);
});

test("an hour never watched borrows from the middle of the same hour on other days", () => {
  const days = Array.from({ length: 5 * 24 }, (_, hour) =>
    hour % 24 === 9 ? (hour === 33 ? 90_000 : 10) : 2,
  );
  const normal = taught(days);
  near(usualAt(normal, 5 * 24 + 9), 10);
});

test("one strange week moves an hour by no more than a factor of two", () => {
  const calm = taught(Array.from({ length: 168 }, () => 10));
  const strange = taught([100_000], calm, 168);
  near(usualAt(strange, 2 * 168), 21);
});

test("an hour that was hardly watched teaches nothing", () => {
  const calm = taught(Array.from({ length: 24 }, () => 10));
  let normal = calm;
  for (let at = 0; at < 300_000; at += 10_000) {
    normal = learn(normal, startMs + 30 * hourMs + at, 10_000, { halfOpen: 5_000 });
  }
  normal = learn(normal, startMs + 32 * hourMs, 10_000, {});
  assert.equal(normal.hours, calm.hours);
});

test("two years of hours make no more JSON than two weeks", () => {
  const size = (normal: Normal): number => JSON.stringify(normal).length;
  const short = taught(Array.from({ length: 336 }, (_, hour) => hour % 97));
  const long = taught(Array.from({ length: 3_000 }, (_, hour) => hour % 97));
  assert.ok(size(long) < 1.1 * size(short), `${size(long)} after ${size(short)}`);
});
