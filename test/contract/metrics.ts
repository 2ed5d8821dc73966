import assert from "node:assert/strict";
import type { ConnectionHead } from "../../src/model/connection-head.ts";
import { busySample } from "../support/connections.ts";
import type { Clauses } from "./clauses.ts";
import { addHosts, belief, quick, startMs, write } from "./samples.ts";

export const metrics: Clauses = {
  "what metrics are made of is told of the hosts known longest": async ({ writer, reader }) => {
    const sample = busySample(startMs);
    const head: ConnectionHead = { atMs: startMs, clockShiftMs: 0, counters: sample.counters, open: [] };
    await writer.transaction(quick, async (changes) => {
      await addHosts(changes, 3);
      const gone = await changes.host("host-0");
      if (gone !== undefined) await changes.saveHost({ ...gone, retiredAtMs: startMs });
      for (const host of ["host-0", "host-2", "host-1"]) await changes.saveConnectionHead(host, head, sample);
      await changes.saveBeliefs([
        write(belief(1, 1)),
        write(belief(1, 2), { highRisk: "redis" }),
        write(belief(1, 3, { state: "down" })),
        write(belief(1, 4, { view: "outside" })),
        write(belief(1, 5, { state: "unverified", sightings: 1 })),
      ]);
    });
    const { hosts, hostsInAll, connections, ports, scanRuns, scanPlans } = await reader.metricRows({
      hostsMax: 1,
      ports: true,
    });
    assert.deepEqual([hosts.map(({ id }) => id), hostsInAll], [["host-1"], 2]);
    const [told, ...others] = connections;
    assert.deepEqual(others, []);
    assert.deepEqual([told?.hostId, told?.atMs, told?.tcp], ["host-1", startMs, sample.tcp]);
    const { counters, conntrack, ephemeral } = sample;
    assert.deepEqual(
      [told?.counters, told?.conntrack, told?.ephemeral, told?.ports],
      [counters, conntrack, ephemeral, sample.ports],
    );
    assert.deepEqual(
      ports.toSorted((a, b) => (a.view < b.view ? -1 : 1)),
      [
        { hostId: "host-1", view: "inside", up: 2, down: 1, highRisk: 1 },
        { hostId: "host-1", view: "outside", up: 1, down: 0, highRisk: 0 },
      ],
    );
    assert.deepEqual([scanRuns, scanPlans], [[], []]);
    assert.equal((await reader.metricRows({ hostsMax: 10, ports: false })).connections.length, 2);
  },
};
