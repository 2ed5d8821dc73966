// Deciding alone, without a store: CPU of one thread, the best of some rounds (the compiler works on the same account).
import { createJudge, indexRules } from "../src/detect/judge.ts";
import { detect } from "../src/detect/pipeline.ts";
import { intakeListenersMax } from "../src/model/intake.ts";
import { parseIntakeBatch } from "../src/model/intake-schema.ts";
import { crowd, fromOutside, looked, served, servedBy } from "../test/detect/crowd.ts";
import { aBatch } from "../test/support/lookout.ts";
import { rulesByKind } from "../test/support/rule.ts";

const hosts = 250;
const portsPerHost = 400;
const looksPerHost = 10;
const observations = 50;

function bestCpuMs(rounds: number, run: () => void): number {
  const times = Array.from({ length: rounds }, () => {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  });
  return Math.min(...times);
}

const listeners = crowd(portsPerHost);
const fleet = Array.from({ length: hosts }, () => ({
  beliefs: detect({ ...looked, beliefs: [], seen: fromOutside(listeners) }).moved.map(({ after }) => after),
  seen: fromOutside(listeners),
}));
const unchangedMs = bestCpuMs(3, () => {
  for (let look = 0; look < looksPerHost; look++) {
    for (const { beliefs, seen } of fleet) detect({ ...looked, beliefs, seen });
  }
});
console.log(`${hosts * portsPerHost * looksPerHost} unchanged endpoints: ${unchangedMs.toFixed(0)} ms`);

const batch: unknown = JSON.parse(JSON.stringify(aBatch({ listeners: crowd(intakeListenersMax) })));
const readMs = bestCpuMs(6, () => void parseIntakeBatch(batch));
console.log(`a batch of ${intakeListenersMax} listeners judged: ${readMs.toFixed(0)} ms`);

for (const [kind, rules] of rulesByKind(10_000)) {
  const judge = createJudge(indexRules(rules), looked.host, "inside", 0);
  judge.verdict(served, servedBy);
  const ms = bestCpuMs(5, () => {
    for (let index = 0; index < observations; index++) judge.verdict(served, servedBy);
  });
  console.log(`10,000 rules that name ${kind}: ${(ms / observations).toFixed(3)} ms per observation`);
}
