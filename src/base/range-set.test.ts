import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import {
  type Range,
  rangesCommon,
  rangesContain,
  rangeSet,
  type RangeSet,
  rangesInclude,
  rangesMinus,
  rangesSize,
  rangesUnion,
} from "./range-set.ts";

const end = 40;
const ranges = fc.array(
  fc
    .tuple(fc.integer({ min: 0, max: end }), fc.integer({ min: 0, max: end }))
    .map(([first, last]): Range => ({ first, last })),
  { maxLength: 8 },
);
const members = (set: RangeSet): number[] =>
  Array.from({ length: end + 1 }, (_, value) => value).filter((value) => rangesContain(set, value));
const every = (test: (value: number) => boolean): number[] =>
  Array.from({ length: end + 1 }, (_, value) => value).filter(test);
const isIn = (given: readonly Range[]) => (value: number) =>
  given.some(({ first, last }) => value >= first && value <= last);

test("a set holds exactly the numbers of its ranges, in one form", () => {
  fc.assert(
    fc.property(ranges, (given) => {
      const set = rangeSet(given);
      assert.deepEqual(members(set), every(isIn(given)));
      assert.equal(rangesSize(set), members(set).length);
      assert.ok(set.every(({ first }, index) => index === 0 || first > (set[index - 1]?.last ?? 0) + 1));
      assert.deepEqual(rangeSet(set.toReversed()), set);
    }),
  );
});

test("union, minus, common and include are those of sets", () => {
  fc.assert(
    fc.property(ranges, ranges, (a, b) => {
      const [inA, inB] = [isIn(a), isIn(b)];
      const [setA, setB] = [rangeSet(a), rangeSet(b)];
      assert.deepEqual(
        members(rangesUnion(setA, setB)),
        every((value) => inA(value) || inB(value)),
      );
      assert.deepEqual(
        members(rangesMinus(setA, setB)),
        every((value) => inA(value) && !inB(value)),
      );
      assert.deepEqual(
        members(rangesCommon(setA, setB)),
        every((value) => inA(value) && inB(value)),
      );
      assert.equal(rangesInclude(setA, setB), every(inB).every(inA));
      assert.deepEqual(rangesUnion(rangesMinus(setA, setB), rangesCommon(setA, setB)), setA);
    }),
  );
});
