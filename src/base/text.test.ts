import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { cutText, hasUnsafeCharacters, showable, showableBytes } from "./text.ts";

for (const [title, text, shown] of [
  ["plain text stays", "nginx: master process", "nginx: master process"],
  ["Chinese and emoji stay", "数据库 👩‍💻", "数据库 👩‍💻"],
  ["an escape sequence is shown", "\u001b[31mred", "\\x1b[31mred"],
  ["a line end is shown", "a\nb\r", "a\\x0ab\\x0d"],
  ["C1 controls are shown", "\u009b1m", "\\x9b1m"],
  ["a change of direction is shown", "exe.\u202etxt", "exe.\\u202etxt"],
  ["isolates are shown", "\u2066a\u2069", "\\u2066a\\u2069"],
  ["invisible characters are shown", "ng\u200binx\ufeff", "ng\\u200binx\\ufeff"],
  ["half a pair is shown", "a\ud800b", "a\\ud800b"],
] as const) {
  test(title, () => {
    assert.equal(showable(text), shown);
    assert.equal(hasUnsafeCharacters(text), text !== shown);
  });
}

test("what is shown is safe, and showing it again changes nothing", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
      const shown = showable(text);
      assert.equal(hasUnsafeCharacters(shown), false);
      assert.equal(showable(shown), shown);
    }),
  );
});

test("bytes that are UTF-8 read as such, others are shown one by one", () => {
  assert.equal(showableBytes(Buffer.from("nginx 数据 \u0007")), "nginx 数据 \\x07");
  assert.equal(showableBytes(Uint8Array.of(0x61, 0xff, 0xe6, 0x95, 0xb0, 0xc3)), "a\\xff数\\xc3");
  assert.equal(showableBytes(Uint8Array.of(0xed, 0xa0, 0x80)), "\\xed\\xa0\\x80");
  assert.equal(
    showableBytes(Uint8Array.of(0xf4, 0x90, 0x80, 0x80, 0xc0, 0xaf)),
    "\\xf4\\x90\\x80\\x80\\xc0\\xaf",
  );
});

test("any bytes become safe text", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      assert.equal(hasUnsafeCharacters(showableBytes(bytes)), false);
    }),
  );
});

test("what is too long ends in the mark, and no pair is cut in two", () => {
  assert.equal(cutText("abcdef", 6, "…"), "abcdef");
  assert.equal(cutText("abcdefg", 6, "…"), "abcde…");
  assert.equal(cutText("abcd👍fg", 6, "…"), "abcd…");
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", maxLength: 30 }),
      fc.integer({ min: 2, max: 20 }),
      (text, max) => {
        const cut = cutText(text, max, "…");
        assert.ok(cut.length <= max && cut.isWellFormed());
      },
    ),
  );
});
