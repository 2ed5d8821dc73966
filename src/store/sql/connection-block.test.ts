import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { busySample } from "../../../test/support/connections.ts";
import {
  closeSlice,
  connectionCounters,
  connectionFills,
  connectionGauges,
  connectionTopKinds,
  historySteps,
  mergeSlices,
  sliceOf,
  type ConnectionSlice,
} from "../../model/connection-history.ts";
import { decodeBlock, encodeBlock } from "./connection-block.ts";

const minuteMs = 60_000;
const sum = fc.oneof(
  fc.nat(200),
  fc.maxSafeNat().map((value) => Math.floor(value / 4)),
);
const nullable = fc.option(
  fc.oneof(
    fc.nat(10),
    fc.maxSafeNat().map((value) => Math.floor(value / 4)),
  ),
);
const exactly = <Value>(of: fc.Arbitrary<Value>, length: number) =>
  fc.array(of, { minLength: length, maxLength: length });

/** Any values that a slice can have: no mean is above its peak. */
const slices: fc.Arbitrary<ConnectionSlice[]> = fc
  .array(
    fc.record({
      later: fc.integer({ min: 1, max: 100 }),
      samples: fc.integer({ min: 1, max: 400 }),
      sums: exactly(sum, connectionGauges.length),
      above: exactly(fc.nat(1_000), connectionGauges.length),
      counters: exactly(nullable, connectionCounters.length),
      fills: exactly(nullable, connectionFills.length),
      tops: exactly(
        fc.array(fc.record({ name: fc.string({ unit: "binary", maxLength: 8 }), sum, above: fc.nat(99) }), {
          maxLength: 4,
        }),
        connectionTopKinds.length,
      ),
    }),
    { maxLength: 12 },
  )
  .map((drawn) => {
    let startMs = 0;
    return drawn.map(({ later, samples, sums, above, counters, fills, tops }) => {
      const peakOf = (value: number, more: number): number =>
        samples === 1 ? value : Math.ceil(value / samples) + more;
      return {
        startMs: (startMs += later * minuteMs),
        samples,
        sums,
        peaks: sums.map((value, index) => peakOf(value, above[index] ?? 0)),
        counters,
        fills,
        tops: tops.map((rows) =>
          rows.map((row) => ({ name: row.name, sum: row.sum, peak: peakOf(row.sum, row.above) })),
        ),
      };
    });
  });

test("a block read again is what was written", () => {
  fc.assert(
    fc.property(slices, (written) => {
      assert.deepEqual(decodeBlock(encodeBlock(written, minuteMs), minuteMs), written);
    }),
    { numRuns: 1_000 },
  );
});

test("without the busiest a block reads as it does with them, but for these", () => {
  fc.assert(
    fc.property(slices, (written) => {
      const bare = written.map((slice) => ({ ...slice, tops: connectionTopKinds.map(() => []) }));
      assert.deepEqual(decodeBlock(encodeBlock(written, minuteMs), minuteMs, false), bare);
    }),
  );
});

/** One block of each step as a busy host fills it, in bytes per slice. */
function bytesPerSlice(index: number): number {
  const { stepMs, blockMs, tops } = historySteps[index] ?? historySteps[0];
  const startMs = 1_790_035_200_000;
  const every = Math.max(10_000, stepMs / 60);
  const block = Array.from({ length: blockMs / stepMs }, (_, at) => {
    const samples = Array.from({ length: stepMs / every }, (_, sample) =>
      sliceOf(busySample(startMs + at * stepMs + sample * every), undefined, stepMs),
    );
    return closeSlice(samples.reduce(mergeSlices), tops);
  });
  return encodeBlock(block, stepMs).length / block.length;
}

/** What docs/connections-history.md promises of a host with full tables and other remotes every hour. */
const yearBytesMax = 8_000_000;

test("a year of a busy host takes no more than is promised", () => {
  const bytes = historySteps.map(({ keptMs, stepMs }, index) => bytesPerSlice(index) * (keptMs / stepMs));
  const year = bytes.reduce((sum, each) => sum + each);
  assert.ok(year <= yearBytesMax, `${Math.round(year)} = ${bytes.map(Math.round).join(" + ")}`);
});
