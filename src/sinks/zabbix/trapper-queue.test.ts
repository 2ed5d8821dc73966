import assert from "node:assert/strict";
import test from "node:test";
import type { SenderValue } from "../../packet/zabbix-sender.ts";
import { randomOf } from "../../../test/support/random.ts";
import { trapperDefaults, TrapperQueue, type TrapperBatch, type TrapperOutcome } from "./trapper-queue.ts";

const value = (key: string, text = "v", atMs = 1_700_000_000_123) => ({ host: "h", key, value: text, atMs });
const taken = ({ values }: TrapperBatch): TrapperOutcome => ({
  kind: "counted",
  processed: values.length,
  failed: 0,
});
const refused = ({ values }: TrapperBatch): TrapperOutcome => ({
  kind: "counted",
  processed: 0,
  failed: values.length,
});
const away: TrapperOutcome = { kind: "away" };

function next(queue: TrapperQueue, nowMs: number): TrapperBatch {
  const batch = queue.next(nowMs);
  assert.ok(batch !== undefined, `nothing to send at ${nowMs}`);
  return batch;
}

test("values of one item go together, in order, each with a time of its own", () => {
  const queue = new TrapperQueue(trapperDefaults);
  for (const key of ["a", "b", "a", "a"]) queue.offer(value(key), 0);
  const batch = next(queue, 0);
  assert.deepEqual(
    batch.values.map(({ key, clock, ns }) => [key, clock, ns]),
    [
      ["a", 1_700_000_000, 123_000_000],
      ["a", 1_700_000_000, 123_000_002],
      ["a", 1_700_000_000, 123_000_003],
    ],
  );
  assert.deepEqual(queue.settle(batch, taken(batch), 0), []);
  assert.equal(next(queue, 0).values[0]?.key, "b");
  assert.equal(queue.counters.delivered, 3);
});

test("a refused item waits by itself, and is asked for with one value until it is taken", () => {
  const queue = new TrapperQueue(trapperDefaults);
  for (const key of ["new", "new", "old"]) queue.offer(value(key), 0);
  const first = next(queue, 0);
  assert.deepEqual(queue.settle(first, refused(first), 0), ["item-refused"]);
  const other = next(queue, 0);
  assert.equal(other.values[0]?.key, "old");
  queue.settle(other, taken(other), 0);
  assert.equal(queue.next(trapperDefaults.refusedPauseMs - 1), undefined);
  assert.equal(queue.waitMs(0), trapperDefaults.refusedPauseMs);
  const second = next(queue, trapperDefaults.refusedPauseMs);
  assert.equal(second.values.length, 1);
  assert.deepEqual(queue.settle(second, refused(second), 5_000), []);
  assert.equal(queue.waitMs(5_000), 2 * trapperDefaults.refusedPauseMs);
  const third = next(queue, 15_000);
  queue.settle(third, taken(third), 15_000);
  assert.equal(next(queue, 15_000).values.length, 1);
  assert.deepEqual(queue.counters, { delivered: 2, overflowed: 0, expired: 0, refused: 0 });
});

test("while the server is away all wait, with growing pauses, told once", () => {
  const queue = new TrapperQueue(trapperDefaults);
  queue.offer(value("a"), 0);
  let nowMs = 0;
  const pauses: number[] = [];
  for (let round = 0; round < 9; round += 1) {
    const batch = next(queue, nowMs);
    assert.deepEqual(queue.settle(batch, away, nowMs), round === 0 ? ["went-away"] : []);
    const waitMs = queue.waitMs(nowMs) ?? 0;
    pauses.push(waitMs / 1_000);
    nowMs += waitMs;
  }
  assert.deepEqual(pauses, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
  const batch = next(queue, nowMs);
  assert.deepEqual(queue.settle(batch, refused(batch), nowMs), ["came-back", "item-refused"]);
  nowMs += queue.waitMs(nowMs) ?? 0;
  const again = next(queue, nowMs);
  assert.deepEqual(queue.settle(again, taken(again), nowMs), []);
  assert.equal(queue.waitMs(nowMs), null);
});

test("an answer that counts other values than were sent is none", () => {
  const queue = new TrapperQueue(trapperDefaults);
  queue.offer(value("a"), 0);
  const batch = next(queue, 0);
  assert.deepEqual(queue.settle(batch, { kind: "counted", processed: 7, failed: 0 }, 0), ["went-away"]);
  assert.equal(queue.waiting, 1);
});

test("after an answer that was true of some, values go one by one", () => {
  const queue = new TrapperQueue(trapperDefaults);
  for (const text of ["1", "2", "3"]) queue.offer(value("a", text), 0);
  const batch = next(queue, 0);
  queue.settle(batch, { kind: "counted", processed: 1, failed: 2 }, 0);
  for (const text of ["1", "2", "3"]) {
    const one = next(queue, 0);
    assert.deepEqual(
      one.values.map((each) => each.value),
      [text],
    );
    queue.settle(one, taken(one), 0);
  }
  assert.equal(queue.waiting, 0);
});

test("what does not fit goes, the oldest first, but never what is under way", () => {
  const queue = new TrapperQueue({ ...trapperDefaults, valuesMax: 3, requestValuesMax: 2, valueBytesMax: 4 });
  queue.offer(value("a", "large"), 0);
  assert.equal(queue.waiting, 0);
  for (const [index, key] of ["a", "a", "b"].entries()) queue.offer(value(key, String(index)), index);
  const batch = next(queue, 3);
  queue.offer(value("c", "3"), 4);
  queue.offer(value("c", "4"), 5);
  assert.equal(queue.waiting, 3);
  queue.settle(batch, taken(batch), 6);
  const rest = next(queue, 6);
  assert.deepEqual(
    rest.values.map((each) => each.value),
    ["4"],
  );
  assert.deepEqual(queue.counters, { delivered: 2, overflowed: 3, expired: 0, refused: 0 });
});

test("what is refused for an hour, or waits for a day, is given up and counted", () => {
  const queue = new TrapperQueue(trapperDefaults);
  queue.offer(value("never"), 0);
  const batch = next(queue, 0);
  queue.settle(batch, refused(batch), 0);
  queue.offer(value("later"), 1);
  assert.equal(next(queue, trapperDefaults.refusedKeptMs).values[0]?.key, "later");
  assert.equal(queue.counters.refused, 1);

  const cutOff = new TrapperQueue(trapperDefaults);
  cutOff.offer(value("a"), 0);
  cutOff.offer(value("a", "young"), 10);
  assert.deepEqual(
    next(cutOff, trapperDefaults.keptMs).values.map((each) => each.value),
    ["young"],
  );
  assert.equal(cutOff.counters.expired, 1);
});

/** A server that keeps a value once for each item, clock and ns, as a history table with a primary key does. */
function zabbixThat(random: () => number) {
  const history = new Map<string, string>();
  const readyAtMs = new Map<string, number>();
  return {
    history,
    answer({ values }: TrapperBatch, nowMs: number): TrapperOutcome {
      if (random() < 0.1) return away;
      const key = values[0]?.key ?? "";
      if (!readyAtMs.has(key)) readyAtMs.set(key, nowMs + random() * 120_000);
      if (nowMs < (readyAtMs.get(key) ?? 0)) return { kind: "counted", processed: 0, failed: values.length };
      for (const { clock, ns, value: text } of values) history.set(`${key} ${clock}.${ns}`, text);
      // The answer may get lost on its way.
      return random() < 0.1 ? away : { kind: "counted", processed: values.length, failed: 0 };
    },
  };
}

test("under refusals, outages and lost answers every value arrives, once and in its place", () => {
  for (let seed = 1; seed <= 50; seed += 1) {
    const random = randomOf(seed);
    const queue = new TrapperQueue(trapperDefaults);
    const zabbix = zabbixThat(random);
    const offered: string[] = [];
    let nowMs = 0;
    while (offered.length < 200 || queue.waiting > 0) {
      if (offered.length < 200) {
        const text = String(offered.length);
        offered.push(text);
        queue.offer({ host: "h", key: `k${offered.length % 5}`, value: text, atMs: 1_000 }, nowMs);
      }
      const batch: { readonly lane: string; readonly values: readonly SenderValue[] } | undefined =
        queue.next(nowMs);
      if (batch !== undefined) queue.settle(batch, zabbix.answer(batch, nowMs), nowMs);
      nowMs += Math.min(random() * 2_000, Math.max(1, queue.waitMs(nowMs) ?? 1));
      assert.ok(nowMs < trapperDefaults.refusedKeptMs, `seed ${seed} does not end`);
    }
    const kept = [...zabbix.history.values()].sort((a, b) => Number(a) - Number(b));
    assert.deepEqual(kept, offered, `seed ${seed}`);
    assert.equal(queue.counters.delivered, offered.length);
  }
});
