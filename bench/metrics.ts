// What a scrape costs: GET /metrics over HTTP, of hosts with full tables of connections and a hundred ports each.
// Arguments: numbers of hosts (100 1000).
import { performance } from "node:perf_hooks";
import { settingsDefaults } from "../src/app/settings.ts";
import { fleetAgent, bytesOf, identity, listeners } from "../test/store/fleet.ts";
import { openWorld, type World } from "../test/server/world.ts";
import { aConnectionBatch, busySample } from "../test/support/connections.ts";
import { load, median, spread } from "./rig/contest.ts";

const given = process.argv.slice(2).map(Number);
const fleets = given.length > 0 ? given : [100, 1_000];
const portsPerHost = 100;
const scrapes = 15;
const configurations = {
  "no series of ports": { ports: [], portSeriesMax: 500 },
  "500 series of ports": { ports: [{ first: 0, last: 65_535 }], portSeriesMax: 500 },
};
const formats = { prometheus: "text/plain", openmetrics: "application/openmetrics-text" };

async function tellAll(world: World, hosts: number): Promise<() => Promise<void>> {
  const ids: string[] = [];
  for (let host = 0; host < hosts; host += 1) {
    const { hostId } = await world.app.enrol("bench", identity(host));
    ids.push(hostId);
    const look = fleetAgent(host).full(listeners(host, portsPerHost));
    await world.app.ingest({ hostId, body: bytesOf(look) });
  }
  return async () => {
    for (const [host, hostId] of ids.entries()) {
      const batch = aConnectionBatch([busySample(Date.now())], { host: identity(host) });
      await world.app.takeConnections({ hostId, body: Buffer.from(JSON.stringify(batch)) });
    }
  };
}

async function scrape(world: World, accept: string): Promise<string> {
  const answer = await world.tokens.read.request("GET", "/metrics", undefined, { headers: { accept } });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.text();
}

const rows: Record<string, string | number>[] = [];
for (const hosts of fleets) {
  const world = await openWorld({ quiet: true });
  try {
    const tell = await tellAll(world, hosts);
    for (const [what, metrics] of Object.entries(configurations)) {
      await world.app.reconfigure({ ...settingsDefaults, metrics });
      for (const [format, accept] of Object.entries(formats)) {
        await tell();
        const times: number[] = [];
        let page = await scrape(world, accept);
        world.server.state.loop.resetDelay();
        const cpu = process.cpuUsage();
        for (let round = 0; round < scrapes; round += 1) {
          const startMs = performance.now();
          page = await scrape(world, accept);
          times.push(performance.now() - startMs);
        }
        const { user, system } = process.cpuUsage(cpu);
        rows.push({
          hosts,
          what,
          format,
          "ms median": median(times).toFixed(1),
          range: spread(times, 1),
          "CPU ms": ((user + system) / 1e3 / scrapes).toFixed(1),
          "loop max ms": world.server.state.loop.delayMs(100).toFixed(1),
          series: page.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length,
          kB: Math.round(page.length / 1e3),
        });
      }
    }
  } finally {
    await world.close();
  }
}
console.table(rows);
console.log(`load ${load()}`);
