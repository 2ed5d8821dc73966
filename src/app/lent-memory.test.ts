import assert from "node:assert/strict";
import test from "node:test";
import { lentMemory } from "./lent-memory.ts";

const bytesOf = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);

test("what is lent is a copy, and the next call gets the same memory", async () => {
  const memory = lentMemory();
  const first = await memory.lend(bytesOf(1, 2, 3), async (shared) => {
    assert.deepEqual([...shared], [1, 2, 3]);
    return shared.buffer;
  });
  const second = await memory.lend(bytesOf(9), async (shared) => {
    assert.deepEqual([...shared], [9]);
    return shared.buffer;
  });
  assert.equal(first, second);
});

test("two at the same time never share memory, also when one of them fails", async () => {
  const memory = lentMemory();
  const held = Promise.withResolvers<undefined>();
  let waiting: Uint8Array | undefined;
  const long = memory.lend(bytesOf(1), (shared) => {
    waiting = shared;
    return held.promise;
  });
  const failing = memory.lend(bytesOf(2), (shared) => {
    assert.notEqual(shared.buffer, waiting?.buffer);
    return Promise.reject(new Error("no"));
  });
  await assert.rejects(failing, /no/);
  await memory.lend(bytesOf(3), async (shared) => assert.notEqual(shared.buffer, waiting?.buffer));
  assert.deepEqual([...(waiting ?? [])], [1]);
  held.resolve(undefined);
  await long;
});

test("no more is kept than its bound, however much was lent at once", async () => {
  const memory = lentMemory();
  const piece = new Uint8Array(8 * 1024 * 1024);
  const lent = (): Promise<ArrayBufferLike> => memory.lend(piece, async (shared) => shared.buffer);
  const first = new Set(await Promise.all([lent(), lent(), lent()]));
  const second = new Set(await Promise.all([lent(), lent(), lent()]));
  assert.equal([...second].filter((one) => first.has(one)).length, 2);
});
