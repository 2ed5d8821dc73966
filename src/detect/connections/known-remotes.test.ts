import assert from "node:assert/strict";
import test from "node:test";
import { remoteRow } from "../../../test/support/connection-sample.ts";
import { type KnownRemotes, knownRemotesMax, pastOf, rememberRemotes } from "./known-remotes.ts";
import { hourMs } from "./normal.ts";

const nobody: KnownRemotes = {};
const hours = (count: number, known: KnownRemotes, address: string, connections: number): KnownRemotes =>
  Array.from({ length: count }).reduce<KnownRemotes>(
    (before, _, hour) =>
      rememberRemotes(before, hour * hourMs, [remoteRow(address, { ESTABLISHED: connections })]),
    known,
  );

test("who was seen in two different hours has a past", () => {
  assert.equal(pastOf(hours(1, nobody, "192.0.2.1", 5), "192.0.2.1"), null);
  assert.equal(pastOf(hours(2, nobody, "192.0.2.1", 5), "192.0.2.1")?.usual, 5);
});

test("a past grows to twice as much an hour at most", () => {
  const calm = hours(10, nobody, "192.0.2.1", 10);
  const after = rememberRemotes(calm, 10 * hourMs, [remoteRow("192.0.2.1", { ESTABLISHED: 9_000 })]);
  assert.ok((pastOf(after, "192.0.2.1")?.usual ?? 0) < 25);
});

test("addresses without a completed handshake are not remembered", () => {
  assert.equal(rememberRemotes(nobody, 0, [remoteRow("192.0.2.1", { "SYN-RECEIVED": 90 })]), nobody);
});

test("a flood of real addresses drives out strangers, not those who stay", () => {
  let known = hours(5, nobody, "192.0.2.1", 10);
  const flood = Array.from({ length: 3 * knownRemotesMax }, (_, index) =>
    remoteRow(`10.0.${index >> 8}.${index & 255}`, { ESTABLISHED: 9 }),
  );
  for (let from = 0; from < flood.length; from += 50) {
    known = rememberRemotes(known, 6 * hourMs, flood.slice(from, from + 50));
  }
  assert.ok(Object.keys(known).length <= knownRemotesMax);
  assert.notEqual(pastOf(known, "192.0.2.1"), null);
});

test("text that is no address becomes no key and has no past", () => {
  for (const text of ["__proto__", "constructor", "", "a".repeat(99), "<b>"]) {
    assert.equal(rememberRemotes(nobody, 0, [remoteRow(text, { ESTABLISHED: 1 })]), nobody);
    assert.equal(pastOf(nobody, text), null);
  }
});
