// F2: whatever is looked at, in whatever pieces, as long as the truth stands still there is nothing to tell.
import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { addCoverage, covers } from "../../src/detect/coverage-memory.ts";
import type { CoverageArea } from "../../src/model/coverage.ts";
import { type Endpoint, transports } from "../../src/model/endpoint.ts";
import type { Listener } from "../../src/model/listener.ts";
import { listener, process } from "../support/listener.ts";
import { type Memory, nothing, reloaded, takeIn } from "../support/story.ts";

const schedulesMin = 10_000;

const addresses = ["0.0.0.0", "::", "127.0.0.1", "198.18.0.1", "198.18.7.9", "2001:db8::5"];
const namespaces = [null, "container:0123456789ab", "netns:lab"];
const ports = [22, 53, 80, 443, 8080, 65_535];
const hosts = ["a", "b", "c"];
const vantages = ["itself", "north", "south"];

const endpoint: fc.Arbitrary<Endpoint> = fc.record({
  transport: fc.constantFrom(...transports),
  address: fc.constantFrom(...addresses),
  port: fc.constantFrom(...ports),
  interface: fc.constant(null),
  networkNamespace: fc.constantFrom(...namespaces),
});

const area: fc.Arbitrary<CoverageArea> = fc.record({
  transport: fc.constantFrom(...transports),
  addresses: fc.oneof(
    fc.constant("any" as const),
    fc.subarray([...addresses, "198.18.0.0/16", "2001:db8::/32", "0.0.0.0/0"]),
  ),
  ports: fc.constantFrom(
    [{ first: 0, last: 65_535 }],
    [{ first: 0, last: 1_023 }],
    [{ first: 22, last: 80 }],
    [
      { first: 53, last: 53 },
      { first: 443, last: 9_000 },
    ],
    [{ first: 8_080, last: 8_080 }],
    [],
  ),
  networkNamespaces: fc.oneof(fc.constant("any" as const), fc.subarray(namespaces)),
});

const schedule = fc.record({
  /** Host → what listens there, for ever. */
  truth: fc.tuple(
    ...hosts.map(() => fc.uniqueArray(endpoint, { maxLength: 12, selector: (one) => JSON.stringify(one) })),
  ),
  looks: fc.array(
    fc.record({
      host: fc.nat(hosts.length - 1),
      vantage: fc.nat(vantages.length - 1),
      coverage: fc.array(area, { maxLength: 3 }),
      /** A look that failed brings nothing and covers nothing. */
      lost: fc.boolean(),
      waitMs: fc.constantFrom(500, 1_000, 2_000, 60_000, 86_400_000, 10 * 86_400_000),
      reload: fc.boolean(),
    }),
    { minLength: 1, maxLength: 12 },
  ),
});

interface Fleet {
  /** Beliefs are of the host, coverage of the host and the vantage. */
  readonly beliefs: Map<number, Memory["beliefs"]>;
  readonly coverage: Map<string, Memory["coverage"]>;
}

test(`${schedulesMin} schedules of partial looks at a fixed truth tell nothing`, () => {
  let looks = 0;
  let beliefs = 0;
  fc.assert(
    fc.property(schedule, ({ truth, looks: given }) => {
      const listeners = truth.map((endpoints) =>
        endpoints.map((one, index): Listener => listener(one, [process(100 + index, "served")])),
      );
      const fleet: Fleet = { beliefs: new Map(), coverage: new Map() };
      let nowMs = 1_800_000_000_000;
      for (const { host, vantage, coverage, lost, waitMs, reload } of given) {
        nowMs += waitMs;
        if (lost) continue;
        const source = `${host} ${vantage}`;
        const stored = {
          beliefs: fleet.beliefs.get(host) ?? new Map(),
          coverage: fleet.coverage.get(source) ?? [],
        };
        const memory = reload ? reloaded(stored) : stored;
        const seen = (listeners[host] ?? []).filter(covers(coverage));
        const look = { basis: "full", listeners: seen, gone: [] } as const;
        const taken = takeIn(memory, look, { nowMs, coverage, hostId: hosts[host] ?? "" });
        assert.deepEqual(taken.outcome.events, []);
        fleet.beliefs.set(host, taken.memory.beliefs);
        fleet.coverage.set(source, taken.memory.coverage);
        looks += 1;
        beliefs += seen.length;
      }
    }),
    { numRuns: schedulesMin },
  );
  assert.ok(looks > schedulesMin && beliefs > schedulesMin, `${looks} looks saw ${beliefs} endpoints`);
});

test("the same schedules do tell of what opens where somebody had looked", () => {
  let told = 0;
  fc.assert(
    fc.property(fc.array(area, { minLength: 1, maxLength: 3 }), endpoint, (coverage, opened) => {
      const empty = { basis: "full", listeners: [], gone: [] } as const;
      const before = takeIn(nothing, empty, { nowMs: 1_000, coverage });
      const seen = [opened].filter(covers(coverage)).map((one) => listener(one, [process(1, "served")]));
      let { memory } = before;
      let events = 0;
      for (const nowMs of [3_000, 5_000]) {
        const taken = takeIn(memory, { basis: "full", listeners: seen, gone: [] }, { nowMs, coverage });
        memory = taken.memory;
        events += taken.outcome.events.length;
      }
      assert.equal(events, seen.length);
      told += events;
    }),
    { numRuns: 2_000 },
  );
  assert.ok(told > 100);
});

test("the memory of coverage is exactly the union of all looks", () => {
  fc.assert(
    fc.property(fc.array(fc.array(area, { maxLength: 3 }), { maxLength: 8 }), endpoint, (looks, one) => {
      const memory = looks.reduce(addCoverage, []);
      assert.equal(
        covers(memory)(one),
        looks.some((coverage) => covers(coverage)(one)),
      );
      for (const coverage of looks) assert.equal(addCoverage(memory, coverage), memory);
    }),
    { numRuns: 10_000 },
  );
});
