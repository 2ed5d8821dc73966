import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import type { ConnectionsTaken } from "../../src/model/connection-intake.ts";
import type { ConnectionSample } from "../../src/model/connection-sample.ts";
import { aConnectionBatch, aSample, tcpCounts } from "../support/connections.ts";
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
  assert.deepEqual(await taken(send(world, batch)), { stored: 30, known: 0, tooOld: 0 });
  const rows = await world.app.rowsWritten();
  assert.deepEqual(await taken(send(world, batch)), { stored: 0, known: 30, tooOld: 0 });
  const overlapping = { ...batch, samples: batch.samples.slice(20) };
  assert.deepEqual(await taken(send(world, overlapping)), { stored: 0, known: 10, tooOld: 0 });
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
