import assert from "node:assert/strict";
import test from "node:test";
import { walk, type Choice } from "./walk.ts";

const pairs = 1_000;

/** What is met at one moment, by what is chosen. */
function met(route: ReturnType<typeof walk>, nowMs: number, choose: (pair: number) => Choice): number[] {
  const asked: number[] = [];
  for (;;) {
    const pair = route.next(nowMs, 200, choose);
    if (pair === undefined) return asked;
    asked.push(pair);
  }
}

test("a pass meets every pair once, and the next one not before its answers could have come", () => {
  const route = walk(pairs, 7);
  assert.equal(new Set(met(route, 0, () => "ask")).size, pairs);
  assert.ok(route.isOver());
  route.nextPass();
  assert.deepEqual(
    met(route, 199, () => "ask"),
    [],
  );
  assert.equal(met(route, 200, () => "ask").length, pairs);
});

test("what is put off delays nobody, and is met as soon as it may be", () => {
  const route = walk(pairs, 7);
  const isSlow = (pair: number): boolean => pair < 100;
  const others = met(route, 0, (pair) => (isSlow(pair) ? "later" : "ask"));
  assert.equal(others.length, 900);
  assert.ok(!route.isOver());
  assert.equal([...route.putOff()].length, 100);
  const slow = met(route, 1, () => "ask");
  assert.ok(slow.every(isSlow));
  assert.equal(new Set(slow).size, 100);
  assert.ok(route.isOver());
});

test("going back meets again what was met since, and nothing is left out", () => {
  const route = walk(pairs, 7);
  const asked: number[] = [];
  for (let nowMs = 0; nowMs < 500; nowMs += 1) asked.push(route.next(nowMs, 0, () => "ask") ?? -1);
  route.goBack(300);
  const again = met(route, 1_000, () => "ask");
  assert.ok(asked.slice(301).every((pair) => again.includes(pair)));
  assert.equal(new Set([...asked, ...again]).size, pairs);
  assert.ok(again.length <= 750, `${again.length}`);
});
