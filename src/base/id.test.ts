import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { createIdSource, idTimeMs, isId, newId } from "./id.ts";

test("an id is a UUIDv7 that carries its millisecond", () => {
  const id = createIdSource({ nowMs: () => 1_700_000_000_123 })();
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(idTimeMs(id), 1_700_000_000_123);
  assert.ok(isId(id) && isId(newId()));
});

test("ids rise strictly, whatever the clock does", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 47 }), { minLength: 2, maxLength: 50 }), (times) => {
      let call = 0;
      const next = createIdSource({ nowMs: () => times[call++ % times.length] ?? 0 });
      const ids = Array.from({ length: 100 }, next);
      assert.deepEqual(ids.toSorted(), ids);
      assert.equal(new Set(ids).size, ids.length);
      assert.ok(ids.every(isId));
    }),
    { numRuns: 200 },
  );
});

test("a counter that overflows borrows a millisecond", () => {
  const next = createIdSource({ nowMs: () => 5, fillRandom: (bytes) => bytes.fill(0xff) });
  const ids = Array.from({ length: 1_000 }, next);
  assert.deepEqual(ids.toSorted(), ids);
});

test("only lower-case UUIDv7 is an id, nothing before or behind it", () => {
  const id = newId();
  // The third group's first digit; the second, which is time, may begin with a 7 too.
  const versionFour = id.replace(/^(.{14})7/, "$14");
  for (const text of [id.toUpperCase(), `${id}\n`, ` ${id}`, id.slice(1), "", versionFour]) {
    assert.equal(isId(text), false, JSON.stringify(text));
  }
});
