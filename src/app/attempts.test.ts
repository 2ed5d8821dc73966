import assert from "node:assert/strict";
import test from "node:test";
import { attempts, attemptsMax, attemptsSpanMs } from "./attempts.ts";

const startMs = 1_790_000_000_000;

test("S9 the twenty-first try within a quarter of an hour waits, and a later one does not", () => {
  const tries = attempts();
  for (let index = 0; index < attemptsMax; index += 1) assert.equal(tries.add("a", startMs + index), null);
  assert.equal(tries.add("a", startMs + 100), attemptsSpanMs - 100);
  assert.equal(tries.add("b", startMs + 100), null);
  assert.equal(tries.add("a", startMs + attemptsSpanMs), null);
});

test("tries that were refused do not make the wait longer", () => {
  const tries = attempts();
  for (let index = 0; index < 1_000; index += 1) tries.add("a", startMs);
  assert.equal(tries.add("a", startMs + attemptsSpanMs), null);
});

test("a success forgets the account's tries, and a clock set back locks nobody out", () => {
  const tries = attempts();
  for (let index = 0; index < attemptsMax; index += 1) tries.add("a", startMs);
  tries.forget("a");
  assert.equal(tries.add("a", startMs), null);
  for (let index = 0; index < attemptsMax; index += 1) tries.add("a", startMs);
  assert.equal(tries.add("a", startMs - 86_400_000), null);
});
