import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { tcpCounts } from "../../test/support/connection-sample.ts";
import { aConnectionBatch, aSample, busySample } from "../../test/support/connections.ts";
import { PortolanError } from "../base/errors.ts";
import { connectionSamplesMax, type ConnectionBatch } from "./connection-intake.ts";
import { parseConnectionBatch, type ConnectionBatchOfSchema } from "./connection-intake-schema.ts";
import type { ConnectionSample } from "./connection-sample.ts";

/** Holds the schema equal to the interface: a difference fails the type check. */
const fits = (value: ConnectionBatchOfSchema): ConnectionBatch => value;

const atMs = 1_790_000_000_000;
const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function refusal(value: unknown): string {
  try {
    parseConnectionBatch(value);
  } catch (error) {
    assert.ok(error instanceof PortolanError && error.code === "invalid");
    return error.message;
  }
  return "taken";
}

test("a batch as agents send it is taken as it is", () => {
  const batch = json(aConnectionBatch([aSample({ atMs }), busySample(atMs + 10_000)]));
  assert.deepEqual(fits(parseConnectionBatch(batch) as ConnectionBatchOfSchema), batch);
});

test("a counter that not every agent reads may be there or not", () => {
  const counters = { ...busySample(atMs).counters, passiveOpens: 7 };
  const batch = json(aConnectionBatch([{ ...aSample({ atMs }), counters } as ConnectionSample]));
  assert.deepEqual(parseConnectionBatch(batch), batch);
});

test("what is out of its bounds is refused with the path", () => {
  const [port] = busySample(atMs).ports;
  const [remote] = busySample(atMs).remotes;
  const wrong: readonly (readonly [Partial<Record<keyof ConnectionSample, unknown>>, RegExp])[] = [
    [{ atMs: -1 }, /samples\.0\.atMs/],
    [{ udp: 0.5 }, /samples\.0\.udp/],
    [{ udp: 1e12 }, /samples\.0\.udp/],
    [{ tcp: { ...tcpCounts(), SYN_RECV: 1 } }, /samples\.0\.tcp/],
    [{ tcp: { LISTEN: 1 } }, /samples\.0\.tcp/],
    [{ remotes: [{ ...remote, remote: "10.0.0.01" }] }, /samples\.0\.remotes\.0\.remote/],
    [{ remotes: [{ ...remote, remote: "<script>" }] }, /samples\.0\.remotes\.0\.remote/],
    [{ prefixes: [{ ...remote, remote: "203.0.113.7/24" }] }, /samples\.0\.prefixes\.0\.remote/],
    [{ ports: [{ ...port, port: 65_536 }] }, /samples\.0\.ports\.0\.port/],
    [{ ports: [{ ...port, processes: ["a\u0007b"] }] }, /samples\.0\.ports\.0\.processes\.0/],
    [{ ports: Array.from({ length: 51 }, () => port) }, /samples\.0\.ports/],
    [{ processes: [{ name: "nginx", pid: -1, states: {} }] }, /samples\.0\.processes\.0\.pid/],
    [{ more: 1 } as object, /samples\.0/],
  ];
  for (const [change, path] of wrong) {
    const sample = { ...aSample({ atMs }), ...change } as ConnectionSample;
    assert.match(refusal(json(aConnectionBatch([sample], { sentAtMs: atMs }))), path);
  }
});

test("samples out of order, of the future, none or too many are refused", () => {
  const one = aSample({ atMs });
  assert.match(refusal(json(aConnectionBatch([one, one]))), /order of their time/);
  assert.match(refusal(json(aConnectionBatch([one], { sentAtMs: atMs - 1 }))), /sentAtMs/);
  assert.match(refusal(json(aConnectionBatch([]))), /samples/);
  const many = Array.from({ length: connectionSamplesMax + 1 }, (_, index) =>
    aSample({ atMs: atMs + index }),
  );
  assert.match(refusal(json(aConnectionBatch(many))), /samples/);
});

test("whatever stands in the body, it is taken or refused", () => {
  const batch = JSON.stringify(aConnectionBatch([aSample({ atMs })]));
  const places = [...batch.matchAll(/[\d"[{]/g)].map(({ index }) => index);
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.jsonValue(), (at, value) => {
      const text = batch.slice(0, at) + JSON.stringify(value) + batch.slice(at + 1);
      let parsed: unknown;
      try {
        parsed = JSON.parse(text);
      } catch {
        return;
      }
      refusal(parsed);
    }),
    { numRuns: 5_000 },
  );
  fc.assert(fc.property(fc.jsonValue(), (value) => assert.notEqual(refusal(value), "taken")));
});
