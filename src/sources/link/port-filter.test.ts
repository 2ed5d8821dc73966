import assert from "node:assert/strict";
import test from "node:test";
import { rangesContain, rangeSet } from "../../base/range-set.ts";
import { filterRangesMax, portFilter } from "./port-filter.ts";

/** As the kernel runs it (inet_diag_bc_run). */
function run(program: Buffer, port: number): boolean {
  let at = 0;
  while (at < program.length) {
    const code = program[at];
    const value = program.readUInt16LE(Math.min(at + 6, program.length - 2));
    const yes = code === 2 ? port >= value : code === 3 ? port <= value : false;
    at += yes ? (program[at + 1] ?? 0) : program.readUInt16LE(at + 2);
  }
  return at === program.length;
}

/** As the kernel checks it (inet_diag_bc_audit): every jump leads to an operation on the way of "yes", or just past the end. */
function isSound(program: Buffer): boolean {
  const way = new Set<number>();
  for (let at = 0; at < program.length; at += program[at + 1] ?? 0) way.add(at);
  return [...way].every((at) => {
    const least = program[at] === 1 ? 4 : 8;
    const target = at + program.readUInt16LE(at + 2);
    const inside = target >= program.length ? target <= program.length + 4 : way.has(target);
    return (program[at + 1] ?? 0) >= least && target - at >= least && inside;
  });
}

const sets = [
  [{ first: 80, last: 80 }],
  [{ first: 0, last: 65_535 }],
  [
    { first: 22, last: 22 },
    { first: 80, last: 443 },
    { first: 65_535, last: 65_535 },
  ],
  Array.from({ length: filterRangesMax }, (_, index) => ({ first: index * 100, last: index * 100 + 7 })),
].map((ranges) => rangeSet(ranges));

test("the program takes the ports of the set and no other", () => {
  for (const ports of sets) {
    const program = portFilter(ports);
    assert.ok(program !== undefined && isSound(program));
    for (let port = 0; port <= 65_535; port++) {
      if (run(program, port) !== rangesContain(ports, port)) assert.fail(`port ${port}`);
    }
  }
});

test("no ports, and more ranges than are worth it, make no program", () => {
  assert.equal(portFilter([]), undefined);
  const many = Array.from({ length: filterRangesMax + 1 }, (_, index) => ({
    first: index * 2,
    last: index * 2,
  }));
  assert.equal(portFilter(many), undefined);
});
