import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { durationMsMax, formatDuration, parseDuration } from "./duration.ts";

for (const [text, ms] of [
  ["0", 0],
  ["500ms", 500],
  ["90s", 90_000],
  ["1h30m", 5_400_000],
  ["3d", 259_200_000],
  ["2w", 1_209_600_000],
  ["1d2h3m4s5ms", 93_784_005],
] as const) {
  test(`${text} is ${ms} ms`, () => {
    assert.deepEqual(parseDuration(text), { value: ms });
  });
}

for (const [text, problem, at] of [
  ["", /is empty/, 0],
  ["3", /lacks a unit/, 1],
  ["3x", /unknown unit "x"/, 1],
  ["3dd", /unknown unit "dd"/, 1],
  ["h", /where a whole number should stand/, 0],
  ["-1s", /where a whole number should stand/, 0],
  ["1.5h", /lacks a unit/, 1],
  ["1s2h", /after a smaller unit/, 3],
  ["1s1s", /twice/, 3],
  ["3d\n", /where a whole number/, 2],
  [" 3d", /where a whole number/, 0],
  ["999999999999999999999999d", /longer than 100 years/, 0],
  ["٣d", /where a whole number/, 0],
] as const) {
  test(`${JSON.stringify(text)} is refused where it goes wrong`, () => {
    const parsed = parseDuration(text);
    assert.ok("problem" in parsed);
    assert.match(parsed.problem, problem);
    assert.match(parsed.problem, /500ms, 90s, 1h30m or 3d/);
    assert.equal(parsed.at, at);
  });
}

test("what is written is read back", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: durationMsMax }), (ms) => {
      assert.deepEqual(parseDuration(formatDuration(ms)), { value: ms });
    }),
  );
});
