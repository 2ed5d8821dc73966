import assert from "node:assert/strict";
import test from "node:test";
import { agentCaps } from "../../src/agent/self-watch.ts";
import { whyNoNamespaces } from "../support/namespace.ts";
import { measureAgent } from "./agent-cost.ts";
import { isLong } from "./rig.ts";

const corePercentMax = 1;

test(
  "L13: an agent among 5,000 sockets takes at most 1 % of a core and stays below its cap of memory",
  { skip: whyNoNamespaces("sysctl"), timeout: 180_000 },
  async (t) => {
    const cost = await measureAgent({ listeners: 300, connections: 2350, seconds: isLong ? 60 : 16 });
    t.diagnostic(
      `${cost.corePercent.toFixed(2)} % of a core, ${cost.rssMiB.toFixed(0)} MiB, peak ${cost.peakMiB.toFixed(0)} MiB`,
    );
    assert.ok(cost.corePercent <= corePercentMax, `${cost.corePercent} %`);
    assert.ok(cost.peakMiB * 1024 * 1024 <= agentCaps.rssBytesMax, `${cost.peakMiB} MiB`);
  },
);
