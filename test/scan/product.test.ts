import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test, { after, before } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { ScanPlan } from "../../src/model/scan-plan.ts";
import type { Page, PortEventRecord, PortRecord, ScanRunRecord } from "../../src/store/rows.ts";
import { amount } from "../support/amount.ts";
import { whyNoNamespaces } from "../support/namespace.ts";
import { listenIn } from "./listening.ts";
import { createRoad, type Road } from "./road.ts";
import { startScanServer, type ScanServer } from "./server.ts";

const skip = whyNoNamespaces("nft", "tc", "python3", "sysctl") ?? false;
const openPorts = Array.from({ length: 40 }, (_, index) => 100 + index * 37);
const hosts = 4;
const extraPort = 1_999;
const kills = amount("PORTOLAN_KILLS", { short: 5, long: 100 });

let road: Road;
let server: ScanServer;
let plan: ScanPlan;
const stops: (() => Promise<void>)[] = [];

/** Until the end, or until it is told to close them. */
async function listenOn(ports: readonly number[]): Promise<() => Promise<void>> {
  const close = await listenIn(road.target, ports);
  stops.push(close);
  return close;
}

const events = async (): Promise<string[]> =>
  (await server.get<Page<PortEventRecord>>("/events?limit=1000")).rows
    .map(({ kind, endpoint }) => `${kind} ${endpoint.address}:${endpoint.port}`)
    .sort();

before(async () => {
  if (skip !== false) return;
  road = createRoad();
  await listenOn(openPorts);
  server = await startScanServer(road.scanner, "scan:\n  scope: [198.19.0.0/24]\n");
  plan = await server.post<ScanPlan>("/scan-plans", {
    name: "harbour",
    targets: [`198.19.0.1-${hosts}`],
    ports: "1-2000",
  });
});
after(async () => {
  await server?.close();
  for (const stop of stops) await stop();
  road?.close();
});

test("a plan finds what is open from outside, and tells it as it stands", { skip }, async () => {
  const run = await server.scan(plan.id);
  assert.equal(run.state, "done");
  assert.equal(run.outcome?.engine, "syn");
  assert.equal(run.outcome.open, hosts * openPorts.length);
  const { rows } = await server.get<Page<PortRecord>>("/ports?limit=1000");
  const found = rows.map(({ view, address, port }) => `${view} ${address}:${port}`).sort();
  const wanted = [1, 2, 3, 4].flatMap((host) => openPorts.map((port) => `outside 198.19.0.${host}:${port}`));
  assert.deepEqual(found, wanted.sort());
  assert.deepEqual(await events(), [], "the first look is no news");
  const { samples, lanes } = await server.get<ScanRunRecord>(`/scans/${run.id}`);
  assert.ok(samples.length > 0);
  assert.deepEqual(
    lanes.map(({ open, closed }) => [open, closed]),
    Array.from({ length: hosts }, () => [openPorts.length, 2_000 - openPorts.length]),
  );
});

test(
  "on a path that loses every twentieth packet each way, only what really changed is told",
  { skip },
  async (t) => {
    road.lose(0.05);
    t.after(() => road.lose(0));
    const told: string[] = [];
    for (let round = 0; round < 2; round += 1) {
      const { outcome } = await server.scan(plan.id);
      told.push(`${outcome?.open} open, ${outcome?.probes} probes, loss ${outcome?.loss?.toFixed(3)}`);
    }
    t.diagnostic(told.join("; "));
    assert.deepEqual(await events(), []);
    const close = await listenOn([extraPort]);
    await server.scan(plan.id);
    const opened = [1, 2, 3, 4].map((host) => `new 198.19.0.${host}:${extraPort}`);
    assert.deepEqual(await events(), opened);
    await close();
    await server.scan(plan.id);
    const closed = [1, 2, 3, 4].map((host) => `down 198.19.0.${host}:${extraPort}`);
    assert.deepEqual(await events(), [...closed, ...opened]);
  },
);

test(
  "F14 a scan whose way there is dead, from the start or from the middle on, lets no port go down",
  { skip },
  async (t) => {
    const before = await events();
    const cut = (): void => {
      road.router.run("nft", "add table inet cut");
      road.router.run(
        "nft",
        "add chain inet cut forward { type filter hook forward priority 0; policy drop; }",
      );
    };
    const mend = (): void => void road.router.run("nft", "delete table inet cut");
    cut();
    const dead = await server.scan(plan.id);
    mend();
    assert.deepEqual(
      [dead.state, dead.problem],
      ["failed", "Nobody answered, not even where ports are known to be open."],
    );

    const slow = await server.post<ScanPlan>("/scan-plans", {
      name: "cut",
      targets: [`198.19.0.1-${hosts}`],
      ports: "1-2000",
      bandwidth: "256kbit",
    });
    const scanning = server.scan(slow.id);
    await untilRunning(slow.id);
    await sleep(4_000);
    cut();
    t.after(mend);
    const blocked = await scanning;
    assert.equal(blocked.state, "failed");
    assert.match(blocked.problem ?? "", /Everyone fell silent at once/);
    assert.equal(blocked.outcome?.blocked, true);
    assert.deepEqual(await events(), before);
  },
);

test("F3 a scan node killed again and again loses no result and invents none", { skip }, async (t) => {
  const plan = await server.post<ScanPlan>("/scan-plans", {
    name: "killed",
    targets: [`198.19.0.1-${hosts}`],
    ports: "1-2000",
    bandwidth: "1mbit",
  });
  const before = await events();
  for (let kill = 0; kill < kills; kill += 1) {
    const scanning = server.scan(plan.id);
    const running = await untilRunning(plan.id);
    await sleep(1_000 * Math.random());
    const killedMs = performance.now();
    process.kill(await scanNode(), "SIGKILL");
    const again = await untilRunning(plan.id, running.id);
    t.diagnostic(`begun anew after ${((performance.now() - killedMs) / 1_000).toFixed(1)} s`);
    assert.equal(again.attempt, 2);
    const { state, outcome } = await scanning;
    assert.equal(state, "done");
    assert.equal(outcome?.open, hosts * openPorts.length);
  }
  assert.deepEqual(await events(), before);
});

/** The scan of this plan that runs now, if it is another than `lost`. */
async function untilRunning(planId: string, lost?: string): Promise<ScanRunRecord> {
  for (;;) {
    const { rows } = await server.get<Page<ScanRunRecord>>(`/scans?planId=${planId}&limit=1`);
    const [run] = rows;
    if (run?.state === "running" && run.id !== lost) return run;
    await sleep(50);
  }
}

/** The child of the server that scans. */
async function scanNode(): Promise<number> {
  for (;;) {
    for (const pid of childrenOf(server.pid)) {
      if (readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("scan-node")) return pid;
    }
    await sleep(50);
  }
}

function childrenOf(pid: number): number[] {
  const own = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .trim()
    .split(" ")
    .filter((text) => text !== "")
    .map(Number);
  return [...own, ...own.flatMap(childrenOf)];
}

test("a scan that is stopped says nothing of what it did not see", { skip }, async () => {
  const slow = await server.post<ScanPlan>("/scan-plans", {
    name: "slow",
    targets: [`198.19.0.1-${hosts}`],
    ports: "1-2000",
    bandwidth: "64kbit",
  });
  const before = await events();
  const stopping = (async () => {
    for (;;) {
      const { rows } = await server.get<Page<ScanRunRecord>>(`/scans?planId=${slow.id}`);
      const [run] = rows;
      if (run?.state === "running" && run.latest !== null) {
        await server.post(`/scans/${run.id}/stop`);
        return;
      }
      await sleep(100);
    }
  })();
  const run = await server.scan(slow.id);
  await stopping;
  assert.equal(run.state, "stopped");
  assert.deepEqual(await events(), before);
});
