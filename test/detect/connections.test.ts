import assert from "node:assert/strict";
import test from "node:test";
import type { ConnectionSample } from "../../src/model/connection-sample.ts";
import {
  type ConnectionMemory,
  nothingWatched,
  watchConnections,
} from "../../src/detect/connections/watch.ts";
import { amount } from "../support/amount.ts";
import { madeUpHost, type MadeUpHost, noCounters } from "../support/made-up-host.ts";
import { randomOf } from "../support/random.ts";
import { type Trouble, troublesFor } from "./connection-floods.ts";

const dayMs = 86_400_000;
const days = 7;
const startMs = Date.UTC(2026, 10, 16);
const seeds = amount("CONNECTION_SEEDS", { short: 2, long: 25 });
const stepMs = amount("CONNECTION_STEP_MS", { short: 60_000, long: 10_000 });
/** Samples between two moments at which every trouble is tried. */
const troubleEvery = amount("CONNECTION_TROUBLE_EVERY", { short: 600, long: 1_500 });
/** Learned before: from then on floods are tried. */
const knownMs = 7_200_000;

interface Tried {
  count: number;
  found: number;
  right: number;
  late: number;
}

/** One week of one host; `each` may look at the moment, and try what it likes from there. */
function week(
  host: MadeUpHost,
  each: (memory: ConnectionMemory, sample: ConnectionSample, index: number) => void,
): string[] {
  const alarms: string[] = [];
  let memory = nothingWatched;
  let counters = noCounters;
  let lastMs = startMs;
  let index = 0;
  for (let atMs = startMs; atMs < startMs + days * dayMs; index++) {
    const sample = host.sample(atMs, atMs - lastMs, counters);
    const outcome = watchConnections(memory, sample, { expected: host.expected });
    for (const { verdict, change } of outcome.changes) {
      if (verdict.severity !== "look")
        alarms.push(`${new Date(atMs).toISOString()} ${verdict.kind} ${change}`);
    }
    memory = outcome.memory;
    counters = sample.counters ?? noCounters;
    lastMs = atMs;
    each(memory, sample, index);
    atMs += outcome.lookAgain ? 1_000 : stepMs;
  }
  return alarms;
}

/** The trouble begins somewhere between two samples that are 10 s apart. */
function tryTrouble(
  host: MadeUpHost,
  before: ConnectionMemory,
  sample: ConnectionSample,
  trouble: Trouble,
  onsetMs: number,
  tried: Tried,
): void {
  let memory = before;
  let last = sample;
  tried.count++;
  for (let atMs = sample.atMs + 10_000; atMs < onsetMs + trouble.endMs;) {
    const planted = trouble.planted(atMs - onsetMs);
    const now = host.sample(atMs, atMs - last.atMs, last.counters ?? noCounters, planted);
    const outcome = watchConnections(memory, now, { expected: host.expected });
    const verdict = outcome.firing.find(({ kind, severity }) => kind === trouble.kind && severity !== "look");
    if (verdict) {
      const delayMs = atMs - onsetMs;
      const isNamed = verdict.sources.length > 0 || !trouble.names(delayMs);
      tried.found++;
      tried.right += Number(isNamed && verdict.sources.every(({ remote }) => trouble.isGuilty(remote)));
      // What one sample leaves open is asked again a second later.
      tried.late += Number(delayMs > trouble.soonMs + 1_000);
      return;
    }
    memory = outcome.memory;
    last = now;
    atMs += outcome.lookAgain ? 1_000 : 10_000;
  }
}

test("a week of rhythm, deploys, load tests and crowds is no alarm, and floods in it are found and named", (t) => {
  const tried = new Map<string, Tried>();
  for (let seed = 1; seed <= seeds; seed++) {
    const host = madeUpHost(seed, startMs, days);
    const random = randomOf(seed * 7_919);
    const draw = (low: number, high: number): number => low + (high - low) * random();
    const alarms = week(host, (memory, sample, index) => {
      const calm = memory.held.every(({ state }) => state === "ended");
      if (index % troubleEvery !== 0 || sample.atMs < startMs + knownMs || !calm) return;
      for (const trouble of troublesFor(sample, draw)) {
        const entry = tried.get(trouble.name) ?? { count: 0, found: 0, right: 0, late: 0 };
        tried.set(trouble.name, entry);
        tryTrouble(host, memory, sample, trouble, sample.atMs + draw(100, 9_900), entry);
      }
    });
    assert.deepEqual(alarms, [], `seed ${seed}`);
  }
  for (const [name, { count, found, right, late }] of tried) {
    t.diagnostic(`${name}: ${found} of ${count} found, ${right} named rightly, ${late} late`);
    assert.ok(count >= 10, `${name} was tried ${count} times only`);
    assert.ok(found >= 0.99 * count, `${name}: ${found} of ${count} found`);
    assert.ok(right >= 0.95 * found, `${name}: ${right} of ${found} named rightly`);
    assert.ok(late <= 0.01 * count, `${name}: ${late} of ${count} late`);
  }
});
