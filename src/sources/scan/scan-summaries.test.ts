import assert from "node:assert/strict";
import test from "node:test";
import { afterDiscovery, bothSummaries } from "./scan-summaries.ts";
import type { ScanSummary } from "./scan.ts";

const summary = (more: Partial<ScanSummary>): ScanSummary => ({
  engine: "syn",
  probes: 10,
  bytes: 600,
  answers: 5,
  drops: 0,
  refused: 0,
  durationMs: 1_000,
  open: 1,
  closed: 4,
  filtered: 0,
  loss: 0.01,
  recall: 0.99,
  unreachable: 0,
  blocked: null,
  complete: true,
  ...more,
});
const udp = summary({ engine: "udp", openFiltered: 7, unsure: 2, loss: 0.05, recall: 0.9 });

test("of both transports what is counted is summed, and the worse estimate holds", () => {
  const both = bothSummaries(summary({}), udp);
  assert.deepEqual(
    [both.engine, both.probes, both.open, both.openFiltered, both.unsure, both.loss, both.recall],
    ["syn+udp", 20, 2, 7, 2, 0.05, 0.9],
  );
  assert.equal(bothSummaries(summary({ engine: "connect", loss: null }), udp).loss, 0.05);
});

test("what was stopped before it knew anything makes no claim of recall", () => {
  const both = bothSummaries(summary({}), summary({ engine: "udp", recall: null, complete: false }));
  assert.equal(both.recall, null);
  assert.equal(both.complete, false);
});

test("discovery is part of what was spent, and all of it where nobody is alive", () => {
  const found = {
    targets: { ipv4: [], ipv6: [] },
    alive: 0,
    probes: 22,
    bytes: 1_400,
    durationMs: 9_000,
    noEcho: [],
  };
  const nobody = afterDiscovery(found, "syn", undefined, true);
  assert.deepEqual([nobody.alive, nobody.probes, nobody.open, nobody.complete], [0, 22, 0, true]);
  const some = afterDiscovery({ ...found, alive: 3 }, "syn", summary({}), true);
  assert.deepEqual([some.alive, some.probes, some.durationMs, some.recall], [3, 32, 10_000, 0.99]);
});
