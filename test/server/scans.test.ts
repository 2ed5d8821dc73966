import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { settingsDefaults } from "../../src/app/settings.ts";
import { newId } from "../../src/base/id.ts";
import type { IntakeAnswer, IntakeBatch } from "../../src/model/intake.ts";
import type { ScanAssignment, ScanPlan, ScanRun } from "../../src/model/scan-plan.ts";
import type { Page, PortRecord, ScanRunRecord } from "../../src/store/rows.ts";
import type { Problem } from "../../src/server/problem.ts";
import { listener, process } from "../support/listener.ts";
import { Lookout } from "../support/lookout.ts";
import { openWorld, type World } from "./world.ts";

const scope = { scope: ["198.18.0.0/24", "2001:db8::/120"], exclude: ["198.18.0.200"] };
const order = { name: "harbour", targets: ["198.18.0.0/28"], ports: "22,80,443" };

async function scanWorld(t: TestContext): Promise<World> {
  const world = await openWorld({ settings: { ...settingsDefaults, scan: scope } });
  t.after(() => world.close());
  return world;
}

async function addPlan(world: World, changes: object = {}): Promise<ScanPlan> {
  const answer = await world.people.operator.post("/scan-plans", { ...order, ...changes });
  assert.equal(answer.status, 201, await answer.clone().text());
  return (await answer.json()) as ScanPlan;
}

async function lease(world: World): Promise<ScanAssignment | null> {
  const answer = await world.tokens.scan.post("/scan-node/lease", undefined);
  assert.equal(answer.status, 200, await answer.clone().text());
  return ((await answer.json()) as { assignment: ScanAssignment | null }).assignment;
}

/** A scan that was started by hand and taken up by the node. */
async function leased(world: World): Promise<ScanAssignment> {
  const { id } = await addPlan(world);
  const started = await world.people.operator.post(`/scan-plans/${id}/scans`, undefined);
  assert.equal(started.status, 201);
  const assignment = await lease(world);
  assert.ok(assignment);
  return assignment;
}

let sequence = 0;

function lookAt(runId: string, address: string, open: readonly number[], asked = "1-1000"): IntakeBatch {
  const [first = 0, last = 0] = asked.split("-").map(Number);
  sequence += 1;
  return {
    batchId: newId(),
    runId,
    sequence,
    source: { kind: "scanner", version: "0" },
    host: { hostname: address, machineId: null, addresses: [address], operatingSystem: null },
    look: {
      view: "outside",
      vantage: "token-scan",
      basis: "full",
      revision: 0,
      baseRevision: 0,
      startedAtMs: Date.now(),
      endedAtMs: Date.now(),
      coverage: [
        { transport: "tcp", addresses: [address], ports: [{ first, last }], networkNamespaces: [null] },
      ],
      listeners: open.map((port) => ({
        transport: "tcp",
        address,
        port,
        interface: null,
        networkNamespace: null,
        scope: "address",
        sockets: 1,
        processes: [],
        leaders: [],
        ownerUnknown: null,
      })),
      gone: [],
      limits: [],
    },
  };
}

async function tell(world: World, batch: IntakeBatch): Promise<IntakeAnswer> {
  const answer = await world.tokens.scan.post("/intake", batch);
  assert.equal(answer.status, 200, await answer.clone().text());
  return (await answer.json()) as IntakeAnswer;
}

interface Row {
  readonly hostId: string;
  readonly hostName: string;
  readonly view: string;
  readonly port: number;
}

test("a plan is kept as it was ordered, with the defaults filled in", async (t) => {
  const world = await scanWorld(t);
  const plan = await addPlan(world, { schedule: { kind: "every", minutes: 60 } });
  assert.equal(plan.engine, "auto");
  assert.equal(plan.missTarget, 0.001);
  assert.equal(plan.nextRunMs, plan.createdAtMs + 3_600_000);
  const list = await world.people.viewer.json<{ rows: ScanPlan[]; scope: object }>("/scan-plans");
  assert.deepEqual(list.rows, [plan]);
  assert.deepEqual(list.scope, scope);
});

test("a plan that is not understood, or leaves the scope, is refused with the entry that is wrong", async (t) => {
  const world = await scanWorld(t);
  const cases = [
    [{ targets: ["198.18.0.1-0"] }, 400, /targets\.0.*begins with the larger address/],
    [{ ports: "22,x" }, 400, /ports.*character 4/],
    [{ ports: "22", excludePorts: "1-100" }, 400, /leaves no port/],
    [{ bandwidth: "fast" }, 400, /bandwidth.*no data rate/],
    [{ targets: ["198.18.1.1"] }, 403, /198\.18\.1\.1 lies outside of the declared scope/],
    [{ targets: ["198.18.0.200"] }, 400, /No address is left/],
    [{ targets: ["label:stage=lab"] }, 400, /No address is left/],
  ] as const;
  for (const [changes, status, detail] of cases) {
    const answer = await world.people.operator.post("/scan-plans", { ...order, ...changes });
    assert.equal(answer.status, status, JSON.stringify(changes));
    assert.match(((await answer.json()) as Problem).detail, detail);
  }
  const { rows } = await world.people.viewer.json<{ rows: ScanPlan[] }>("/scan-plans");
  assert.deepEqual(rows, []);
});

test("without a declared scope nothing can be planned", async (t) => {
  const world = await openWorld();
  t.after(() => world.close());
  const answer = await world.people.operator.post("/scan-plans", order);
  assert.equal(answer.status, 403);
  assert.match(((await answer.json()) as Problem).detail, /No scope is declared/);
});

test("two plans of one name are one too many", async (t) => {
  const world = await scanWorld(t);
  await addPlan(world);
  const answer = await world.people.operator.post("/scan-plans", order);
  assert.equal(answer.status, 409);
});

test("a scan that was started waits, and is given to the node that asks", async (t) => {
  const world = await scanWorld(t);
  const { id } = await addPlan(world);
  const run = (await (
    await world.people.operator.post(`/scan-plans/${id}/scans`, undefined)
  ).json()) as ScanRun;
  assert.equal(run.state, "waiting");
  assert.equal((await world.people.operator.post(`/scan-plans/${id}/scans`, undefined)).status, 409);
  const assignment = await lease(world);
  assert.equal(assignment?.runId, run.id);
  assert.deepEqual(assignment.targets, ["198.18.0.0-198.18.0.15"]);
});

test("a scan whose node asks for another is begun anew, twice and no more", async (t) => {
  const world = await scanWorld(t);
  await leased(world);
  assert.ok(await lease(world));
  assert.ok(await lease(world));
  assert.equal(await lease(world), null);
  const { rows } = await world.people.viewer.json<Page<ScanRun>>("/scans");
  assert.deepEqual(
    rows.map(({ state, attempt }) => [state, attempt]),
    [
      ["failed", 3],
      ["failed", 2],
      ["failed", 1],
    ],
  );
});

test("what a node reports is told, and a stop reaches it", async (t) => {
  const world = await scanWorld(t);
  const { runId } = await leased(world);
  const sample = {
    elapsedMs: 2_000,
    done: 0.5,
    pass: 1,
    probes: 24,
    packetsPerSecond: 12,
    bytesPerSecond: 700,
    open: 1,
    closed: 20,
    filtered: 0,
    loss: 0.01,
  };
  const lane = { address: "198.18.0.1", open: 1, closed: 2, filtered: 0, silent: 0, everywhere: false };
  const report = (changes: object) =>
    world.tokens.scan.post(`/scan-node/scans/${runId}/report`, {
      samples: [],
      lanes: [],
      end: null,
      outcome: null,
      ...changes,
    });
  assert.deepEqual(await (await report({ samples: [sample], lanes: [lane] })).json(), { goOn: true });
  const detail = await world.people.viewer.json<ScanRunRecord>(`/scans/${runId}`);
  assert.deepEqual(detail.samples, [sample]);
  assert.deepEqual(detail.lanes, [lane]);
  assert.deepEqual(detail.latest, sample);
  assert.equal(detail.hosts, 16);
  assert.equal(detail.packets, 48);
  const stopped = (await (
    await world.people.operator.post(`/scans/${runId}/stop`, undefined)
  ).json()) as ScanRun;
  assert.equal(stopped.state, "stopped");
  assert.deepEqual(await (await report({ end: { state: "done" } })).json(), { goOn: false });
  const { state } = await world.people.viewer.json<ScanRunRecord>(`/scans/${runId}`);
  assert.equal(state, "stopped");
});

test("what is seen from outside joins the host that has the address, any other address stands by itself", async (t) => {
  const world = await scanWorld(t);
  const { runId } = await leased(world);
  await tell(world, lookAt(runId, "198.18.0.1", [22]));
  await tell(world, lookAt(runId, "198.18.0.2", [80]));
  await tell(world, lookAt(runId, "198.18.0.3", []));
  const { rows } = await world.people.viewer.json<Page<Row>>("/ports");
  const told = rows.map(({ hostName, view, port }) => [hostName, view, port]);
  assert.deepEqual(told, [
    ["harbour-1", "outside", 22],
    ["198.18.0.2", "outside", 80],
  ]);
  const hosts = await world.people.viewer.json<Page<{ hostname: string }>>("/hosts");
  assert.deepEqual(
    hosts.rows.map(({ hostname }) => hostname),
    ["198.18.0.2", "harbour-1"],
  );
});

test("a port seen from outside is joined with who holds it inside, and the other way round", async (t) => {
  const world = await scanWorld(t);
  const { runId } = await leased(world);
  const inside = new Lookout();
  const nginx = [process(7, "nginx")];
  const listeners = [
    listener({ address: "0.0.0.0", port: 80 }, nginx),
    listener({ address: "127.0.0.1", port: 443 }, nginx),
  ];
  assert.equal((await world.tokens.intake.post("/intake", inside.full(listeners))).status, 200);
  await tell(world, lookAt(runId, "198.18.0.1", [80, 443]));
  const { rows } = await world.people.viewer.json<Page<PortRecord>>("/ports");
  const told = rows.map(({ view, port, elsewhere }) => [
    `${view} ${port}`,
    elsewhere.map((other) => `${other.view} ${other.process} ${other.vantage}`),
  ]);
  assert.deepEqual(Object.fromEntries(told), {
    "inside 80": ["outside null token-scan"],
    "outside 80": ["inside nginx null"],
    "inside 443": [],
    "outside 443": [],
  });
});

test("a new and a vanished port are asked about again before anything is said", async (t) => {
  const world = await scanWorld(t);
  const { runId } = await leased(world);
  const address = "198.18.0.2";
  const events = async () =>
    (await world.people.viewer.json<Page<{ kind: string; endpoint: { port: number } }>>("/events")).rows.map(
      ({ kind, endpoint }) => `${kind} ${endpoint.port}`,
    );
  await tell(world, lookAt(runId, address, [80]));
  assert.deepEqual((await tell(world, lookAt(runId, address, [80]))).verify, []);

  const first = await tell(world, lookAt(runId, address, [80, 443]));
  assert.deepEqual(first.verify, ["tcp/198.18.0.2:443"]);
  assert.equal(first.lookAgainInMs, 1_000);
  assert.deepEqual(await events(), []);
  await tell(world, lookAt(runId, address, [443], "443-443"));
  assert.deepEqual(await events(), ["new 443"]);

  const gone = await tell(world, lookAt(runId, address, [443]));
  assert.deepEqual(gone.verify, ["tcp/198.18.0.2:80"]);
  await sleep(2_100);
  assert.deepEqual((await tell(world, lookAt(runId, address, [], "80-80"))).verify, ["tcp/198.18.0.2:80"]);
  assert.deepEqual(await events(), ["new 443"]);
  assert.deepEqual((await tell(world, lookAt(runId, address, [], "80-80"))).verify, []);
  assert.deepEqual(await events(), ["down 80", "new 443"]);
});

test("a node speaks only of addresses that its scan asks for, and only as itself", async (t) => {
  const world = await scanWorld(t);
  const { runId } = await leased(world);
  const { look, ...batch } = lookAt(runId, "198.18.0.5", [80]);
  const cases = [
    [lookAt(runId, "198.18.0.99", [80]), 403],
    [lookAt(newId(), "198.18.0.5", [80]), 403],
    [{ ...batch, look: { ...look, vantage: "another" } }, 400],
    [{ ...batch, look: { ...look, view: "inside", vantage: null } }, 400],
    [{ ...batch, look: { ...look, coverage: [{ ...look.coverage[0], addresses: "any" }] } }, 400],
    [{ ...batch, host: { ...batch.host, addresses: ["198.18.0.5", "198.18.0.6"] }, look }, 400],
    [{ ...batch, source: { kind: "agent", version: "0" }, look }, 400],
  ] as const;
  for (const [body, status] of cases) {
    const answer = await world.tokens.scan.post("/intake", body);
    assert.equal(answer.status, status, await answer.text());
  }
  const own = await world.tokens.intake.post("/intake", lookAt(runId, "198.18.0.5", [80]));
  assert.equal(own.status, 403);
});

test("a plan that is due is queued by itself, and not on top of itself", async (t) => {
  const world = await scanWorld(t);
  await addPlan(world, { schedule: { kind: "every", minutes: 1 } });
  assert.equal(await lease(world), null);
  world.clock.forwardMs += 61_000;
  const assignment = await lease(world);
  assert.ok(assignment);
  const { total, rows } = await world.people.viewer.json<Page<ScanRun>>("/scans");
  assert.equal(total, 1);
  assert.equal(rows[0]?.askedBy, "schedule");
});
