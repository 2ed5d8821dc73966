// 1,000,000 endpoints on 1,000 hosts, from batches of bytes to stored events, through the same door as the server.
// Arguments: hosts (1000) and endpoints per host (1000).
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Application } from "../src/app/application.ts";
import { openApplication } from "../src/app/open.ts";
import { systemClock } from "../src/base/clock.ts";
import { endpointKey } from "../src/model/endpoint.ts";
import type { IntakeAnswer } from "../src/model/intake.ts";
import { embeddedStore } from "../src/store/location.ts";
import { bytesOf, fleetAgent, identity, listener, listeners } from "../test/store/fleet.ts";

const hosts = Number(process.argv[2] ?? 1_000);
const perHost = Number(process.argv[3] ?? 1_000);
const changed = Math.max(1, Math.round(perHost / 100));
/** Cycles with 1 % change: the first one runs code and reads pages that nothing has touched yet. */
const rounds = 7;
const inFlight = 128;
/** Bodies are made outside the measured time, so many at once. */
const groupHosts = 250;

const folder = mkdtempSync(join(tmpdir(), "portolan-bench-"));
const started = performance.now();
const app: Application = await openApplication({
  dataFolder: folder,
  version: "bench",
  clock: systemClock,
  report: (level, message, facts) => console.error(level, message, facts),
});
console.log(`opened in ${Math.round(performance.now() - started)} ms`);
const location = embeddedStore(folder).slice("sqlite:".length);
const fleet: { readonly hostId: string; readonly agent: ReturnType<typeof fleetAgent> }[] = [];
for (let host = 0; host < hosts; host += 1) {
  const { hostId } = await app.enrol("bench", identity(host));
  fleet.push({ hostId, agent: fleetAgent(host) });
}

interface Row {
  readonly step: string;
  readonly endpoints: number;
  readonly ms: number;
  readonly "endpoints/s": number;
  readonly events: number;
  readonly "loop p99 ms": number;
  readonly "loop max ms": number;
  /** Of all threads: what is left of it when the machine is busy with other things. */
  readonly "CPU ms": number;
  readonly "rows written": number;
  readonly "RSS MB": number;
}
const rows: Row[] = [];

/** ms from the first batch handed over to the last one answered. */
async function cycle(step: string, body: (host: number) => Uint8Array): Promise<number> {
  const before = await app.rowsWritten();
  let cpuMs = 0;
  let loopP99Ms = 0;
  let loopMaxMs = 0;
  let ms = 0;
  let events = 0;
  for (let first = 0; first < hosts; first += groupHosts) {
    const bodies = Array.from({ length: Math.min(groupHosts, hosts - first) }, (_, index) =>
      body(first + index),
    );
    // A new one each time: one that is enabled again counts the time in between, when bodies are made, as delay.
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const start = performance.now();
    const cpuBefore = process.cpuUsage();
    const answers = await sendAll(first, bodies);
    ms += performance.now() - start;
    const used = process.cpuUsage(cpuBefore);
    cpuMs += (used.user + used.system) / 1_000;
    delay.disable();
    loopP99Ms = Math.max(loopP99Ms, delay.percentile(99) / 1e6);
    loopMaxMs = Math.max(loopMaxMs, delay.max / 1e6);
    for (const answer of answers) events += answer.events;
  }
  const after = await app.rowsWritten();
  rows.push({
    step,
    endpoints: hosts * perHost,
    ms: Math.round(ms),
    "endpoints/s": Math.round((hosts * perHost * 1_000) / ms),
    events,
    "loop p99 ms": Math.round(loopP99Ms * 10) / 10,
    "loop max ms": Math.round(loopMaxMs * 10) / 10,
    "CPU ms": Math.round(cpuMs),
    "rows written": after - before,
    "RSS MB": Math.round(process.memoryUsage.rss() / 1e6),
  });
  console.log(JSON.stringify(rows.at(-1)));
  return ms;
}

async function sendAll(first: number, bodies: readonly Uint8Array[]): Promise<IntakeAnswer[]> {
  const answers: IntakeAnswer[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < bodies.length) {
      const index = next;
      next += 1;
      // As requests come: one after the other, not all in one turn of the loop.
      await nextTurn();
      const { hostId } = fleet[first + index] ?? { hostId: "" };
      answers.push(await app.ingest({ hostId, body: bodies[index] ?? new Uint8Array() }));
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return answers;
}

const agentOf = (host: number) => fleet[host]?.agent ?? fleetAgent(host);
const range = (count: number, from = 0): number[] =>
  Array.from({ length: count }, (_, index) => from + index);

await cycle("initial load, full looks", (host) =>
  bytesOf(agentOf(host).batch({ basis: "full", listeners: listeners(host, perHost) })),
);
await cycle("no change, same looks", (host) => bytesOf(agentOf(host).batch({ basis: "same" })));
await cycle("no change, same looks again", (host) => bytesOf(agentOf(host).batch({ basis: "same" })));
await cycle("no change, full looks", (host) =>
  bytesOf(agentOf(host).batch({ basis: "full", listeners: listeners(host, perHost) })),
);
/** Half of the changes are new endpoints, half another program on a known one. */
const changedListener = (host: number, index: number) =>
  index % 2 === 0 ? listener(host, perHost + index * 10) : listener(host, index, 1);
const deltas = [];
for (let round = 0; round < rounds; round += 1) {
  deltas.push(
    await cycle(`1 % change, deltas (${round + 1})`, (host) => {
      const listeners = range(changed, round * changed).map((index) => changedListener(host, index));
      return bytesOf(agentOf(host).batch({ basis: "delta", listeners }));
    }),
  );
}
const latest = (host: number, all: number) => [
  ...range(perHost).map((index) =>
    index < all && index % 2 === 1 ? changedListener(host, index) : listener(host, index),
  ),
  ...range(all)
    .filter((index) => index % 2 === 0)
    .map((index) => changedListener(host, index)),
];
await cycle("1 % change, full looks", (host) =>
  bytesOf(agentOf(host).batch({ basis: "full", listeners: latest(host, (rounds + 1) * changed) })),
);
const stopped = range(changed, (rounds + 2) * changed);
await cycle("1 % gone, deltas: first miss", (host) =>
  bytesOf(
    agentOf(host).batch({ basis: "delta", gone: stopped.map((index) => endpointKey(listener(host, index))) }),
  ),
);
await new Promise((resolve) => setTimeout(resolve, 2_500));
await cycle("1 % gone, same looks: down", (host) => bytesOf(agentOf(host).batch({ basis: "same" })));

console.table(rows);
deltas.sort((a, b) => a - b);
console.log(
  `1 % change as deltas: median ${Math.round(deltas[rounds >> 1] ?? 0)} ms (${Math.round(deltas[0] ?? 0)}–${Math.round(deltas.at(-1) ?? 0)})`,
);
console.log(`database ${Math.round(statSync(location).size / 1e6)} MB`);
await app.close();
const again = performance.now();
const reopened = await openApplication({
  dataFolder: folder,
  version: "bench",
  clock: systemClock,
  report: () => undefined,
});
const { total } = await reopened.read.ports({ limit: 100 });
console.log(`opened again with ${total} open ports in ${Math.round(performance.now() - again)} ms`);
await reopened.close();
if (process.argv[4] === "keep") console.log(folder);
else rmSync(folder, { recursive: true, force: true });
