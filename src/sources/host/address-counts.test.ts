import assert from "node:assert/strict";
import test from "node:test";
import { AddressCounts, columnsPerAddress } from "./address-counts.ts";

/** Words of four bytes in memory order. */
const words = (...bytes: readonly number[]): [number, number, number, number] => {
  const [a = 0, b = 0, c = 0, d = 0] = new Uint32Array(Uint8Array.from(bytes).buffer);
  return [a, b, c, d];
};
const v4 = (...bytes: readonly number[]) => words(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...bytes);

test("an address is counted under its columns, and read back as text", () => {
  const counts = new AddressCounts(10, 1);
  const six = words(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
  assert.equal(counts.add(...v4(192, 0, 2, 1), 3, 1), 0);
  assert.equal(counts.add(...six, 0, 5), 1);
  assert.equal(counts.add(...v4(192, 0, 2, 1), 3, 2), 0);
  assert.equal(counts.size, 2);
  assert.equal(counts.address(0), "192.0.2.1");
  assert.equal(counts.address(1), "2001:db8::1");
  assert.equal(counts.count(0, 3), 3);
  assert.equal(counts.total(1), 5);
});

test("ten thousand addresses each keep their count while the table grows", () => {
  const counts = new AddressCounts(10_000, 7);
  for (let round = 1; round <= 2; round++) {
    for (let index = 0; index < 10_000; index++)
      assert.ok(counts.add(...v4(10, 0, index >> 8, index & 255), index % columnsPerAddress, 1) >= 0);
  }
  assert.equal(counts.size, 10_000);
  for (let row = 0; row < counts.size; row++) {
    assert.equal(counts.total(row), 2);
    assert.equal(counts.address(row), `10.0.${row >> 8}.${row & 255}`);
  }
});

test("what has no room is refused, and what is known still counts", () => {
  const counts = new AddressCounts(2, 1);
  assert.equal(counts.add(...v4(192, 0, 2, 1), 0, 1), 0);
  assert.equal(counts.add(...v4(192, 0, 2, 2), 0, 1), 1);
  assert.equal(counts.add(...v4(192, 0, 2, 3), 0, 1), -1);
  assert.equal(counts.add(...v4(192, 0, 2, 2), 0, 1), 1);
  assert.equal(counts.size, 2);
});

test("a service counts once, a connection that began here each time", () => {
  const counts = new AddressCounts(2, 1);
  const row = counts.add(...v4(192, 0, 2, 1), 0, 1);
  for (const service of [1, 32, 1, 0, 0, 32]) counts.meet(row, service);
  assert.equal(counts.ports(row), 4);
});

test("after all was forgotten nothing of it is left", () => {
  const counts = new AddressCounts(5_000, 1);
  for (let index = 0; index < 5_000; index++)
    counts.meet(counts.add(...v4(10, 0, index >> 8, index & 255), 1, 7), 3);
  counts.clear();
  assert.equal(counts.size, 0);
  const row = counts.add(...v4(10, 0, 19, 1), 2, 1);
  assert.deepEqual([counts.total(row), counts.ports(row), counts.address(row)], [1, 0, "10.0.19.1"]);
});

test("addresses that differ in one bit anywhere are told apart, whatever the seed", () => {
  for (const seed of [0, 1, 0xffff_ffff]) {
    const counts = new AddressCounts(1000, seed);
    for (let bit = 0; bit < 128; bit++) {
      const bytes = new Uint8Array(16);
      bytes[bit >> 3] = 1 << (bit & 7);
      assert.equal(counts.add(...words(...bytes), 0, 1), bit);
    }
    assert.equal(counts.size, 128);
  }
});
