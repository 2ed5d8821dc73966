import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { pieces, visible } from "./hostile.ts";

test("control, bidi and zero-width characters are shown by their number", () => {
  assert.equal(visible("a\u001b[2Jb"), "a\\x1b[2Jb");
  assert.equal(visible("gpj.\u202eexe"), "gpj.\\u202eexe");
  assert.equal(visible("ng\u200binx\r\n\t"), "ng\\u200binx\\r\\n\\t");
  assert.equal(visible("\u{e0041}"), "\\u{e0041}");
  assert.equal(visible("\ud800x"), "\\ud800x");
});

test("ordinary text of any script is left as it is", () => {
  for (const text of [
    "nginx: master process",
    "端口监控 服务",
    "Пример",
    "<script>alert(1)</script>",
    "é🙂",
  ]) {
    assert.equal(visible(text), text);
  }
});

test("neighbouring escapes become one piece, so that the page holds few elements", () => {
  assert.deepEqual(pieces("a\u0000\u0001b"), [
    { text: "a", escaped: false },
    { text: "\\x00\\x01", escaped: true },
    { text: "b", escaped: false },
  ]);
});

test("whatever the text, the pieces joined are the visible text and hold nothing unseen", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const joined = pieces(text)
        .map((piece) => piece.text)
        .join("");
      assert.equal(joined, visible(text));
      assert.equal(visible(joined), joined);
    }),
    { numRuns: 500 },
  );
});
