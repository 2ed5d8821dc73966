import assert from "node:assert/strict";
import test from "node:test";
import { nearest } from "./nearest.ts";

const known = ["interval", "namespaces", "listen", "data", "lookBack"];

for (const [word, meant] of [
  ["intervall", "interval"],
  ["intreval", "interval"],
  ["lookback", "lookBack"],
  ["listne", "listen"],
  ["dta", "data"],
  ["xyz", undefined],
  ["", undefined],
] as const) {
  test(`${JSON.stringify(word)} most likely means ${meant}`, () => {
    assert.equal(nearest(word, known), meant);
  });
}

test("a very long word is answered at once", () => {
  assert.equal(nearest("x".repeat(1_000_000), known), undefined);
});
