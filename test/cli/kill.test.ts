// F1 with everything that `up` starts: its server and its local agent are killed in turns while this machine opens
// ports and other hosts deliver batches.
import assert from "node:assert/strict";
import { createServer, type Server } from "node:net";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openApplication } from "../../src/app/open.ts";
import { systemClock } from "../../src/base/clock.ts";
import { lanes, type Lanes } from "../app/lanes.ts";
import { Caller } from "../server/caller.ts";
import { identity } from "../store/fleet.ts";
import { amount } from "../support/amount.ts";
import { agentOf, freePort, portolan, up, withFolder, type Up } from "./portolan.ts";

const kills = amount("PORTOLAN_KILLS", { short: 4, long: 50 });
const hosts = 4;
const answerMsMax = 10_000;
const settledMsMax = 30_000;
const openEveryMs = 150;
/** Below those that the system gives to whoever asks for any: a port that had another owner lately is not new. */
const portMin = 12_000;

interface Found {
  readonly kind: string;
  readonly hostId: string;
  readonly endpoint: { readonly port: number };
}

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  const lastMs = performance.now() + settledMsMax;
  while (!(await holds().catch(() => false))) {
    assert.ok(performance.now() < lastMs, "it never came");
    await sleep(50);
  }
}

/** Opens a port every now and then until stopped, and keeps all of them. */
function openPorts(): { readonly held: Map<number, Server>; readonly stop: () => Promise<void> } {
  const held = new Map<number, Server>();
  const state = { opening: true };
  const done = (async () => {
    for (let port = portMin; state.opening; port += 1) {
      const server = createServer();
      const listens = await new Promise<boolean>((resolve) => {
        server.once("error", () => resolve(false));
        server.listen(port, "127.0.0.1", () => resolve(true));
      });
      if (listens) held.set(port, server);
      await sleep(openEveryMs);
    }
  })();
  return {
    held,
    stop: () => {
      state.opening = false;
      return done;
    },
  };
}

/** Hosts that deliver besides this machine's own agent; their tokens. */
async function enrolFleet(dataFolder: string): Promise<string[]> {
  const app = await openApplication({
    dataFolder,
    version: "test",
    clock: systemClock,
    report: () => undefined,
  });
  const tokens: string[] = [];
  for (let host = 0; host < hosts; host += 1)
    tokens.push((await app.enrol("test", identity(host))).tokenSecret);
  await app.close();
  return tokens;
}

/** They deliver until told to stop; `refused` is what no retry can mend. */
function deliver(
  url: string,
  tokens: readonly string[],
): { readonly fleet: Lanes; readonly refused: string[] } {
  const refused: string[] = [];
  const fleet = lanes(hosts);
  fleet.run(async (host, body) => {
    const response = await fetch(`${url}/api/v1/intake`, {
      method: "POST",
      headers: { authorization: `Bearer ${tokens[host]}`, "content-type": "application/json" },
      body: Buffer.from(body),
      signal: AbortSignal.timeout(answerMsMax),
    });
    const text = await response.text();
    if (response.status !== 200 && response.status < 500) refused.push(text);
    assert.equal(response.status, 200);
  });
  return { fleet, refused };
}

/** One event per acknowledged batch of each host, and one per port that was opened here. */
async function check(caller: Caller, fleet: Lanes, opened: readonly number[]): Promise<void> {
  const events = await caller.all<Found>("/events");
  const known = await caller.all<{ id: string; hostname: string }>("/hosts");
  for (let host = 0; host < hosts; host += 1) {
    const id = known.find(({ hostname }) => hostname === identity(host).hostname)?.id;
    const found = events.filter(({ hostId }) => hostId === id).map(({ endpoint }) => endpoint.port);
    assert.equal(new Set(found).size, found.length, `host ${host}: told twice`);
    assert.equal(found.length, fleet.acknowledged[host], `host ${host}: as many as acknowledged`);
  }
  const others = Array.from({ length: hosts }, (_, host) => identity(host).hostname);
  const here = known.find(({ hostname }) => !others.includes(hostname))?.id;
  for (const port of opened) {
    const told = events.filter(({ hostId, endpoint }) => hostId === here && endpoint.port === port);
    assert.deepEqual(
      told.map(({ kind }) => kind),
      ["new"],
      `port ${port}`,
    );
  }
}

test(
  `F1 server and agent killed ${kills} times each under load: nothing acknowledged is lost, nothing is told twice`,
  { timeout: 300_000 + kills * 20_000 },
  async (t) => {
    await withFolder(async (folder) => {
      const tokens = await enrolFleet(folder);
      const listen = `127.0.0.1:${await freePort()}`;
      const start = (): Promise<Up> => up(["--data", folder, "--listen", listen]);
      let server = await start();
      t.after(() => server.stop("SIGKILL"));
      const made = await portolan(["token", "create", "reader", "--scope", "read", "--data", folder]);
      const caller = new Caller(server.url, made.stdout.trim());
      const seen = (port: number): Promise<void> =>
        eventually(async () => (await caller.json<{ total: number }>(`/ports?port=${port}`)).total > 0);
      await seen(Number(new URL(server.url).port));

      const { fleet, refused } = deliver(server.url, tokens);
      const ports = openPorts();
      t.after(() => ports.held.forEach((held) => held.close()));
      for (let kill = 0; kill < kills; kill += 1) {
        await sleep(100 + Math.random() * 900);
        process.kill(await agentOf(server), "SIGKILL");
        await sleep(100 + Math.random() * 900);
        await server.stop("SIGKILL");
        server = await start();
      }
      await ports.stop();
      await fleet.stop();
      assert.deepEqual(refused, []);

      const opened = [...ports.held.keys()];
      await Promise.all(opened.slice(-3).map(seen));
      await check(caller, fleet, opened);
      await server.stop();
      const { stdout } = await portolan(["doctor", "--json", "--data", folder]);
      const { findings } = JSON.parse(stdout) as { findings: readonly { check: string; state: string }[] };
      assert.equal(findings.find(({ check }) => check === "database")?.state, "good");
      t.diagnostic(`${2 * kills} kills, ${fleet.total} batches acknowledged, ${opened.length} ports opened`);
    });
  },
);
