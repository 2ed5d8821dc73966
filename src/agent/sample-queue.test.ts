import assert from "node:assert/strict";
import test from "node:test";
import { aSample, busySample } from "../../test/support/connections.ts";
import { SampleQueue, samplesKeptMax } from "./sample-queue.ts";

const startMs = 1_790_000_000_000;
const times = (queue: SampleQueue): number[] =>
  queue.oldest(1_000).samples.map(({ atMs }) => (atMs - startMs) / 1_000);

function queueOf(seconds: readonly number[]): SampleQueue {
  const queue = new SampleQueue();
  for (const second of seconds) queue.offer(aSample({ atMs: startMs + second * 1_000 }), startMs);
  return queue;
}

test("samples leave in their order, and only those that were sent", () => {
  const queue = queueOf([0, 10, 20]);
  const { samples, upTo } = queue.oldest(2);
  assert.equal(samples.length, 2);
  queue.take(upTo);
  assert.deepEqual(times(queue), [20]);
});

test("past the limit the oldest make room, and that is told once", () => {
  const queue = queueOf(Array.from({ length: samplesKeptMax + 5 }, (_, index) => index * 10));
  assert.equal(times(queue).length, samplesKeptMax);
  assert.equal(times(queue)[0], 50);
  assert.deepEqual([queue.takeDropped(), queue.takeDropped()], [5, 0]);
});

test("one that was dropped while it was under way takes no other with it", () => {
  const queue = queueOf(Array.from({ length: samplesKeptMax }, (_, index) => index * 10));
  const { upTo } = queue.oldest(1);
  queue.offer(aSample({ atMs: startMs + 9_000_000 }), startMs);
  queue.take(upTo);
  assert.equal(times(queue).length, samplesKeptMax);
});

test("when the clock is set, what waits keeps its distance to now", () => {
  const queue = queueOf([0, 10]);
  queue.offer(aSample({ atMs: startMs - 3_600_000 + 20_000 }), startMs - 3_600_000);
  assert.deepEqual(times(queue), [-3_600, -3_590, -3_580]);
});

test("a clock that drifts moves nothing, and two of one moment count once", () => {
  const queue = queueOf([0, 10]);
  queue.offer(aSample({ atMs: startMs + 20_300 }), startMs + 300);
  queue.offer(aSample({ atMs: startMs + 20_300 }), startMs + 600);
  assert.deepEqual(times(queue), [0, 10, 20.3]);
});

test("only the newest keeps its whole tables", () => {
  const queue = new SampleQueue();
  for (const second of [0, 10, 20]) queue.offer(busySample(startMs + second * 1_000), startMs);
  const rows = queue.oldest(3).samples.map(({ remotes, ports }) => [remotes.length, ports.length]);
  assert.deepEqual(rows, [
    [10, 10],
    [10, 10],
    [50, 50],
  ]);
});
