import assert from "node:assert/strict";
import { once } from "node:events";
import { join } from "node:path";
import test, { after, before } from "node:test";
import type { ScanPlan } from "../../src/model/scan-plan.ts";
import type { EventRecord, Page, PortRecord, ScanRunRecord } from "../../src/store/rows.ts";
import { whyNoNamespaces } from "../support/namespace.ts";
import { createRoad, type Road } from "./road.ts";
import { startScanServer, type ScanServer } from "./server.ts";

const skip = whyNoNamespaces("nft", "tc", "python3", "sysctl") ?? false;
const openPorts = Array.from({ length: 40 }, (_, index) => 100 + index * 37);
const hosts = 4;
const extraPort = 1_999;

let road: Road;
let server: ScanServer;
let plan: ScanPlan;
const stops: (() => void)[] = [];

/** Opens ports on every address of the target; returns what closes them again. */
async function listenOn(ports: readonly number[]): Promise<() => Promise<void>> {
  const words = [join(import.meta.dirname, "listeners.py"), ...ports.map(String)];
  const listeners = road.target.spawn("python3", words, { stdio: ["pipe", "pipe", "inherit"] });
  assert.ok(listeners.stdout !== null);
  await once(listeners.stdout, "data");
  const stop = (): void => void listeners.stdin?.end();
  stops.push(stop);
  return async () => {
    const ended = once(listeners, "exit");
    stop();
    await ended;
  };
}

const events = async (): Promise<string[]> =>
  (await server.get<Page<EventRecord>>("/events?limit=1000")).rows
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
  for (const stop of stops) stop();
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
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  const run = await server.scan(slow.id);
  await stopping;
  assert.equal(run.state, "stopped");
  assert.deepEqual(await events(), before);
});
