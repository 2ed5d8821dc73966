import assert from "node:assert/strict";
import test from "node:test";
import { decodeCursor, encodeCursor } from "./cursor.ts";

test("a cursor gives back its values, bytes included", () => {
  const values = ["", "a\u0000", "中", 0, 1.5, 9_007_199_254_740_991, Buffer.from([0, 255])];
  assert.deepEqual(decodeCursor(encodeCursor("-port", values), "-port", values.length), values);
});

test("a cursor of another sort, another length or no cursor at all is invalid", () => {
  const cursor = encodeCursor("port", [1, 2]);
  assert.match(cursor, /^[\w-]+$/);
  const forged = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  for (const [text, sort, length] of [
    [cursor, "-port", 2],
    [cursor, "port", 3],
    ["", "port", 0],
    ["%%%", "port", 1],
    [forged({}), "port", 1],
    [forged(["port", null]), "port", 1],
    [forged(["port", [1]]), "port", 1],
  ] as const) {
    assert.throws(() => decodeCursor(text, sort, length), { code: "invalid" });
  }
});
