// What the agent costs its host at the usual interval of 2 s: `node bench/agent.ts [--quick]`; needs root.
import { whyNoNamespaces } from "../test/support/namespace.ts";
import { measureAgent } from "../test/agent/agent-cost.ts";

const quick = process.argv.includes("--quick");
const reason = whyNoNamespaces("sysctl");
if (reason !== undefined) {
  console.log(`skipped: ${reason}`);
  process.exit(0);
}
for (const connections of [0, 10_000]) {
  const { corePercent, rssMiB, peakMiB } = await measureAgent({
    listeners: 300,
    connections,
    seconds: quick ? 20 : 60,
  });
  const figures = [
    `${corePercent.toFixed(2)} % of a core`,
    `${rssMiB.toFixed(0)} MiB resident (peak ${peakMiB.toFixed(0)})`,
  ];
  console.log(`300 listeners, ${connections * 2} established sockets: ${figures.join(", ")}`);
}
