import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { tcpCounts } from "../../test/support/connection-sample.ts";
import { aSample } from "../../test/support/connections.ts";
import {
  addSlices,
  asOneSample,
  connectionCounters,
  connectionGauges,
  mergeSlices,
  sliceOf,
  type ConnectionGauge,
  type ConnectionSlice,
} from "./connection-history.ts";
import type { ConnectionCounters, ConnectionSample } from "./connection-sample.ts";

const minuteMs = 60_000;
const startMs = 1_790_000_040_000;
const at = (seconds: number, more: Partial<ConnectionSample> = {}): ConnectionSample =>
  aSample({ atMs: startMs + seconds * 1_000, ...more });
const slice = (sample: ConnectionSample): ConnectionSlice => sliceOf(sample, undefined, minuteMs);
const gauge = (of: readonly number[], name: ConnectionGauge): number =>
  of[connectionGauges.indexOf(name)] ?? Number.NaN;
const counters = (listenDrops: number): ConnectionCounters => ({
  synCookiesSent: 5,
  synCookiesReceived: 4,
  synCookiesFailed: 3,
  listenOverflows: 2,
  listenDrops,
});
const drops = ({ counters }: ConnectionSlice): number | null =>
  counters[connectionCounters.indexOf("listenDrops")] ?? null;

test("samples of one minute become its mean and its most, state by state", () => {
  const minute = [3, 300, 6]
    .map((half, index) => slice(at(index * 10, { tcp: tcpCounts({ "SYN-RECEIVED": half, LISTEN: 2 }) })))
    .reduce(mergeSlices);
  assert.equal(minute.startMs, startMs);
  assert.equal(minute.samples, 3);
  assert.equal(gauge(minute.sums, "SYN-RECEIVED") / minute.samples, 103);
  assert.equal(gauge(minute.peaks, "SYN-RECEIVED"), 300);
  assert.deepEqual([gauge(minute.sums, "LISTEN"), gauge(minute.peaks, "LISTEN")], [6, 2]);
});

test("counters are told as what came since the sample before", () => {
  const before = { atMs: startMs, counters: counters(100) };
  assert.equal(drops(sliceOf(at(10, { counters: counters(130) }), before, minuteMs)), 30);
  assert.equal(drops(sliceOf(at(10, { counters: counters(130) }), undefined, minuteMs)), null);
  assert.equal(drops(sliceOf(at(10, { counters: null }), before, minuteMs)), null);
});

test("a machine that was restarted counts from 0, whichever counter shows it", () => {
  const before = { atMs: startMs, counters: { ...counters(10), synCookiesSent: 50 } };
  assert.equal(drops(sliceOf(at(10, { counters: counters(12) }), before, minuteMs)), 12);
});

test("what was counted over a long silence belongs to no minute", () => {
  const before = { atMs: startMs, counters: counters(0) };
  assert.equal(drops(sliceOf(at(121, { counters: counters(9_000) }), before, minuteMs)), null);
  assert.equal(drops(sliceOf(at(120, { counters: counters(9_000) }), before, minuteMs)), 9_000);
});

test("the busiest are put together by their names, and a port counts its connections without the listener", () => {
  const port = (established: number) => ({
    transport: "tcp" as const,
    port: 443,
    processes: ["nginx"],
    states: { LISTEN: 1, ESTABLISHED: established },
    queue: { waiting: 64, max: 128 },
  });
  const remote = (name: string, count: number) => ({
    remote: name,
    states: { "TIME-WAIT": count },
    ports: 1,
  });
  const worker = (pid: number, count: number) => ({ name: "nginx", pid, states: { ESTABLISHED: count } });
  const minute = mergeSlices(
    slice(
      at(0, {
        ports: [port(7)],
        remotes: [remote("198.18.0.1", 4)],
        processes: [worker(1, 3), worker(2, 4)],
      }),
    ),
    slice(at(10, { ports: [port(1)], remotes: [remote("198.18.0.2", 9), remote("198.18.0.1", 1)] })),
  );
  const [ports, remotes, prefixes, processes] = minute.tops;
  assert.deepEqual(ports, [{ name: "tcp/443", sum: 8, peak: 7 }]);
  assert.deepEqual(remotes, [
    { name: "198.18.0.2", sum: 9, peak: 9 },
    { name: "198.18.0.1", sum: 5, peak: 4 },
  ]);
  assert.deepEqual(prefixes, []);
  assert.deepEqual(processes, [{ name: "nginx", sum: 7, peak: 7 }]);
  assert.deepEqual(minute.fills, [500, 10, 0]);
});

const value = fc.nat(1_000_000);
const anySlice = fc
  .record({
    seconds: fc.nat(59),
    established: value,
    half: value,
    udp: value,
    remotes: fc.uniqueArray(fc.nat(40), { maxLength: 25 }),
    conntrack: fc.option(fc.record({ count: fc.nat(99), max: fc.constant(99) })),
  })
  .map(({ seconds, established, half, udp, remotes, conntrack }) =>
    slice(
      at(seconds, {
        tcp: tcpCounts({ ESTABLISHED: established, "SYN-RECEIVED": half }),
        udp,
        conntrack,
        remotes: remotes.map((last) => ({
          remote: `198.18.0.${last}`,
          states: { ESTABLISHED: last + 1 },
          ports: 1,
        })),
      }),
    ),
  );

test("it does not matter in which order samples are put together, as long as no name is cut", () => {
  const few = anySlice.map((each) => ({ ...each, tops: each.tops.map((rows) => rows.slice(0, 10)) }));
  fc.assert(
    fc.property(few, few, few, (a, b, c) => {
      assert.deepEqual(mergeSlices(a, mergeSlices(b, c)), mergeSlices(mergeSlices(a, b), c));
      assert.deepEqual(mergeSlices(a, b), mergeSlices(b, a));
    }),
    { numRuns: 300 },
  );
});

test("a mean is never above the most, of one host and of the fleet", () => {
  fc.assert(
    fc.property(fc.array(anySlice, { minLength: 1, maxLength: 6 }), (slices) => {
      const merged = slices.reduce(mergeSlices);
      for (const each of [merged, asOneSample(merged), slices.map(asOneSample).reduce(addSlices)]) {
        for (const [index, sum] of each.sums.entries()) {
          assert.ok(sum / each.samples <= (each.peaks[index] ?? 0));
        }
      }
    }),
    { numRuns: 300 },
  );
});

test("hosts side by side add up, however often each was looked at", () => {
  const busy = [10, 20].map((established, index) =>
    slice(at(index * 10, { tcp: tcpCounts({ ESTABLISHED: established }) })),
  );
  const calm = slice(at(5, { tcp: tcpCounts({ ESTABLISHED: 1 }) }));
  const fleet = addSlices(asOneSample(busy.reduce(mergeSlices)), asOneSample(calm));
  assert.equal(fleet.samples, 2);
  assert.equal(gauge(fleet.sums, "ESTABLISHED"), 16);
  assert.equal(gauge(fleet.peaks, "ESTABLISHED"), 21);
});
