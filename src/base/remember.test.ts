import assert from "node:assert/strict";
import test from "node:test";
import { remembering } from "./remember.ts";

test("each text is made once, and what is remembered stays bounded", () => {
  let made = 0;
  const lengthOf = remembering((text) => {
    made += 1;
    return { length: text.length };
  });
  assert.equal(lengthOf("abc"), lengthOf("abc"));
  assert.equal(made, 1);
  for (let index = 0; index < 20_000; index += 1) lengthOf(`text ${index}`);
  assert.deepEqual(lengthOf("abc"), { length: 3 });
  assert.equal(made, 20_002);
});
