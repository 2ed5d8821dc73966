import assert from "node:assert/strict";
import test from "node:test";
import { connectWindow } from "./connect-window.ts";

const waitMs = 200;

test("every answer widens it, up to its limit", () => {
  const window = connectWindow(1_000);
  const before = window.size;
  for (let end = 0; end < before; end += 1) window.ended(true, true, end, waitMs);
  assert.equal(window.size, before * 2);
  for (let end = 0; end < 2_000; end += 1) window.ended(true, true, end, waitMs);
  assert.equal(window.size, 1_000);
});

test("silence of hosts that answer narrows it, once in a wait, and never to nothing", () => {
  const window = connectWindow(1_000);
  for (let end = 0; end < 2_000; end += 1) window.ended(true, true, 0, waitMs);
  const silence = (nowMs: number): void => {
    for (let end = 0; end < 1_000; end += 1) window.ended(end % 2 === 0, true, nowMs, waitMs);
  };
  silence(1_000);
  const after = window.size;
  assert.ok(after >= 500 && after < 520, `${after}`);
  silence(1_000 + waitMs / 2);
  assert.ok(window.size >= after);
  for (let time = 2; time < 50; time += 1) silence(time * 1_000);
  assert.ok(window.size >= 64, `${window.size}`);
});

test("silence of hosts that never answer widens it like answers", () => {
  const window = connectWindow(1_000);
  for (let end = 0; end < 2_000; end += 1) window.ended(false, false, end * 10, waitMs);
  assert.equal(window.size, 1_000);
});

test("it keeps to the descriptors that there are", () => {
  const window = connectWindow(1_000);
  window.limit(10);
  for (let end = 0; end < 2_000; end += 1) window.ended(true, true, end, waitMs);
  assert.equal(window.size, 10);
  window.limit(0);
  assert.equal(window.size, 1);
});
