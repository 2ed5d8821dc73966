import assert from "node:assert/strict";
import test from "node:test";
import { connectionSample, remoteRow } from "../../../test/support/connection-sample.ts";
import type { RemoteConnections } from "../../model/connection-sample.ts";
import type { OddRemote } from "../../model/odd-remote.ts";
import { oddRemotesMax } from "./odd-remotes.ts";
import { nothingWatched, watchConnections } from "./watch.ts";

const startMs = Date.UTC(2026, 0, 5, 8);
const proxy = remoteRow("192.0.2.80", { ESTABLISHED: 2_000 });
const visitor = remoteRow("198.51.100.7", { ESTABLISHED: 4 });

/** What stands out after twelve calm hours with a proxy and a visitor. */
function oddAmong(
  remotes: readonly RemoteConnections[],
  prefixes: readonly RemoteConnections[] = [],
): readonly OddRemote[] {
  let memory = nothingWatched;
  for (let at = -12 * 3_600_000; at < 0; at += 60_000) {
    const sample = connectionSample({
      atMs: startMs + at,
      remotes: [proxy, visitor],
      tcp: { ESTABLISHED: 2_004 },
    });
    ({ memory } = watchConnections(memory, sample, { expected: ["10.9.0.5"] }));
  }
  const sample = connectionSample({ atMs: startMs, remotes, prefixes, tcp: { ESTABLISHED: 2_004 } });
  return watchConnections(memory, sample, { expected: ["10.9.0.5"] }).odd;
}

const names = (odd: readonly OddRemote[]): string[] => odd.map(({ remote }) => remote);

test("a proxy with many connections is ordinary, a stranger with fewer is not", () => {
  const [first, ...others] = oddAmong([proxy, visitor, remoteRow("203.0.113.9", { ESTABLISHED: 300 })]);
  assert.equal(first?.remote, "203.0.113.9");
  assert.deepEqual(
    first?.reasons.map(({ code }) => code),
    ["above-strangers", "never-seen"],
  );
  assert.deepEqual(others, []);
});

test("who has far more than ever before stands out by that", () => {
  const [first] = oddAmong([remoteRow("198.51.100.7", { ESTABLISHED: 90 })]);
  assert.deepEqual(first?.reasons[0], { code: "above-own-past", count: 90, usual: 4 });
});

test("the more of its places stay half-open, the higher an address ranks", () => {
  const odd = oddAmong([
    remoteRow("203.0.113.1", { "SYN-RECEIVED": 4, ESTABLISHED: 1 }),
    remoteRow("203.0.113.2", { "SYN-RECEIVED": 90 }),
    remoteRow("203.0.113.3", { "SYN-RECEIVED": 4, ESTABLISHED: 8 }),
  ]);
  assert.deepEqual(names(odd), ["203.0.113.2", "203.0.113.1"]);
});

test("a prefix is named where no address of it has half", () => {
  const prefix = remoteRow("203.0.113.0/24", { "SYN-RECEIVED": 80 });
  const odd = oddAmong([remoteRow("203.0.113.1", { "SYN-RECEIVED": 2 })], [prefix]);
  assert.deepEqual(names(odd), ["203.0.113.0/24"]);
  assert.ok(odd[0]?.reasons.some(({ code }) => code === "spread"));
  assert.deepEqual(names(oddAmong([remoteRow("203.0.113.1", { "SYN-RECEIVED": 70 })], [prefix])), [
    "203.0.113.1",
  ]);
});

test("what an operator expects, our own pools and a new visitor are not odd", () => {
  const odd = oddAmong([
    remoteRow("10.9.0.5", { ESTABLISHED: 5_000 }),
    remoteRow("10.1.0.9", { ESTABLISHED: 500 }, 500),
    remoteRow("203.0.113.77", { ESTABLISHED: 2 }),
  ]);
  assert.deepEqual(odd, []);
});

test("the list has an end", () => {
  const rows = Array.from({ length: 90 }, (_, index) =>
    remoteRow(`203.0.113.${index}`, { "SYN-RECEIVED": 9 }),
  );
  assert.equal(oddAmong(rows, rows).length, oddRemotesMax);
});
