import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { watchConnections } from "../../src/agent/connection-watch.ts";
import { createConnectionUplink } from "../../src/agent/uplink.ts";
import type { FleetFindings } from "../../src/app/connection-findings.ts";
import { settingsDefaults } from "../../src/app/settings.ts";
import type { ConnectionsTaken } from "../../src/model/connection-intake.ts";
import type { ConnectionSample } from "../../src/model/connection-sample.ts";
import type { ConnectionFindings, EventRecord, Page, TroubleEventRecord } from "../../src/store/rows.ts";
import { tcpCounts } from "../support/connection-sample.ts";
import { aConnectionBatch, aSample, floodedSample } from "../support/connections.ts";
import { hostNamed } from "../support/lookout.ts";
import { openWorld, type World, type WorldOptions } from "./world.ts";

async function fresh(t: TestContext, options?: WorldOptions): Promise<World> {
  const world = await openWorld(options);
  t.after(() => world.close());
  return world;
}

const calm = (atMs: number): ConnectionSample =>
  aSample({ atMs, tcp: tcpCounts({ LISTEN: 2, ESTABLISHED: 20 }) });

/** Samples 10 s apart that end a moment ago, `c` calm, `f` flooded, `s` with some half-open ones, `l` a few. */
function history(world: World, marks: string): ConnectionSample[] {
  const endMs = world.clock.nowMs() - 1_000;
  return Array.from(marks, (mark, index) => {
    const atMs = endMs - (marks.length - 1 - index) * 10_000;
    if (mark === "c") return calm(atMs);
    return floodedSample(atMs, { f: 900, s: 45, l: 8 }[mark]);
  });
}

async function deliver(world: World, samples: readonly ConnectionSample[]): Promise<ConnectionsTaken> {
  const batch = aConnectionBatch(samples, { sentAtMs: world.clock.nowMs() });
  const answer = await world.tokens.intake.post("/intake/connections", batch);
  assert.equal(answer.status, 200, await answer.clone().text());
  return (await answer.json()) as ConnectionsTaken;
}

const events = async (world: World, query = ""): Promise<TroubleEventRecord[]> =>
  (await world.people.viewer.json<Page<EventRecord>>(`/events?sort=atMs${query}`)).rows.filter(
    (event) => "trouble" in event,
  );

const findings = (world: World): Promise<ConnectionFindings> =>
  world.people.viewer.json(`/hosts/${world.hostId}/connections/findings`);

const kindsOf = (rows: readonly TroubleEventRecord[]): string[] =>
  rows.map(({ kind, trouble }) => `${kind} ${trouble.kind} ${trouble.severity}`);

const watched = "c".repeat(30);

test("a flood is an event when it begins and when it ends, once each, however often it is delivered", async (t) => {
  const world = await fresh(t);
  const samples = history(world, `${watched}fff${"c".repeat(8)}`);
  await deliver(world, samples.slice(0, 32));
  await deliver(world, samples.slice(20, 33));
  assert.deepEqual(kindsOf(await events(world)), ["trouble syn-flood warning"]);
  const { firing, odd } = await findings(world);
  assert.deepEqual(
    firing.map(({ kind, state, sources }) => [kind, state, sources]),
    [["syn-flood", "firing", [{ remote: "203.0.113.7", count: 900 }]]],
  );
  assert.equal(odd[0]?.remote, "203.0.113.7");
  await deliver(world, samples.slice(33));
  await deliver(world, samples);
  const told = await events(world);
  assert.deepEqual(kindsOf(told), ["trouble syn-flood warning", "trouble-over syn-flood warning"]);
  assert.deepEqual(
    told.map(({ observedAtMs, trouble }) => [observedAtMs === trouble.sinceMs, trouble.state]),
    [
      [true, "firing"],
      [true, "resolved"],
    ],
  );
  assert.deepEqual((await findings(world)).firing, []);
});

test("a verdict is found among the events by kind, host and who is named, and leaves as CSV and JSON", async (t) => {
  const world = await fresh(t);
  await deliver(world, history(world, `${watched}ff`));
  for (const query of ["&kind=trouble", `&host=${world.hostId}`, "&q=203.0.113.7", "&q=syn-flood"]) {
    assert.equal((await events(world, query)).length, 1, query);
  }
  for (const query of ["&kind=new", "&kind=trouble-over", "&q=198.51.100.9", "&port=443"]) {
    assert.equal((await events(world, query)).length, 0, query);
  }
  const csv = await (await world.people.viewer.get("/events/export?format=csv")).text();
  const [header, line] = csv.split("\r\n").map((row) => row.split(","));
  const cell = (name: string): string | undefined => line?.[header?.indexOf(name) ?? -1];
  assert.deepEqual(["kind", "reason", "severity", "sources", "endpoint"].map(cell), [
    "trouble",
    "syn-flood",
    "warning",
    "203.0.113.7",
    "",
  ]);
  const json = await (await world.people.viewer.get("/events/export?format=json")).json();
  assert.match(JSON.stringify(json), /"trouble":\{"kind":"syn-flood"/);
});

test("an event of connections is announced to those who follow", async (t) => {
  const world = await fresh(t);
  const heard: unknown[] = [];
  world.app.feed.subscribe((change) => {
    if (change.kind === "change") heard.push([change.kinds.trouble, change.hostIds]);
  });
  await deliver(world, history(world, watched));
  assert.deepEqual(heard, []);
  await deliver(world, history(world, "f"));
  assert.deepEqual(heard, [[1, [world.hostId]]]);
});

test("what may be a momentary burst asks for another count soon, what is settled does not", async (t) => {
  const world = await fresh(t);
  assert.equal((await deliver(world, history(world, watched))).lookAgainInMs, null);
  const [burst] = history(world, "s");
  assert.ok(burst);
  assert.equal((await deliver(world, [burst])).lookAgainInMs, 1_000);
  assert.deepEqual(await events(world), []);
  world.clock.forwardMs += 1_000;
  const settled = await deliver(world, [{ ...burst, atMs: burst.atMs + 1_000 }]);
  assert.equal(settled.lookAgainInMs, null);
  assert.deepEqual(kindsOf(await events(world)), ["trouble syn-flood warning"]);
});

test("an agent that beats every ten minutes counts a burst again after a second, and it is told", async (t) => {
  const world = await fresh(t);
  await deliver(world, history(world, watched));
  const stop = new AbortController();
  const watching = watchConnections({
    sampler: () => floodedSample(world.clock.nowMs(), 45),
    host: () => hostNamed("harbour-1"),
    uplink: createConnectionUplink(world.url, world.tokens.intake.token ?? ""),
    version: "0.0.0-test",
    everyMs: 600_000,
    clock: world.clock,
    random: () => 0,
    say: (_level, sentence) => assert.fail(sentence),
    signal: stop.signal,
  });
  while ((await events(world)).length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  stop.abort();
  await watching;
  assert.deepEqual(kindsOf(await events(world)), ["trouble syn-flood warning"]);
});

test("a hint stands on the page and is no event", async (t) => {
  const world = await fresh(t);
  await deliver(world, history(world, "llll"));
  const { firing } = await findings(world);
  assert.deepEqual(
    firing.map(({ kind, severity }) => [kind, severity]),
    [["syn-flood", "look"]],
  );
  assert.deepEqual(await events(world), []);
});

test("who is expected is never named, from the moment that the settings say so", async (t) => {
  const world = await fresh(t);
  const manyOf = (atMs: number): ConnectionSample => ({
    ...calm(atMs),
    tcp: tcpCounts({ LISTEN: 2, ESTABLISHED: 5_000 }),
    remotes: [{ remote: "198.51.100.8", states: { ESTABLISHED: 4_900 }, ports: 1 }],
    ports: [{ transport: "tcp", port: 443, processes: [], states: { ESTABLISHED: 5_000 }, queue: null }],
  });
  await world.app.reconfigure({ ...settingsDefaults, connections: { expected: ["198.51.100.0/24"] } });
  const samples = history(world, `${watched}ccc`);
  await deliver(world, samples.slice(0, -2));
  await deliver(world, [manyOf(samples.at(-2)?.atMs ?? 0)]);
  assert.deepEqual((await findings(world)).firing, []);
  await world.app.reconfigure(settingsDefaults);
  await deliver(world, [manyOf(samples.at(-1)?.atMs ?? 0)]);
  assert.deepEqual(kindsOf(await events(world)), ["trouble connection-flood warning"]);
});

test("over all hosts the worst comes first, and a host that fell silent is marked", async (t) => {
  const world = await fresh(t);
  const all = (): Promise<FleetFindings> => world.people.viewer.json("/connections/findings");
  assert.deepEqual(await all(), { firing: [], firingTotal: 0, odd: [] });
  await deliver(world, history(world, `${watched}ff`));
  const told = await all();
  assert.deepEqual(
    told.firing.map(({ hostId, hostName, stale, verdict }) => [hostId, hostName, stale, verdict.kind]),
    [[world.hostId, "harbour-1", false, "syn-flood"]],
  );
  assert.deepEqual([told.firingTotal, told.odd[0]?.odd.remote], [1, "203.0.113.7"]);
  world.clock.forwardMs += 600_000;
  assert.equal((await all()).firing[0]?.stale, true);
  assert.equal((await world.people.viewer.get("/hosts/nobody/connections/findings")).status, 404);
});

test("an operator calls it normal: it ends, with an event and a line in the log, and is told no more", async (t) => {
  const world = await fresh(t);
  const { operator, viewer, admin } = world.people;
  const path = `/hosts/${world.hostId}/connections/accept`;
  assert.equal((await operator.post(path, { kind: "syn-flood" })).status, 404);
  const samples = history(world, `${watched}ffff`);
  await deliver(world, samples.slice(0, 31));
  assert.equal((await viewer.post(path, { kind: "syn-flood" })).status, 403);
  assert.equal((await operator.post(path, { kind: "flood" })).status, 400);
  assert.equal((await operator.post("/hosts/nobody/connections/accept", { kind: "syn-flood" })).status, 404);
  const refused = await operator.post(path, { kind: "listen-overflow" });
  assert.equal(refused.status, 409);
  assert.match(JSON.stringify(await refused.json()), /No listen-overflow fires/);
  assert.equal((await operator.post(path, { kind: "syn-flood" })).status, 204);
  assert.deepEqual((await findings(world)).firing, []);
  assert.equal((await findings(world)).odd.length, 1);
  assert.equal((await operator.post(path, { kind: "syn-flood" })).status, 409);
  await deliver(world, samples.slice(31));
  assert.deepEqual(kindsOf(await events(world)), [
    "trouble syn-flood warning",
    "trouble-over syn-flood warning",
  ]);
  const { rows } = await admin.json<{ rows: { action: string; outcome: string; actor: string }[] }>("/audit");
  const lines = rows.filter(({ action }) => action === "connections.accept").map(({ outcome }) => outcome);
  assert.deepEqual(lines.toReversed(), [
    "refused: not-found",
    "refused: not-found",
    "refused: conflict",
    "done",
    "refused: conflict",
  ]);
});
