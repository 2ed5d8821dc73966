// Counts when told to, and says what it cost: `census`, `census-closed`, `states`, `states-closed`, `sample`.
import { answerLines } from "../../test/collect/conversation.ts";
import { systemClock } from "../../src/base/clock.ts";
import { connectionStates } from "../../src/model/connection-counts.ts";
import { openConnectionSampler } from "../../src/sources/host/connection-sampler.ts";
import { openCensusTaker } from "../../src/sources/host/socket-census.ts";
import { countStates } from "../../src/sources/host/state-counts.ts";

const listed = 20;
const all = new Set(connectionStates);
/** Those that ss and netstat tell of. */
const told = new Set(connectionStates.filter((state) => state !== "CLOSED"));
const taker = await openCensusTaker(1);
const sampler = await openConnectionSampler({ listeners: () => [], clock: systemClock, seed: 1, ffi: true });

async function count(what: string): Promise<number> {
  const states = what.endsWith("-closed") ? all : told;
  if (what === "sample") {
    const { tcp, udp } = sampler.take();
    return connectionStates.reduce((sum, state) => sum + tcp[state], udp);
  }
  if (what.startsWith("states")) {
    const counted = await countStates(states);
    if ("unavailable" in counted) throw new Error(counted.unavailable);
    return connectionStates.reduce((sum, state) => sum + counted.counts[state], 0);
  }
  const { tally } = taker.take({ states, udp: false, ports: null });
  tally.topPorts(listed);
  tally.topRemotes(listed);
  return tally.sockets();
}

await answerLines(async (what) => {
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  const sockets = await count(what);
  const { user, system } = process.cpuUsage(cpu);
  return { sockets, cpuMs: (user + system) / 1000, wallMs: performance.now() - startMs };
});
