import assert from "node:assert/strict";
import test from "node:test";
import { SelfWatch, agentCaps } from "./self-watch.ts";

const small = 50 * 1024 * 1024;

/** One check each 10 s with the given core share and memory; the first sentence, or null. */
function watchFor(seconds: number, share: number, rssBytes: (atMs: number) => number): string | null {
  const watch = new SelfWatch();
  for (let atMs = 0; atMs <= seconds * 1000; atMs += 1000) {
    const why = watch.check(atMs, () => ({ cpuMs: atMs * share, rssBytes: rssBytes(atMs) }));
    if (why !== null) return why;
  }
  return null;
}

test("a cheap agent goes on", () => {
  assert.equal(
    watchFor(3600, 0.004, () => small),
    null,
  );
});

test("an agent over its share of a core ends within two windows, and says the figures", () => {
  assert.match(watchFor(120, 0.9, () => small) ?? "", /90 % of a core over 60 s, more than its cap of 25 %/);
});

test("memory above the cap ends it once it stays, not at a peak", () => {
  const over = agentCaps.rssBytesMax + 1;
  assert.equal(
    watchFor(600, 0, (atMs) => (atMs % 30_000 === 0 ? over : small)),
    null,
  );
  assert.match(watchFor(60, 0, () => over) ?? "", /120 MiB of memory, more than its cap of 120 MiB/);
});
