import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { settingsDefaults, type Settings } from "../../src/app/settings.ts";
import type { TargetGroup } from "../../src/sinks/prometheus/target-groups.ts";
import { tcpCounts } from "../support/connection-sample.ts";
import { aConnectionBatch, aSample } from "../support/connections.ts";
import { listener, process as processOf } from "../support/listener.ts";
import { Lookout } from "../support/lookout.ts";
import { openWorld, type World } from "./world.ts";

async function fresh(t: TestContext, settings: Settings = settingsDefaults): Promise<World> {
  const world = await openWorld({ settings });
  t.after(() => world.close());
  return world;
}

async function page(world: World, accept = "text/plain"): Promise<string> {
  const response = await world.tokens.read.request("GET", "/metrics", undefined, { headers: { accept } });
  assert.equal(response.status, 200);
  return response.text();
}

const lines = (text: string, name: string): string[] =>
  text.split("\n").filter((line) => line.startsWith(name));

async function tell(world: World, more: Parameters<typeof aSample>[0] = {}): Promise<void> {
  const batch = aConnectionBatch([aSample({ atMs: world.clock.nowMs() - 1_000, ...more })]);
  const { status } = await world.tokens.intake.post("/intake/connections", batch);
  assert.equal(status, 200);
}

test("a host's connections are told while it is heard, then only when that was last", async (t) => {
  const world = await fresh(t);
  await tell(world, { tcp: tcpCounts({ LISTEN: 2, "SYN-RECEIVED": 7 }), conntrack: null });
  const text = await page(world);
  assert.equal(lines(text, "portolan_tcp_connections{").length, 11);
  const who = `host="harbour-1",host_id="${world.hostId}"`;
  assert.ok(text.includes(`\nportolan_tcp_connections{${who},state="SYN-RECEIVED"} 7\n`));
  assert.ok(text.includes(`\nportolan_ephemeral_ports{${who}} 28232\n`));
  assert.deepEqual(lines(text, "portolan_conntrack"), [], "what was not read is no 0");
  assert.ok(text.includes('\nportolan_intake_batches_total{kind="connections",outcome="taken"} 1\n'));
  world.clock.forwardMs = 60_000;
  const later = await page(world);
  assert.deepEqual(lines(later, "portolan_tcp_connections{"), []);
  assert.equal(lines(later, "portolan_host_last_sample_timestamp_seconds{").length, 1);
});

test("what is wrong with a host's connections is told while it stands", async (t) => {
  const world = await fresh(t);
  const flood = { tcp: tcpCounts({ LISTEN: 2, "SYN-RECEIVED": 400 }) };
  await tell(world, flood);
  const told = lines(await page(world), "portolan_connection_trouble{");
  assert.match(told.join(), /host="harbour-1".*kind="syn-flood",severity="(warning|critical)"\} 1$/);
  world.clock.forwardMs = 60_000;
  assert.deepEqual(lines(await page(world), "portolan_connection_trouble{"), []);
});

test("ports are told by view while somebody looks, then only when that was last", async (t) => {
  const world = await fresh(t);
  const look = new Lookout().full([
    listener({ port: 443 }, [processOf(70, "nginx")]),
    listener({ port: 6379 }, [processOf(71, "redis-server")]),
  ]);
  assert.equal((await world.tokens.intake.post("/intake", look)).status, 200);
  const text = await page(world);
  const figures = (name: string): string[] =>
    lines(text, `${name}{`).map((line) => line.replace(/^.*host_id="[^"]*",?/, ""));
  assert.deepEqual(figures("portolan_ports"), [
    'view="inside",state="up"} 2',
    'view="inside",state="down"} 0',
  ]);
  assert.deepEqual(figures("portolan_high_risk_ports"), ['view="inside"} 1']);
  assert.deepEqual(figures("portolan_stale_sources"), ["} 0"]);
  world.clock.forwardMs = 10 * 60_000;
  const later = await page(world);
  for (const name of ["portolan_ports{", "portolan_high_risk_ports{"])
    assert.deepEqual(lines(later, name), []);
  assert.equal(lines(later, "portolan_source_last_look_timestamp_seconds{").length, 1);
  assert.match(lines(later, "portolan_stale_sources{").join(), /\} 1$/);
});

test("events are counted as they are decided, and batches that are refused as well", async (t) => {
  const world = await fresh(t);
  const lookout = new Lookout();
  const web = listener({ port: 443 }, [processOf(70, "nginx")]);
  const deliver = async (body: unknown): Promise<number> =>
    (await world.tokens.intake.post("/intake", body)).status;
  assert.equal(await deliver(lookout.full([])), 200);
  assert.equal(await deliver(lookout.full([web])), 200);
  assert.equal(await deliver({ nonsense: true }), 400);
  const text = await page(world);
  assert.ok(text.includes('\nportolan_events_total{kind="new"} 1\n'), lines(text, "portolan_events").join());
  assert.ok(text.includes('\nportolan_events_total{kind="down"} 0\n'));
  assert.ok(text.includes('\nportolan_intake_batches_total{kind="looks",outcome="taken"} 2\n'));
  assert.ok(text.includes('\nportolan_intake_batches_total{kind="looks",outcome="refused"} 1\n'));
});

test("the page is for readers only, in the format that is asked for", async (t) => {
  const world = await fresh(t);
  assert.equal((await world.stranger.request("GET", "/metrics")).status, 401);
  assert.equal((await world.tokens.intake.request("GET", "/metrics")).status, 403);
  const plain = await world.tokens.read.request("GET", "/metrics");
  assert.equal(plain.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  const headers = { accept: "application/openmetrics-text;version=1.0.0,text/plain;q=0.5" };
  const open = await world.tokens.read.request("GET", "/metrics", undefined, { headers });
  assert.match(open.headers.get("content-type") ?? "", /^application\/openmetrics-text; version=1\.0\.0/);
  assert.match(await open.text(), /\n# EOF\n$/);
});

test("ports have series of their own only by configuration, and a change of it holds at once", async (t) => {
  const world = await fresh(t);
  const port = (number: number) =>
    ({ transport: "tcp", port: number, processes: [], states: { ESTABLISHED: 5 }, queue: null }) as const;
  await tell(world, { ports: [port(443), port(8080)] });
  assert.deepEqual(lines(await page(world), "portolan_port_"), []);
  const metrics = { ports: [{ first: 443, last: 443 }], portSeriesMax: 10 };
  await world.app.reconfigure({ ...settingsDefaults, metrics });
  const told = lines(await page(world), "portolan_port_connections{");
  assert.deepEqual(
    told.map((line) => /port="(\w+)"\} (\d+)/.exec(line)?.slice(1)),
    [
      ["443", "5"],
      ["other", "5"],
    ],
  );
});

test("without a port that can be reached there are no targets, and a filter that is none is refused", async (t) => {
  const world = await fresh(t);
  assert.deepEqual(await world.tokens.read.json<TargetGroup[]>("/prometheus/targets"), []);
  for (const query of ["port=0-70000", "label=stage", "label==lab", "transport=quic", "nonsense=1"])
    assert.equal((await world.tokens.read.get(`/prometheus/targets?${query}`)).status, 400, query);
  assert.equal((await world.stranger.get("/prometheus/targets")).status, 401);
});
