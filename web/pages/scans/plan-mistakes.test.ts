import assert from "node:assert/strict";
import test from "node:test";
import { mistakeCode, mistakesOf } from "./plan-mistakes.ts";

test("a mistake belongs to the first part of its path, however the server spells it", () => {
  assert.deepEqual(mistakesOf({ mistakes: [{ path: "targets.3", problem: "x" }] }), [
    { field: "targets", problem: "x" },
  ]);
  assert.deepEqual(mistakesOf({ issues: [{ path: "/window/from", message: "y" }] }), [
    { field: "window", problem: "y" },
  ]);
  assert.deepEqual(mistakesOf({ mistakes: [null, 3, { path: 1 }], issues: "no" }), []);
});

test("a sentence of the server finds its code, its entry and its character", () => {
  assert.deepEqual(mistakeCode('"198.18.0.9-1" begins with the larger address (character 1)'), {
    code: "rangeOrder",
    text: "198.18.0.9-1",
    character: 1,
  });
  assert.deepEqual(
    mistakeCode('"22,x" needs a port from 0 to 65535, or a range like 8000-8100 (character 4)'),
    {
      code: "port",
      text: "22,x",
      character: 4,
    },
  );
  assert.equal(mistakeCode("leaves no port to scan").code, "noPort");
  assert.deepEqual(mistakeCode("is of a kind that is new"), {
    code: "other",
    text: "is of a kind that is new",
    character: 1,
  });
});
