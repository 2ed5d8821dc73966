import assert from "node:assert/strict";
import test from "node:test";
import { parseDataRate } from "./data-rate.ts";

test("a data rate is a number with a decimal unit of bits", () => {
  assert.deepEqual(parseDataRate("1mbit"), { value: 125_000 });
  assert.deepEqual(parseDataRate("2.5Gbit"), { value: 312_500_000 });
  assert.deepEqual(parseDataRate("64kbit"), { value: 8_000 });
});

test("what is none is refused with the place of the mistake", () => {
  assert.deepEqual(parseDataRate("10mb"), { problem: "needs a unit: bit, kbit, mbit or gbit", at: 2 });
  for (const text of ["", "mbit", "-1mbit", "1 mbit", "0kbit", "1e9bit", "1mbit "]) {
    assert.ok("problem" in parseDataRate(text), text);
  }
});
