// How much is read to decide; how long that takes is shown by `npm run bench -- detect`.
import assert from "node:assert/strict";
import test from "node:test";
import { createJudge, indexRules } from "../../src/detect/judge.ts";
import { detect } from "../../src/detect/pipeline.ts";
import { rulesByKind } from "../support/rule.ts";
import { watched } from "../support/watched.ts";
import { crowd, fromOutside, looked, served, servedBy } from "./crowd.ts";

test("an endpoint that did not change moves nothing, and is read as often among 40,000 as among 400", (context) => {
  const readsPerEndpoint = [400, 4_000, 40_000].map((count) => {
    const seen = crowd(count);
    const beliefs = watched(detect({ ...looked, beliefs: [], seen }).moved.map(({ after }) => after));
    const again = watched(fromOutside(seen));
    const outcome = detect({ ...looked, beliefs: beliefs.value, seen: again.value });
    assert.deepEqual([outcome.moved, outcome.events, outcome.forgotten], [[], [], []]);
    return (beliefs.reads() + again.reads()) / count;
  });
  context.diagnostic(
    `fields read per endpoint: ${readsPerEndpoint.map((reads) => reads.toFixed(1)).join(", ")}`,
  );
  assert.ok(Math.max(...readsPerEndpoint) <= 70, String(readsPerEndpoint));
});

/** The part of the rules that cannot be told away by an index: those are weighed, once each. */
const weighedPart: Readonly<Record<string, number>> = {
  "wide ranges": 1,
  "one process": 1,
  "wide blocks": 1,
  labels: 1 / 7,
};
const readsPerRule = 24;
const readsPerObservation = 100;

for (const [kind, rules] of rulesByKind(10_000)) {
  test(`I8 10,000 rules that name ${kind}: each is weighed at most once, and the index spares most`, (context) => {
    const index = watched(indexRules(rules));
    const judge = createJudge(index.value, looked.host, "inside", 0);
    judge.verdict(served, servedBy);
    const before = index.reads();
    judge.verdict(served, servedBy);
    const reads = index.reads() - before;
    context.diagnostic(`${reads} fields read for one observation`);
    assert.ok(
      reads <= readsPerObservation + readsPerRule * rules.length * (weighedPart[kind] ?? 0),
      String(reads),
    );
  });
}
