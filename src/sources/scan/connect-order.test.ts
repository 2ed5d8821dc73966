import assert from "node:assert/strict";
import test from "node:test";
import { type AttemptEnd, type ConnectOrder, connectOrder } from "./connect-order.ts";
import { lossEstimate } from "./loss-estimate.ts";

const printer = 9_100;
const controller = 502;
const missTarget = 0.001;

/** Plays a scan to its end, one attempt at a time; how often each pair was asked. */
function play(order: ConnectOrder, endOf: (pair: number, tries: number) => AttemptEnd): Map<number, number> {
  const asked = new Map<number, number>();
  for (let nowMs = 0; !order.isDone; nowMs += 1) {
    assert.ok(nowMs < 1e6, "it never ends");
    const pair = order.next(nowMs);
    if (pair === undefined) continue;
    asked.set(pair, (asked.get(pair) ?? 0) + 1);
    order.ended(pair, endOf(pair, order.triesOf(pair)), nowMs);
  }
  return asked;
}

test("every pair is asked once, printers and controllers among them", () => {
  const ports = Uint16Array.of(22, controller, 80, printer, 443);
  const asked = play(connectOrder(7, ports, 1, lossEstimate(7), missTarget), () => "closed");
  assert.equal(asked.size, 7 * 5);
  assert.ok([...asked.values()].every((times) => times === 1));
});

test("what is silent is asked twice, what answered is left alone", () => {
  const ports = Uint16Array.of(22, 80, printer);
  const asked = play(connectOrder(4, ports, 1, lossEstimate(4), missTarget), (pair) =>
    pair % 2 === 0 ? "silent" : "open",
  );
  for (const [pair, times] of asked) assert.equal(times, pair % 2 === 0 ? 2 : 1, `pair ${pair}`);
});

test("where much gets lost, silence is asked again and again, but not for ever", () => {
  const loss = lossEstimate(1);
  const ports = Uint16Array.from({ length: 400 }, (_, index) => 10_000 + index);
  const order = connectOrder(1, ports, 1, loss, missTarget);
  const asked = play(order, (pair, tries) => {
    if (pair < 100) return "silent";
    const end = pair % 5 === 0 && tries === 1 ? "silent" : "closed";
    if (end === "closed") loss.answered(0, tries - 1);
    return end;
  });
  for (let pair = 0; pair < 100; pair += 1) assert.equal(asked.get(pair), 4);
  assert.equal(order.tries, 4);
});

test("a host has one connection to its fragile ports at a time, and rests when one stood", () => {
  const order = connectOrder(2, Uint16Array.of(controller, printer), 1, lossEstimate(2), missTarget);
  const [first, second] = [order.next(0), order.next(0)];
  assert.ok(first !== undefined && second !== undefined);
  assert.notEqual(Math.floor(first / 2), Math.floor(second / 2));
  assert.equal(order.next(10_000), undefined);
  order.ended(first, "open", 10_000);
  assert.equal(order.next(10_100), undefined);
  order.ended(second, "closed", 10_100);
  assert.equal(order.next(10_100), second + 1 - 2 * (second % 2));
  assert.equal(order.next(10_300), first + 1 - 2 * (first % 2));
});

test("the order tells how far it is", () => {
  const order = connectOrder(2, Uint16Array.of(1, 2), 1, lossEstimate(2), missTarget);
  assert.deepEqual([order.asked(), order.done(), order.pass, order.isDone], [0, 0, 1, false]);
  const pair = order.next(0) ?? Number.NaN;
  assert.equal(order.asked(), 0.25);
  order.ended(pair, "open", 0);
  play(order, () => "silent");
  assert.deepEqual([order.asked(), order.pass, order.tries], [1, 2, 2]);
});
