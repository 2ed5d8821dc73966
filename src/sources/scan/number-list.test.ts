import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { readNumbers, varintReader, writeNumbers, writeVarint } from "./number-list.ts";

const limit = 2 ** 31;

function bytesOf(numbers: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  writeNumbers(bytes, Uint32Array.from(numbers).sort());
  return Uint8Array.from(bytes);
}

test("what is written is what is read, in order and once", () => {
  const set = fc.uniqueArray(fc.oneof(fc.nat(300), fc.integer({ min: 0, max: limit - 1 })), {
    maxLength: 200,
  });
  fc.assert(
    fc.property(set, (numbers) => {
      const read: number[] = [];
      assert.ok(readNumbers(bytesOf(numbers), limit, (number) => read.push(number)));
      assert.deepEqual(
        read,
        numbers.toSorted((a, b) => a - b),
      );
    }),
  );
});

test("numbers that stand close cost an eighth of a byte, lonely ones three or four", () => {
  assert.ok(bytesOf(Array.from({ length: 8_000 }, (_, index) => index)).length < 1_010);
  assert.ok(bytesOf(Array.from({ length: 1_000 }, (_, index) => index * 20_000)).length < 4_100);
});

test("foreign bytes are refused or read, and never name a number beyond the limit", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      readNumbers(bytes, 500, (number) => assert.ok(number >= 0 && number < 500));
    }),
  );
  assert.equal(
    readNumbers(Uint8Array.of(0, 200), limit, () => undefined),
    false,
  );
});

test("a variable-length integer holds every whole number that a double holds", () => {
  for (const value of [0, 1, 127, 128, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
    const bytes: number[] = [];
    writeVarint(bytes, value);
    assert.equal(varintReader(Uint8Array.from(bytes)).next(), value);
  }
  assert.equal(varintReader(Uint8Array.of(128)).next(), undefined);
});
