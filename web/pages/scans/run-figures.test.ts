import assert from "node:assert/strict";
import test from "node:test";
import { cautious, foundBy, leftMs } from "./run-figures.ts";

const sample = {
  elapsedMs: 30_000,
  done: 0.25,
  pass: 1,
  probes: 100,
  packetsPerSecond: 3,
  bytesPerSecond: 174,
  open: 7,
  closed: 90,
  filtered: 0,
  loss: null,
};

test("what is left follows from what is done, and is not guessed at the start or in a later pass", () => {
  assert.equal(leftMs(sample), 90_000);
  assert.equal(leftMs({ ...sample, done: 1 }), 0);
  assert.equal(leftMs({ ...sample, done: 0.001 }), null);
  assert.equal(leftMs({ ...sample, pass: 2 }), null);
  assert.equal(leftMs(null), null);
});

test("the outcome says what was found, before it the newest word of the node", () => {
  const outcome = {
    engine: "syn",
    command: null,
    probes: 500,
    durationMs: 1,
    open: 9,
    loss: 0.1,
    recall: 0.99,
    unreachable: 0,
    blocked: false,
  };
  assert.deepEqual(foundBy({ outcome, latest: sample }), { open: 9, loss: 0.1, probes: 500 });
  assert.deepEqual(foundBy({ outcome: null, latest: sample }), { open: 7, loss: null, probes: 100 });
  assert.deepEqual(foundBy({ outcome: null, latest: null }), { open: null, loss: null, probes: null });
});

test("a recall is never rounded up to all", () => {
  assert.equal(cautious(0.99996), 0.9999);
  assert.equal(cautious(1), 1);
});
