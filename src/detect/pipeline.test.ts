import assert from "node:assert/strict";
import test from "node:test";
import { fullCoverage, listener, process } from "../../test/support/listener.ts";
import { rule } from "../../test/support/rule.ts";
import { type Memory, nothing, takeIn } from "../../test/support/story.ts";
import type { Listener } from "../model/listener.ts";
import { covers } from "./coverage-memory.ts";
import { indexRules } from "./judge.ts";
import { type DetectInput, detect } from "./pipeline.ts";

const full = (...listeners: Listener[]) => ({ basis: "full", listeners, gone: [] }) as const;
const served = listener({}, [process(1, "served")]);
const afterFirst = (...listeners: Listener[]): Memory =>
  takeIn(nothing, full(...listeners), { nowMs: 0 }).memory;

function freeze<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value) && !ArrayBuffer.isView(value)) {
    Object.freeze(value);
    for (const child of Object.values(value)) freeze(child);
  }
  return value;
}

test("what comes in is not changed, and the same comes out of it", () => {
  const { memory } = takeIn(afterFirst(), full(served, listener({ port: 1 }, [])), { nowMs: 1_000 });
  const everything = covers(fullCoverage);
  const input: DetectInput = freeze({
    host: { id: "host", hostname: "web1", addresses: ["192.0.2.1"], labels: {} },
    view: "inside",
    nowMs: 5_000,
    clockStepMs: 0,
    beliefs: [...memory.beliefs.values()],
    seen: [listener({}, [process(2, "other")]), listener({ port: 9 }, [process(3, "third")])],
    covers: everything,
    wasCovered: everything,
    rules: indexRules([rule({ action: "forbid", process: "third" })]),
    policy: { lookBackMs: 1, missesToDown: 1, missSpanMs: 0, sightingsToNew: { tcp: 1, udp: 1, sctp: 1 } },
    newId: () => "id",
  });
  const outcome = detect(input);
  assert.deepEqual(
    outcome.events.map(({ kind, endpoint, verdict }) => [kind, endpoint.port, verdict.action]),
    [
      ["changed", 8080, "none"],
      ["new", 9, "forbid"],
      ["down", 1, "none"],
    ],
  );
  assert.deepEqual(detect(input), outcome);
});

test("a look that changes nothing writes nothing", () => {
  const { outcome } = takeIn(afterFirst(served), full(structuredClone(served)), { nowMs: 60_000 });
  assert.deepEqual(outcome, { moved: [], forgotten: [], events: [], pending: false });
});

test("a miss and a first UDP sighting ask for another look, until it is decided", () => {
  const missed = takeIn(afterFirst(served), full(), { nowMs: 1_000 });
  assert.ok(missed.outcome.pending);
  const again = takeIn(missed.memory, full(), { nowMs: 2_000 });
  assert.ok(again.outcome.pending);
  const down = takeIn(again.memory, full(), { nowMs: 3_000 });
  assert.ok(!down.outcome.pending);
  assert.equal(down.outcome.events[0]?.kind, "down");

  const udp = listener({ transport: "udp" }, [process(1, "served")]);
  assert.ok(takeIn(nothing, full(udp), { nowMs: 0 }).outcome.pending);
});

test("what waits outside the coverage does not ask for another look", () => {
  const missed = takeIn(afterFirst(served), full(), { nowMs: 1_000 });
  const elsewhere = fullCoverage.map((area) => ({ ...area, ports: [{ first: 1, last: 1 }] }));
  const { outcome } = takeIn(missed.memory, full(), { nowMs: 9_000, coverage: elsewhere });
  assert.deepEqual([outcome.pending, outcome.moved.length], [false, 0]);
});

test("each piece of evidence is named", () => {
  const kinds = (memory: Memory, ...seen: Listener[]) => {
    const taken = takeIn(memory, full(...seen), { nowMs: 1_000 });
    return { memory: taken.memory, kinds: taken.outcome.moved.flatMap(({ evidence }) => evidence) };
  };
  const seen = kinds(nothing, served);
  assert.deepEqual(seen.kinds, ["seen"]);
  const missed = kinds(seen.memory);
  assert.deepEqual(missed.kinds, ["missed"]);
  assert.deepEqual(kinds(missed.memory, served).kinds, ["returned"]);
  const other = listener({}, [process(9, "other")]);
  assert.deepEqual(kinds(missed.memory, other).kinds, ["returned", "owner"]);
  assert.deepEqual(kinds(seen.memory, other).kinds, ["owner"]);
});

test("what is ignored is not recorded", () => {
  const rules = indexRules([rule({ process: "served" })]);
  const { outcome } = takeIn(afterFirst(), full(served), { nowMs: 1_000, rules });
  assert.deepEqual([outcome.moved, outcome.events], [[], []]);
});

test("what is ignored from now on is forgotten without a word, seen or not", () => {
  const rules = indexRules([rule({ process: "served" })]);
  for (const look of [full(served), full()]) {
    const { outcome } = takeIn(afterFirst(served), look, { nowMs: 9_000, rules });
    assert.deepEqual([outcome.moved, outcome.events, outcome.forgotten.length], [[], [], 1]);
  }
});

test("a restart of the same program is written, so that its new pid is shown, and not told", () => {
  const { outcome } = takeIn(afterFirst(served), full(listener({}, [process(77, "served")])), {
    nowMs: 1_000,
  });
  assert.deepEqual(outcome.events, []);
  assert.equal(outcome.moved[0]?.after.processes[0]?.pid, 77);
});

test("endpoints that differ only in device or namespace are apart", () => {
  const places = [
    {},
    { interface: "eth0" },
    { networkNamespace: "netns:a" },
    { transport: "udp" as const },
    { address: "::" },
    { address: "::ffff:0.0.0.0" },
  ].map((place) => listener(place, [process(1, "served")]));
  const memory = afterFirst(...places);
  assert.equal(memory.beliefs.size, places.length);
  assert.deepEqual(takeIn(memory, full(...places.toReversed()), { nowMs: 1_000 }).outcome.events, []);
});
