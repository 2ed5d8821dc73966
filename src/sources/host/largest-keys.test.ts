import assert from "node:assert/strict";
import test from "node:test";
import { LargestKeys } from "./largest-keys.ts";

test("the largest of any numbers in any order come out, largest first", () => {
  for (const [count, most] of [
    [0, 3],
    [2, 3],
    [500, 0],
    [500, 1],
    [500, 37],
    [500, 500],
  ] as const) {
    const numbers = Array.from({ length: count }, (_, index) => (index * 7_919) % 251);
    const best = new LargestKeys(most);
    for (const number of numbers) best.offer(number);
    assert.deepEqual(best.descending(), numbers.toSorted((a, b) => b - a).slice(0, most));
  }
});
