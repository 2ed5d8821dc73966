// How long a sweep of 2,000 hosts takes on a link of 1 Mbit/s, and how much memory: the real sweep and pace over a
// network that is made up, and a small part of it for real, beside the simulation of that part.
// Arguments: hosts of the simulation (2,000), hosts of the real run (4: 1:500, two minutes; 40: 1:50).
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { listenIn } from "../test/scan/listening.ts";
import { targetPrefix, type Road } from "../test/scan/road.ts";
import { scanMadeUp } from "../test/support/made-up-network.ts";
import { load } from "./rig/contest.ts";
import { onRoad } from "./rig/on-road.ts";

const [simulatedHosts = 2_000, realHosts = 4] = process.argv.slice(2).map(Number);
const program = join(import.meta.dirname, "../bin/portolan");
const bandwidth = { text: "1mbit", bytesPerSecond: 125_000 } as const;
const everyPort = Uint16Array.from({ length: 65_535 }, (_, index) => index + 1);
/** Of each host; of four hosts the last is silent where nobody listens. */
const openPorts = [22, 80, 443, 3_306, 8_080];
const isSilent = (host: number): boolean => host % 4 === 3;
const missTarget = 0.001;
const memoryMs = 20_000;

function simulate(hosts: number, loss: number): number {
  const isOpenPort = new Set(openPorts);
  let found = 0;
  const startMs = performance.now();
  const { probes, ms, progress } = scanMadeUp(
    { hosts, ports: everyPort, isOpen: (_, port) => isOpenPort.has(port), isSilent, loss },
    { bytesPerSecond: bandwidth.bytesPerSecond, packetsPerSecond: null, missTarget, seed: 1 },
    () => (found += 1),
  );
  const passes = (probes / (hosts * everyPort.length)).toFixed(3);
  console.log(
    `simulated, ${hosts} hosts × 65,535, ${loss * 100} % lost each way: ${(ms / 3_600_000).toFixed(2)} h ` +
      `(${(ms / 1_000).toFixed(1)} s), ${passes} × one pass, found ${found} of ${hosts * openPorts.length}, ` +
      `recall ${progress.recall?.toFixed(5)}; took ${((performance.now() - startMs) / 1_000).toFixed(0)} s, ` +
      `most memory ${(process.resourceUsage().maxRSS / 1_024).toFixed(0)} MB`,
  );
  return ms;
}

/** `198.19.0.0` and those that follow. */
const lastAddress = (hosts: number): string => `198.19.${(hosts - 1) >> 8}.${(hosts - 1) & 255}`;

interface Summary {
  readonly probes: number;
  readonly loss: number | null;
}

async function scanForReal(road: Road, simulatedMs: number): Promise<void> {
  const closePorts = await listenIn(road.target, openPorts);
  for (let host = 0; host < realHosts; host += 1)
    if (isSilent(host)) road.silence(`198.19.0.${host}`, openPorts);
  road.shape(bandwidth.text, "6kb");
  const words = ["scan", `198.19.0.0-${lastAddress(realHosts)}`, "-p", "-", "--scope", targetPrefix];
  const startMs = performance.now();
  const child = road.scanner.spawn(program, [...words, "--bandwidth", bandwidth.text, "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  await once(child, "close");
  const ms = performance.now() - startMs;
  const found = text.match(/"type":"endpoint"/g)?.length ?? 0;
  const { probes, loss } = JSON.parse(text.trim().split("\n").at(-1) ?? "") as Summary;
  console.log(
    `real, ${realHosts} hosts × 65,535: ${(ms / 1_000).toFixed(1)} s, ÷ simulated ${(ms / simulatedMs).toFixed(3)}, ` +
      `${(probes / (realHosts * everyPort.length)).toFixed(3)} × one pass, loss ${loss?.toFixed(4)}, found ${found} of ${realHosts * openPorts.length}; load ${load()}`,
  );
  await closePorts();
  for (const device of ["west", "east"]) road.router.run("tc", "qdisc", "del", "dev", device, "root");
}

/** The whole plan, begun for real and ended after a while: what the process took at most. */
async function measureMemory(road: Road, engine: string): Promise<void> {
  const words = ["scan", `198.19.0.0-${lastAddress(2_000)}`, "-p", "-", "--scope", targetPrefix];
  const child = road.scanner.spawn(program, [...words, "--engine", engine, "--json"], {
    stdio: ["ignore", "ignore", "ignore"],
  });
  await sleep(memoryMs);
  const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
  const kilobytes = Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1]);
  child.kill("SIGINT");
  await once(child, "exit");
  console.log(
    `2,000 hosts × 65,535 with --engine ${engine}, ${memoryMs / 1_000} s of it: at most ${Math.round(kilobytes / 1_024)} MB`,
  );
}

for (const loss of [0, 0.005]) simulate(simulatedHosts, loss);
await onRoad(["tc", "nft", "python3", "sysctl"], async (road) => {
  for (const engine of ["syn", "connect"]) await measureMemory(road, engine);
  if (realHosts > 0) await scanForReal(road, simulate(realHosts, 0));
});
