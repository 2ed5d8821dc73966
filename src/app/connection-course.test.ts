import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { tcpCounts } from "../../test/support/connection-sample.ts";
import { aSample } from "../../test/support/connections.ts";
import { historySteps, sliceOf, type ConnectionSlice } from "../model/connection-history.ts";
import { connectionCourse, courseGrain, topCourses } from "./connection-course.ts";

const [secondMs, minuteMs, hourMs, dayMs] = [1_000, 60_000, 3_600_000, 86_400_000];
const nowMs = 1_790_035_200_000;
const finestMs = historySteps[0].stepMs;

function grain(spanMs: number, points = 300, least = finestMs): string {
  const { pointMs, stepMs } = courseGrain({ fromMs: nowMs - spanMs, toMs: nowMs, points }, nowMs, least);
  return `${pointMs / secondMs} s of ${stepMs / secondMs} s`;
}

test("a span is told by the finest step that is kept and that its points have room for", () => {
  assert.equal(grain(30 * minuteMs), "10 s of 10 s");
  assert.equal(grain(hourMs), "20 s of 10 s");
  assert.equal(grain(hourMs, 300, minuteMs), "60 s of 60 s");
  assert.equal(grain(dayMs), "300 s of 60 s");
  assert.equal(grain(dayMs, 10_000), "10 s of 10 s");
  assert.equal(grain(dayMs + 10 * minuteMs, 10_000), "10 s of 10 s");
  assert.equal(grain(dayMs + 11 * minuteMs, 10_000), "60 s of 60 s");
  assert.equal(grain(7 * dayMs, 370), "1800 s of 60 s");
  assert.equal(grain(7 * dayMs + 2 * hourMs, 370), "3600 s of 3600 s");
  assert.equal(grain(7 * dayMs, 1_000), "900 s of 60 s");
  assert.equal(grain(365 * dayMs), "172800 s of 3600 s");
  assert.equal(grain(365 * dayMs, 370), "86400 s of 3600 s");
  assert.equal(grain(3_650 * dayMs, 2), "157852800 s of 3600 s");
});

test("an hour of last month is told by the hour: nothing finer is left of it", () => {
  const fromMs = nowMs - 30 * dayMs;
  const { pointMs, stepMs } = courseGrain({ fromMs, toMs: fromMs + hourMs, points: 300 }, nowMs, finestMs);
  assert.deepEqual([pointMs, stepMs], [hourMs, hourMs]);
});

test("no span has more points than were asked for, and each is made of whole slices", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 * 365 * dayMs }),
      fc.nat(2 * 365 * dayMs),
      fc.integer({ min: 2, max: 1_000 }),
      (spanMs, agoMs, points) => {
        const toMs = nowMs - agoMs;
        const { pointMs, stepMs } = courseGrain({ fromMs: toMs - spanMs, toMs, points }, nowMs, finestMs);
        assert.ok(spanMs / pointMs <= points && pointMs % stepMs === 0);
        assert.ok(historySteps.some((step) => step.stepMs === stepMs));
      },
    ),
  );
});

function slices(established: readonly number[], remotes: readonly string[] = []): ConnectionSlice[] {
  return established.map((count, index) =>
    sliceOf(
      aSample({
        atMs: nowMs + index * minuteMs,
        tcp: tcpCounts({ ESTABLISHED: count }),
        remotes:
          remotes[index] === undefined
            ? []
            : [{ remote: remotes[index], states: { ESTABLISHED: 6 }, ports: 1 }],
      }),
      undefined,
      minuteMs,
    ),
  );
}

test("points tell mean and most; a stretch that nobody looked at has none", () => {
  const [first, second, , fourth] = slices([1, 4, 0, 9]);
  assert.ok(first && second && fourth);
  const course = connectionCourse([first, second, fourth], 2 * minuteMs);
  assert.deepEqual(course.moments, [nowMs, nowMs + 2 * minuteMs]);
  assert.deepEqual(course.gauges.ESTABLISHED, { mean: [2.5, 9], most: [4, 9] });
  assert.deepEqual(course.counters.listenDrops, [null, null]);
  assert.deepEqual(course.fills.conntrack, [0.01, 0.01]);
  assert.deepEqual(connectionCourse([], minuteMs).moments, []);
});

test("the busiest of a span are those with the most over all of it", () => {
  const all = slices([1, 1, 1, 1], ["198.18.0.1", "198.18.0.2", "198.18.0.2", "198.18.0.3"]);
  const tops = topCourses(all, 2 * minuteMs, 2);
  assert.deepEqual(tops.moments, [nowMs, nowMs + 2 * minuteMs]);
  assert.deepEqual(tops.remotes, [
    { name: "198.18.0.2", mean: 3, most: 6, means: [3, 3] },
    { name: "198.18.0.1", mean: 1.5, most: 6, means: [3, 0] },
  ]);
  assert.deepEqual(tops.processes, []);
});
