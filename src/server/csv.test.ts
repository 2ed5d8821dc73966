import assert from "node:assert/strict";
import test from "node:test";
import * as fc from "fast-check";
import { csvCell, csvLine } from "./csv.ts";

test("I12 a cell that a spreadsheet would run gets an apostrophe", () => {
  for (const start of ["=", "+", "-", "@", "＝", "＋", "－", "＠", " =", "\u00a0@", '"=', "'="]) {
    const cell = csvCell(`${start}HYPERLINK("http://x","y")`);
    assert.match(cell, /^"'/, JSON.stringify(start));
  }
});

test("I12 numbers stay numbers, as values and as text", () => {
  assert.equal(csvLine([-5, 3.25, "-5", "+7", "-1.5", 0]), "-5,3.25,-5,+7,-1.5,0\r\n");
  assert.equal(csvCell("-1+2"), "'-1+2".replace(/^/, '"').concat('"'));
});

test("separators and quotes stay inside their cell", () => {
  assert.equal(csvLine(["a,b", 'c"d', null, true]), '"a,b","c""d",,true\r\n');
});

test("I12 TAB, CR and other control characters are shown, not sent", () => {
  assert.equal(csvCell("\t=1"), "\\x09=1");
  assert.equal(csvCell("\r@x"), "\\x0d@x");
  assert.equal(csvCell("\u001b[31mred\u0000\u202e"), "\\x1b[31mred\\x00\\u202e");
});

test("I12 no text makes a cell that begins a formula", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
      const inner = csvCell(text).replace(/^"(.*)"$/s, "$1");
      assert.ok(!/^[=+\-@\t\r\n＝＋－＠]/.test(inner) || /^[+-]?\d/.test(inner), JSON.stringify(text));
    }),
    { numRuns: 1_000 },
  );
});
