import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { watchConnections } from "../../src/agent/connection-watch.ts";
import { createConnectionUplink } from "../../src/agent/uplink.ts";
import type {
  ConnectionHistory,
  FleetConnections,
  HostConnectionsDetail,
} from "../../src/app/connections.ts";
import type { ConnectionsTaken } from "../../src/model/connection-intake.ts";
import type { ConnectionSample } from "../../src/model/connection-sample.ts";
import { tcpCounts } from "../support/connection-sample.ts";
import { aConnectionBatch, aSample, busySample } from "../support/connections.ts";
import { hostNamed } from "../support/lookout.ts";
import { openWorld, type World } from "./world.ts";

async function fresh(t: TestContext): Promise<World> {
  const world = await openWorld();
  t.after(() => world.close());
  return world;
}

const send = (world: World, body: unknown): Promise<Response> =>
  world.tokens.intake.post("/intake/connections", body);

async function taken(answer: Promise<Response>): Promise<ConnectionsTaken> {
  const response = await answer;
  assert.equal(response.status, 200, await response.clone().text());
  return (await response.json()) as ConnectionsTaken;
}

/** One every 10 s, the last one a moment ago. */
function samples(world: World, count: number, more: Partial<ConnectionSample> = {}): ConnectionSample[] {
  const endMs = world.clock.nowMs() - 1_000;
  return Array.from({ length: count }, (_, index) =>
    aSample({
      atMs: endMs - (count - 1 - index) * 10_000,
      tcp: tcpCounts({ LISTEN: 2, ESTABLISHED: index }),
      ...more,
    }),
  );
}

test("samples that come again are known, and change nothing", async (t) => {
  const world = await fresh(t);
  const batch = aConnectionBatch(samples(world, 30));
  assert.deepEqual(await taken(send(world, batch)), { stored: 30, known: 0, tooOld: 0, lookAgainInMs: null });
  const rows = await world.app.rowsWritten();
  assert.deepEqual(await taken(send(world, batch)), { stored: 0, known: 30, tooOld: 0, lookAgainInMs: null });
  const overlapping = { ...batch, samples: batch.samples.slice(20) };
  assert.deepEqual(await taken(send(world, overlapping)), {
    stored: 0,
    known: 10,
    tooOld: 0,
    lookAgainInMs: null,
  });
  assert.equal(await world.app.rowsWritten(), rows);
});

test("what is older than the finest step is kept is not stored", async (t) => {
  const world = await fresh(t);
  const [now] = samples(world, 1);
  assert.ok(now);
  const old = { ...now, atMs: now.atMs - 86_400_000 };
  assert.deepEqual(await taken(send(world, aConnectionBatch([old, now]))), {
    stored: 1,
    known: 0,
    tooOld: 1,
    lookAgainInMs: null,
  });
});

test("bodies that are wrong in form are refused and leave nothing behind", async (t) => {
  const world = await fresh(t);
  // The first use of a token is written down.
  await send(world, null);
  const rows = await world.app.rowsWritten();
  const good = JSON.stringify(aConnectionBatch(samples(world, 1)));
  const nested = `${"[".repeat(10_000)}${"]".repeat(10_000)}`;
  const bodies: Record<string, string | Uint8Array<ArrayBuffer>> = {
    empty: "",
    "not JSON": "{",
    null: "null",
    "an array": "[]",
    "invalid UTF-8": Buffer.from([0x22, 0xff, 0xfe, 0x22]),
    "10,000 deep": good.replace('"samples":[', `"samples":[${nested},`),
    __proto__: good.replace("{", '{"__proto__":{"polluted":true},'),
    "__proto__ among states": good.replace('"tcp":{', '"tcp":{"__proto__":5,'),
    "an unknown key": good.replace("{", '{"hostId":"someone-else",'),
    "8 MB and a byte": good.padEnd(8 * 1024 * 1024 + 1, " "),
  };
  for (const [what, body] of Object.entries(bodies)) {
    const { status } = await world.tokens.intake.request("POST", "/api/v1/intake/connections", undefined, {
      body,
      headers: { "content-type": "application/json" },
    });
    assert.ok(status >= 400 && status < 500, `${what}: ${status}`);
  }
  assert.equal(await world.app.rowsWritten(), rows);
  assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
});

test("a token speaks of its own host only, and a scan node of none", async (t) => {
  const world = await fresh(t);
  const batch = aConnectionBatch(samples(world, 1), { host: hostNamed("another-machine") });
  await taken(send(world, batch));
  const { rows } = await world.people.viewer.json<{ rows: { id: string; hostname: string }[] }>("/hosts");
  assert.deepEqual(
    rows.map(({ id, hostname }) => [id, hostname]),
    [[world.hostId, "another-machine"]],
  );
  assert.equal((await world.tokens.scan.post("/intake/connections", batch)).status, 403);
  assert.equal((await world.people.admin.post("/intake/connections", batch)).status, 403);
});

test("the fleet's figures are those of the hosts that were heard lately", async (t) => {
  const world = await fresh(t);
  const { viewer } = world.people;
  assert.deepEqual((await viewer.json<FleetConnections>("/connections")).hosts, 0);
  const tcp = tcpCounts({ LISTEN: 4, ESTABLISHED: 90, "SYN-RECEIVED": 7 });
  await taken(send(world, aConnectionBatch(samples(world, 1, { tcp, udp: 5 }))));
  const fleet = await viewer.json<FleetConnections>("/connections");
  assert.deepEqual([fleet.hosts, fleet.silent, fleet.connections, fleet.udp], [1, 0, 97, 5]);
  assert.deepEqual(fleet.tcp, tcp);
  assert.deepEqual(
    [fleet.mostConnections, fleet.mostHalfOpen].map((hosts) => hosts.map(({ hostId }) => hostId)),
    [[world.hostId], [world.hostId]],
  );
  world.clock.forwardMs += 60_000;
  const later = await viewer.json<FleetConnections>("/connections");
  assert.deepEqual([later.hosts, later.silent, later.connections], [0, 1, 0]);
});

test("a host's last sample comes back whole, and a host without any says so", async (t) => {
  const world = await fresh(t);
  const { viewer } = world.people;
  const path = `/hosts/${world.hostId}/connections`;
  assert.deepEqual(await viewer.json(path), { latest: null });
  assert.equal((await viewer.get("/hosts/nobody/connections")).status, 404);
  const sample = busySample(world.clock.nowMs() - 3_600_000);
  // Its clock is an hour behind: the sample is placed by the server's.
  await taken(send(world, aConnectionBatch([sample])));
  const { latest } = await viewer.json<{ latest: HostConnectionsDetail }>(path);
  assert.deepEqual(latest.sample, sample);
  assert.equal(latest.stale, false);
  assert.ok(Math.abs(latest.atMs - world.clock.nowMs()) < 30_000);
});

test("a host's history is told by the step that fits, and the fleet's is its sum", async (t) => {
  const world = await fresh(t);
  const endMs = world.clock.nowMs() - 1_000;
  const all = Array.from({ length: 60 }, (_, index) => busySample(endMs - (59 - index) * 10_000));
  await taken(send(world, aConnectionBatch(all)));
  const nowMs = world.clock.nowMs();
  const ask = (path: string, spanMs: number): Promise<ConnectionHistory> =>
    world.people.viewer.json(`${path}/history?from=${nowMs - spanMs}&to=${nowMs}&points=360`);
  const host = await ask(`/hosts/${world.hostId}/connections`, 3_600_000);
  assert.equal(host.pointMs, 10_000);
  assert.equal(host.moments.length, 60);
  assert.deepEqual(
    host.gauges.ESTABLISHED.mean,
    all.map(({ tcp }) => tcp.ESTABLISHED),
  );
  assert.deepEqual(host.counters.listenDrops[0], null);
  assert.equal(host.tops.pointMs, 60_000);
  assert.equal(host.tops.ports[0]?.name, "tcp/443");
  assert.equal(host.tops.remotes.length, 10);
  const year = await ask(`/hosts/${world.hostId}/connections`, 365 * 86_400_000);
  const mean = all.reduce((sum, { tcp }) => sum + tcp.ESTABLISHED, 0) / all.length;
  const told = year.gauges.ESTABLISHED.mean;
  assert.ok(told.length <= 2 && Math.abs((told[0] ?? 0) / mean - 1) < 0.2);
  // Minutes that ended are the fleet's; the one that still grows is not.
  const fleet = await ask("/connections", 3_600_000);
  assert.ok(fleet.moments.length >= 9 && fleet.moments.length <= 10);
  const minutes = await ask(`/hosts/${world.hostId}/connections`, 6 * 3_600_000);
  const of = ({ moments, gauges }: ConnectionHistory): (readonly [number, number])[] =>
    moments.map((ms, index) => [ms, Math.round(gauges["TIME-WAIT"].mean[index] ?? 0)] as const);
  assert.deepEqual(of(fleet), of(minutes).slice(0, fleet.moments.length));
  assert.equal((await world.people.viewer.get("/hosts/nobody/connections/history?from=1&to=2")).status, 404);
  assert.equal((await world.people.viewer.get("/connections/history?from=2&to=1")).status, 400);
});

test("an agent's watch and the server agree: every sample that it took is in the history", async (t) => {
  const world = await fresh(t);
  const stop = new AbortController();
  const secret = world.tokens.intake.token ?? "";
  let atMs = world.clock.nowMs() - 60_000;
  let counted = 0;
  const watching = watchConnections({
    sampler: () => aSample({ atMs: (atMs += 100), tcp: tcpCounts({ ESTABLISHED: (counted += 1) }) }),
    host: () => hostNamed("harbour-1"),
    uplink: createConnectionUplink(world.url, secret),
    version: "0.0.0-test",
    everyMs: 20,
    clock: world.clock,
    random: () => 0,
    say: (_level, sentence) => assert.fail(sentence),
    signal: stop.signal,
  });
  const told = async (): Promise<number> => {
    const path = `/hosts/${world.hostId}/connections`;
    const { latest } = await world.people.viewer.json<{ latest: HostConnectionsDetail | null }>(path);
    return latest?.tcp.ESTABLISHED ?? 0;
  };
  while ((await told()) < 10) await new Promise((resolve) => setTimeout(resolve, 20));
  stop.abort();
  await watching;
});
