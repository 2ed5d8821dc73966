// A process that only polls: `idle.ts LOOKS INTERVAL_MS` prints what it cost.
import { setTimeout as pause } from "node:timers/promises";
import { createPoller } from "../../src/sources/host/poller.ts";

const [looks = 10, intervalMs = 2000] = process.argv.slice(2).map(Number);
const poller = await createPoller();
poller.look();
for (let index = 0; index < 50; index++) poller.look();
let inLooksMs = 0;
let fdsRead = 0;
const cpu = process.cpuUsage();
const startMs = performance.now();
for (let index = 0; index < looks; index++) {
  await pause(intervalMs);
  poller.look();
  inLooksMs += poller.cost.cpuMs;
  fdsRead += poller.cost.fdsRead;
}
const { user, system } = process.cpuUsage(cpu);
const elapsedMs = performance.now() - startMs;
poller.close();
console.log(
  JSON.stringify({
    corePercent: (user + system) / 10 / elapsedMs,
    cpuMsPerInterval: (user + system) / 1000 / looks,
    cpuMsPerLook: inLooksMs / looks,
    fdsReadPerLook: fdsRead / looks,
    rssMb: process.memoryUsage.rss() / 1e6,
  }),
);
