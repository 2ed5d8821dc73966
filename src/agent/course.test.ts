import assert from "node:assert/strict";
import test from "node:test";
import type { ScanProgress } from "../sources/scan/scan.ts";
import { createCourse } from "./course.ts";

const progress = (seconds: number): ScanProgress => ({
  done: seconds / 10_000,
  pass: 1,
  open: 0,
  closed: 0,
  filtered: 0,
  loss: null,
  recall: null,
  probes: seconds * 100,
  bytes: seconds * 5_800,
  packetsPerSecond: 12_345,
  drops: 0,
  elapsedMs: seconds * 1_000,
  opensAtMs: null,
});

test("a sample tells the rate since the one before, and nothing is told twice", () => {
  const course = createCourse();
  assert.deepEqual(course.take(), []);
  course.heard(progress(2));
  const [first] = course.take();
  assert.deepEqual([first?.packetsPerSecond, first?.bytesPerSecond, first?.probes], [100, 5_800, 200]);
  assert.deepEqual(course.take(), []);
  course.heard({ ...progress(4), probes: 1_000 });
  assert.equal(course.take()[0]?.packetsPerSecond, 400);
});

test("a scan of days has no more samples than its chart can show", () => {
  const course = createCourse();
  let samples = 0;
  for (let seconds = 2; seconds < 3 * 86_400; seconds += 2) {
    course.heard(progress(seconds));
    samples += course.take().length;
  }
  assert.ok(samples > 240 && samples < 1_000, `${samples}`);
});
