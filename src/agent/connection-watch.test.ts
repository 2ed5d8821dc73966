import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { aSample } from "../../test/support/connections.ts";
import { hostNamed } from "../../test/support/lookout.ts";
import type { ConnectionBatch, ConnectionsTaken } from "../model/connection-intake.ts";
import { parseConnectionBatch } from "../model/connection-intake-schema.ts";
import { watchConnections, type ConnectionWatchOptions } from "./connection-watch.ts";
import type { Delivery } from "./uplink.ts";

type Answer = Delivery<ConnectionsTaken>;
const accepted = {
  outcome: "accepted",
  answer: { stored: 1, known: 0, tooOld: 0, lookAgainInMs: null },
} as const satisfies Answer;
const failed: Answer = { outcome: "failed", message: "connection refused", retryAfterMs: null };

/** A watch that looks every few ms, at a server that is a function of the number of the try. */
function rig(t: TestContext, answer: (tries: number) => Answer, more: Partial<ConnectionWatchOptions> = {}) {
  const stop = new AbortController();
  const batches: ConnectionBatch[] = [];
  const said: string[] = [];
  let nowMs = 1_790_000_000_000;
  const running = watchConnections({
    sampler: () => aSample({ atMs: (nowMs += 10) }),
    host: () => hostNamed("harbour-1"),
    version: "0.0.0-test",
    everyMs: 5,
    uplink: {
      send: async (body) => {
        batches.push(parseConnectionBatch(JSON.parse(body)));
        await new Promise((resolve) => setImmediate(resolve));
        return answer(batches.length);
      },
      close: () => {},
    },
    clock: { nowMs: () => nowMs, monotonicMs: () => performance.now() },
    random: () => 0,
    say: (level, sentence) => said.push(`${level}: ${sentence}`),
    signal: stop.signal,
    ...more,
  });
  const end = async (): Promise<void> => {
    stop.abort();
    await running;
  };
  t.after(end);
  const until = async (reached: () => boolean): Promise<void> => {
    while (!reached()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  return { batches, said, until, end };
}

const timesOf = (batches: readonly ConnectionBatch[]): number[] =>
  batches.flatMap(({ samples }) => samples.map(({ atMs }) => atMs));

test("each sample goes out once, in order, in a batch that the server understands", async (t) => {
  const { batches, said, until, end } = rig(t, () => accepted);
  await until(() => batches.length >= 5);
  await end();
  const times = timesOf(batches);
  assert.deepEqual(
    times,
    [...new Set(times)].toSorted((a, b) => a - b),
  );
  assert.deepEqual(said, []);
});

test("what fails goes out again with what came meanwhile, and nothing is missing", async (t) => {
  const { batches, said, until, end } = rig(t, (tries) => (tries === 1 ? failed : accepted));
  await until(() => batches.length >= 4);
  await end();
  const [first, ...others] = batches;
  assert.deepEqual(timesOf(others).slice(0, 1), timesOf(first === undefined ? [] : [first]));
  assert.ok((others[0]?.samples.length ?? 0) > 5);
  const times = timesOf(others);
  const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0));
  assert.ok(gaps.every((gap) => gap === 10));
  assert.deepEqual(said, [
    "warn: samples of connections do not arrive and are kept: connection refused",
    "info: samples of connections arrive again after 1 tries",
  ]);
});

test("what the server will never take is dropped, and the watch goes on", async (t) => {
  const { batches, said, until, end } = rig(t, (tries) =>
    tries === 1 ? { outcome: "rejected", message: "400" } : accepted,
  );
  await until(() => batches.length >= 3);
  await end();
  assert.equal(new Set(timesOf(batches)).size, timesOf(batches).length);
  assert.match(said[0] ?? "", /^error: the server will not take samples/);
});

test("a count that fails is told once, and the next one counts", async (t) => {
  let calls = 0;
  const { batches, said, until, end } = rig(t, () => accepted, {
    sampler: () => {
      calls += 1;
      if (calls <= 3) throw new Error("no netlink");
      return aSample({ atMs: 1_790_000_000_000 + calls * 10 });
    },
  });
  await until(() => batches.length >= 2);
  await end();
  assert.deepEqual(said, ["warn: connections could not be counted: no netlink"]);
});

test("who counts for long counts seldom, but for a first close look", async (t) => {
  let calls = 0;
  let lostMs = 0;
  const { batches, until } = rig(t, () => accepted, {
    sampler: () => {
      lostMs += 200;
      calls += 1;
      return aSample({ atMs: 1_790_000_000_000 + calls });
    },
    clock: { nowMs: () => 1_790_000_001_000, monotonicMs: () => performance.now() + lostMs },
  });
  await until(() => calls >= 3);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(calls, 3, "100 ms beyond what may be owed are worth 25 s of rest");
  assert.ok(batches.length >= 1);
});

test("a server that asks for it gets the next count soon, and not another one before the beat", async (t) => {
  let calls = 0;
  const soon: Answer = { outcome: "accepted", answer: { ...accepted.answer, lookAgainInMs: 10 } };
  const { until } = rig(t, (tries) => (tries <= 2 ? soon : accepted), {
    everyMs: 600_000,
    sampler: () => aSample({ atMs: 1_790_000_000_000 + (calls += 1) }),
  });
  await until(() => calls >= 3);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(calls, 3);
});
