import assert from "node:assert/strict";
import test from "node:test";
import { inversePermutation, permutation } from "./permutation.ts";
import { probeCookie, tickOf } from "./probe-cookie.ts";

test("an order visits everything once", () => {
  for (const size of [1, 2, 3, 7, 64, 1_000, 65_535, 100_003]) {
    const order = permutation(size, 7);
    const seen = new Uint8Array(size);
    for (let index = 0; index < size; index += 1) seen[order(index)] = (seen[order(index)] ?? 0) + 1;
    assert.ok(
      seen.every((times) => times === 1),
      `${size}`,
    );
  }
});

test("its inverse leads back to every step", () => {
  for (const size of [1, 2, 7, 65_535, 2 ** 31, 2 ** 40 + 12_345]) {
    const [order, placeOf] = [permutation(size, 7), inversePermutation(size, 7)];
    for (let index = 0; index < Math.min(size, 5_000); index += 1)
      assert.equal(placeOf(order(index)), index, `${size}`);
  }
});

test("beyond 2³² it stays inside and is still one-to-one where it is looked at", () => {
  const size = 2 ** 40 + 12_345;
  const order = permutation(size, 3);
  const seen = new Set<number>();
  for (let index = 0; index < 20_000; index += 1) {
    const value = order(size - 1 - index);
    assert.ok(value >= 0 && value < size && Number.isSafeInteger(value));
    seen.add(value);
  }
  assert.equal(seen.size, 20_000);
});

test("another seed is another order, and neighbours part", () => {
  const [one, other] = [permutation(1_000_000, 1), permutation(1_000_000, 2)];
  const same = Array.from({ length: 1_000 }, (_, index) => one(index) === other(index)).filter(
    Boolean,
  ).length;
  assert.ok(same < 5);
  const near = Array.from(
    { length: 1_000 },
    (_, index) => Math.abs(one(index) - one(index + 1)) < 1_000,
  ).filter(Boolean).length;
  assert.ok(near < 20);
});

test("a cookie carries its tick, and changes with all it is made of", () => {
  const cookie = probeCookie(0x1234_5678, 0x9abc_def0);
  const base = cookie(5, 443, 61_000, 1_030);
  assert.equal(tickOf(base), 6);
  assert.ok(base >= 0 && base < 2 ** 32);
  const others = [
    cookie(6, 443, 61_000, 1_030),
    cookie(5, 444, 61_000, 1_030),
    cookie(5, 443, 61_001, 1_030),
  ];
  for (const other of [...others, probeCookie(1, 2)(5, 443, 61_000, 1_030)]) assert.notEqual(other, base);
});

test("a guessed cookie is right about once in four million", () => {
  const cookie = probeCookie(99, 77);
  const seen = new Map<number, number>();
  const [hosts, ports] = [500, 200];
  for (let host = 0; host < hosts; host += 1) {
    for (let port = 0; port < ports; port += 1) {
      const hash = cookie(host, port, 61_000, 0) >>> 10;
      seen.set(hash, (seen.get(hash) ?? 0) + 1);
    }
  }
  // 100,000 balls in 4,194,304 boxes: about 1,185 meet another one.
  const met = hosts * ports - seen.size;
  assert.ok(met > 900 && met < 1_500, `${met}`);
});
