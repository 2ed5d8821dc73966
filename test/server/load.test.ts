import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Listener } from "../../src/model/listener.ts";
import { amount } from "../support/amount.ts";
import { listener, listenerOn, process as aProcess } from "../support/listener.ts";
import { hostNamed, Lookout } from "../support/lookout.ts";
import { Caller } from "./caller.ts";
import { startServerProcess, type ServerProcess } from "./server-process.ts";

const hosts = amount("PORTOLAN_HOSTS", { short: 100, long: 1_000 });
const listenersPerHost = 1_000;
const rows = hosts * listenersPerHost;
/** Per host: so many events stand in the lists before they are asked for. */
const eventsPerHost = amount("PORTOLAN_EVENTS", { short: 10, long: listenersPerHost });
const sendersAtOnce = 4;

/** No answer takes so long but one that never comes. */
const hangMs = 60_000;
/** How often the same cycle is sent while the lists are asked for. */
const cycles = 3;

let server: ServerProcess;
before(async () => {
  server = await startServerProcess(hosts);
});
after(() => server.stop());

const programs = ["sshd", "nginx", "redis-server", "postgres", "java", "node", "python3", "mysqld"];

/** The first `changed` of them are held by another program. */
function listenersOf(host: number, changed = 0): Listener[] {
  const listeners = Array.from({ length: listenersPerHost }, (_, index) => {
    const name = programs[(host + index + (index < changed ? 1 : 0)) % programs.length] as string;
    const address = `198.18.${host & 255}.${index & 255}`;
    const port = 1_024 + ((index * 37 + host) % 60_000);
    return listener({ address, port }, [aProcess(index + 2, name)]);
  });
  return shuffled(listeners);
}

function shuffled<Item>(items: Item[]): Item[] {
  for (let at = items.length - 1; at > 0; at -= 1) {
    const other = Math.floor(Math.random() * (at + 1));
    [items[at], items[other]] = [items[other] as Item, items[at] as Item];
  }
  return items;
}

async function deliver(index: number, body: string): Promise<void> {
  const agent = new Caller(server.url, server.intakeTokens[index]);
  for (;;) {
    const response = await agent.request("POST", "/api/v1/intake", undefined, {
      body,
      headers: { "content-type": "application/json" },
      signal: AbortSignal.timeout(hangMs),
    });
    const text = await response.text();
    if (response.status === 200) return;
    assert.equal(response.status, 503, text);
    await sleep(100);
  }
}

/** A full look of every host; ms. */
async function sendAll(seenBy: (host: number) => readonly Listener[]): Promise<number> {
  const bodies = lookouts.map((lookout, host) => JSON.stringify(lookout.full(seenBy(host))));
  const order = shuffled(bodies.map((_, index) => index));
  const start = performance.now();
  const sender = async (): Promise<void> => {
    for (let index = order.pop(); index !== undefined; index = order.pop())
      await deliver(index, bodies[index] as string);
  };
  await Promise.all(Array.from({ length: sendersAtOnce }, sender));
  return performance.now() - start;
}

const percentile = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;

/** Asks every list again and again until told to stop; ms per path. */
function askLists(cookie: string): { readonly stop: () => Promise<Map<string, number[]>> } {
  const paths = [
    "/ports?limit=100",
    "/ports?sort=process&limit=100",
    "/ports?sort=-lastChange&limit=100",
    "/ports?port=1024-2000&limit=100",
    "/events?limit=100",
    "/events?kind=new&limit=100",
    "/hosts?limit=100",
    "/overview",
    "/ports/facets",
    "/ports?q=redis&limit=100",
  ];
  const times = new Map<string, number[]>(paths.map((path) => [path, []]));
  const state = { asking: true };
  const viewer = new Caller(server.url);
  viewer.cookie = cookie;
  const done = (async () => {
    while (state.asking) {
      for (const path of paths) {
        const start = performance.now();
        const response = await viewer.request("GET", `/api/v1${path}`, undefined, {
          signal: AbortSignal.timeout(hangMs),
        });
        await response.arrayBuffer();
        times.get(path)?.push(performance.now() - start);
        assert.equal(response.status, 200, path);
      }
    }
    return times;
  })();
  return {
    stop: () => {
      state.asking = false;
      return done;
    },
  };
}

const lookouts = Array.from({ length: hosts }, (_, index) => new Lookout(hostNamed(`host-${index}`)));

test(`L1 ${rows.toLocaleString("en")} shuffled observations through the API are all there, each once`, async (context) => {
  await server.report();
  const ms = await sendAll((host) => listenersOf(host));
  const report = await server.report();
  const viewer = new Caller(server.url);
  viewer.cookie = server.viewerCookie;
  const { total } = await viewer.json<{ total: number }>("/ports?limit=1");
  const rate = (rows / ms) * 1_000;
  context.diagnostic(
    `L1 ${rows} rows in ${(ms / 1_000).toFixed(1)} s: ${rate.toFixed(0)} rows/s, RSS ${report.rssMiB.toFixed(0)} MiB, ` +
      `loop p99 ${report.loopP99Ms.toFixed(1)} ms, max ${report.loopMaxMs.toFixed(1)} ms`,
  );
  assert.equal(total, rows);
});

test("L4 every list answers while a cycle with 1 % new ports is taken in", async (context) => {
  await sendAll((host) => listenersOf(host, eventsPerHost));
  const asking = askLists(server.viewerCookie);
  const fresh = Array.from({ length: listenersPerHost / 100 }, (_, port) => listenerOn(62_000 + port));
  let ms = 0;
  for (let cycle = 0; cycle < cycles; cycle += 1)
    ms += await sendAll((host) => [...listenersOf(host, eventsPerHost), ...fresh]);
  const times = await asking.stop();
  const report = await server.report();
  const viewer = new Caller(server.url);
  viewer.cookie = server.viewerCookie;
  const { total } = await viewer.json<{ total: number }>("/ports?limit=1&port=62000-62009");
  assert.equal(total, rows / 100);
  const events = await viewer.json<{ total: number }>("/events?limit=1");
  assert.equal(events.total, hosts * eventsPerHost + rows / 100);
  context.diagnostic(
    `L4 ${rows * cycles} rows seen again beside ${events.total} events in ${(ms / 1_000).toFixed(1)} s, loop p99 ${report.loopP99Ms.toFixed(1)} ms, RSS ${report.rssMiB.toFixed(0)} MiB`,
  );
  for (const [path, list] of times) {
    const sorted = list.toSorted((a, b) => a - b);
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map((part) => percentile(sorted, part)) as [
      number,
      number,
      number,
    ];
    assert.ok(sorted.length > 0, `${path} was never asked`);
    context.diagnostic(
      `L4 ${path}: p50 ${p50.toFixed(1)}, p95 ${p95.toFixed(1)}, p99 ${p99.toFixed(1)} ms (${sorted.length}×)`,
    );
  }
});
