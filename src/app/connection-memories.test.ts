import assert from "node:assert/strict";
import test from "node:test";
import { nothingWatched, type ConnectionMemory } from "../detect/connections/watch.ts";
import type { Changes } from "../store/store.ts";
import { connectionMemories } from "./connection-memories.ts";

const seenAt = (atMs: number): ConnectionMemory => ({ ...nothingWatched, last: { atMs, counters: null } });

/** A disk that holds memories as JSON and counts what is asked of it. */
function disk() {
  const stored = new Map<string, string>();
  const asked = { reads: 0, writes: 0 };
  const changes = {
    async connectionMemory(hostId: string): Promise<unknown> {
      asked.reads += 1;
      const text = stored.get(hostId);
      return text === undefined ? undefined : (JSON.parse(text) as unknown);
    },
    async saveConnectionMemory(hostId: string, memory: unknown): Promise<void> {
      asked.writes += 1;
      stored.set(hostId, JSON.stringify(memory));
    },
  } as Changes;
  return { changes, asked, stored };
}

test("a host's memory is read once, and written with an event, else once a minute", async () => {
  const { changes, asked } = disk();
  const memories = connectionMemories();
  assert.deepEqual(await memories.recall(changes, "h", undefined), nothingWatched);
  for (let atMs = 1_000_000; atMs < 1_060_000; atMs += 10_000) {
    await memories.keep(changes, "h", seenAt(atMs), false);
    assert.deepEqual(await memories.recall(changes, "h", atMs), seenAt(atMs));
  }
  assert.deepEqual(asked, { reads: 1, writes: 1 });
  await memories.keep(changes, "h", seenAt(1_060_000), false);
  assert.equal(asked.writes, 2);
  await memories.keep(changes, "h", seenAt(1_061_000), true);
  assert.equal(asked.writes, 3);
});

test("after a transaction that was taken back, what is stored counts and not what was held", async () => {
  const { changes } = disk();
  const memories = connectionMemories();
  await memories.keep(changes, "h", seenAt(1_000_000), true);
  await memories.keep(changes, "h", seenAt(1_010_000), false);
  assert.deepEqual(await memories.recall(changes, "h", 1_000_000), seenAt(1_000_000));
});

test("a host without a place loses nothing: it is read and written with each sample", async () => {
  const { changes, asked } = disk();
  const memories = connectionMemories(1);
  await memories.keep(changes, "first", seenAt(1_000_000), false);
  for (const atMs of [1_000_000, 1_010_000, 1_020_000]) {
    await memories.keep(changes, "second", seenAt(atMs), false);
    assert.deepEqual(await memories.recall(changes, "second", atMs), seenAt(atMs));
  }
  assert.deepEqual(asked, { reads: 3, writes: 4 });
});

test("what was put in its place is what the next sample finds", async () => {
  const { changes } = disk();
  const memories = connectionMemories();
  await memories.keep(changes, "h", seenAt(1_000_000), false);
  const other = { ...seenAt(1_000_000), watchedMs: 5 };
  await memories.replace(changes, "h", other);
  assert.deepEqual(await memories.recall(changes, "h", 1_000_000), other);
});

test("a memory of another form is forgotten", async () => {
  const { changes } = disk();
  await changes.saveConnectionMemory("h", { form: 999 });
  assert.deepEqual(await connectionMemories().recall(changes, "h", undefined), nothingWatched);
});
