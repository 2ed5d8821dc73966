import assert from "node:assert/strict";
import test from "node:test";
import { tcpCounts } from "../../test/support/connection-sample.ts";
import { aSample } from "../../test/support/connections.ts";
import { clockShift, follow, type ClosedSlice, type ConnectionHead } from "./connection-head.ts";
import { connectionGauges, historySteps } from "./connection-history.ts";

const hourStartMs = 1_790_002_800_000;
const established = connectionGauges.indexOf("ESTABLISHED");

function run(seconds: readonly number[]): { head: ConnectionHead; closed: readonly ClosedSlice[] } {
  let head: ConnectionHead | undefined;
  const closed: ClosedSlice[] = [];
  for (const second of seconds) {
    const sample = aSample({
      atMs: hourStartMs + second * 1_000,
      tcp: tcpCounts({ ESTABLISHED: second + 1 }),
    });
    const followed = follow(head, sample, 0);
    head = followed.head;
    closed.push(...followed.closed);
  }
  assert.ok(head);
  return { head, closed };
}

test("every sample lands once in each step, closed or still open", () => {
  const seconds = Array.from({ length: 800 }, (_, index) => index * 10 + (index % 7));
  const total = seconds.reduce((sum, second) => sum + second + 1, 0);
  const { head, closed } = run(seconds);
  for (const [index, { stepMs }] of historySteps.entries()) {
    const slices = closed.filter((each) => each.stepMs === stepMs).map(({ slice }) => slice);
    const all = [...slices, head.open[index]];
    const sums = all.map((slice) => slice?.sums[established] ?? 0);
    assert.equal(
      sums.reduce((a, b) => a + b, 0),
      total,
    );
    const starts = all.map((slice) => slice?.startMs ?? 0);
    assert.ok(
      starts.every((start, at) => start % stepMs === 0 && (at === 0 || start > (starts[at - 1] ?? 0))),
    );
  }
});

test("a stretch ends by the first sample after it, and a gap leaves no stretch behind", () => {
  const { closed } = run([0, 10, 20, 3_700]);
  assert.deepEqual(
    closed.map(({ stepMs, slice }) => [stepMs, slice.samples]),
    [
      [10_000, 1],
      [10_000, 1],
      [10_000, 1],
      [60_000, 3],
      [3_600_000, 3],
    ],
  );
});

test("a clock that is a little off is let be, one that jumps is followed, and then stays", () => {
  const head = (clockShiftMs: number): ConnectionHead => ({ ...run([0]).head, clockShiftMs });
  const nowMs = hourStartMs;
  assert.equal(clockShift(undefined, nowMs - 4_000, nowMs), 0);
  assert.equal(clockShift(undefined, nowMs + 3_600_000, nowMs), 3_600_000);
  assert.equal(clockShift(head(3_600_000), nowMs + 3_598_000, nowMs), 3_600_000);
  assert.equal(clockShift(head(3_600_000), nowMs, nowMs), 0);
});
