import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { settingsDefaults } from "../../src/app/settings.ts";
import { newId } from "../../src/base/id.ts";
import type { BlockDeed } from "../../src/model/block-deed.ts";
import type { BlockOrder } from "../../src/model/block-order.ts";
import { amount } from "../support/amount.ts";
import { randomOf } from "../support/random.ts";
import { Caller } from "./caller.ts";
import { openWorld, type World } from "./world.ts";

let world: World;
before(async () => {
  const agent = { ...settingsDefaults.agent, neverBlock: ["198.51.100.0/24"] };
  world = await openWorld({ settings: { ...settingsDefaults, agent } });
});
after(() => world.close());

const runId = newId();
const none = { refusal: null, preview: null, message: null, cut: null };

interface Told {
  readonly reports?: readonly object[];
  readonly blocks?: readonly object[];
  readonly waitMs?: number;
  readonly run?: string;
}

async function poll({ reports = [], blocks = [], waitMs = 0, run = runId }: Told = {}): Promise<
  BlockOrder[]
> {
  const blocking = { firewall: "nftables", problem: null, blocks };
  const answer = await world.tokens.intake.post("/agent/orders", { runId: run, blocking, reports, waitMs });
  assert.equal(answer.status, 200, await answer.clone().text());
  return ((await answer.json()) as { orders: BlockOrder[] }).orders;
}

const ask = async (target: string): Promise<BlockDeed> =>
  (await (
    await world.people.operator.post(`/hosts/${world.hostId}/blocks`, { target, durationMs: 60_000 })
  ).json()) as BlockDeed;

test("a host that does not ask for orders is given none, and says why", async () => {
  const wish = { target: "203.0.113.7", durationMs: 60_000 };
  const answer = await world.people.operator.post(`/hosts/${world.hostId}/blocks`, wish);
  assert.equal(answer.status, 409);
  assert.match(await answer.text(), /switched off.*--block/s);
  const { now } = await world.people.viewer.json<{ now: { state: string } }>(`/hosts/${world.hostId}/blocks`);
  assert.equal(now.state, "off");
});

test("an agent that waits hears of an order at once, and of an order once", async () => {
  await poll();
  const waiting = poll({ waitMs: 10_000 });
  const startMs = performance.now();
  const asking = ask("203.0.113.7");
  const [order] = await waiting;
  assert.ok(order !== undefined && performance.now() - startMs < 2_000);
  // The answer got lost: the same order comes again, by its id.
  assert.deepEqual(
    (await poll()).map(({ id }) => id),
    [order.id],
  );
  assert.deepEqual(await poll({ reports: [{ orderId: order.id, outcome: "probation", ...none }] }), []);
  // An agent that was started anew has to confirm it.
  assert.equal((await poll({ run: newId() })).length, 1);
  await poll({ reports: [{ orderId: order.id, outcome: "done", ...none }] });
  assert.ok(["probation", "done"].includes((await asking).state));
  const twice = { orderId: order.id, outcome: "failed", ...none, message: "too late" };
  assert.deepEqual(await poll({ reports: [twice], run: newId() }), []);
  const { deeds } = await world.people.viewer.json<{ deeds: BlockDeed[] }>(`/hosts/${world.hostId}/blocks`);
  assert.equal(deeds.find(({ id }) => id === order.id)?.state, "done");
});

test("two agents of one host do not wake each other, and a crowd of them is sent away", async () => {
  const startMs = performance.now();
  assert.deepEqual(await Promise.all([poll({ waitMs: 400 }), poll({ waitMs: 400, run: newId() })]), [[], []]);
  assert.ok(performance.now() - startMs >= 390);
  const blocking = { firewall: "nftables", problem: null, blocks: [] };
  const body = { runId, blocking, reports: [], waitMs: 300 };
  const answers = await Promise.all(
    Array.from({ length: 12 }, async () => (await world.tokens.intake.post("/agent/orders", body)).status),
  );
  assert.equal(answers.filter((status) => status === 200).length, 8);
  assert.equal(answers.filter((status) => status === 503).length, 4);
});

test("the server refuses what it knows itself, and no host hears of it", async () => {
  for (const target of [
    "198.18.0.1",
    "::ffff:198.18.0.1",
    "198.18.0.0/24",
    "198.51.100.9",
    "0.0.0.0/0",
    "x",
  ]) {
    const deed = await ask(target);
    assert.deepEqual([deed.state, deed.refusedBy], ["refused", "server"], target);
    assert.deepEqual(await poll(), []);
  }
});

test("what the host has is shown with who wanted it, and nothing that no order made", async () => {
  const standing = { action: "drop", leftMs: 50_000, isOnProbation: false };
  await poll({
    blocks: [
      { target: "203.0.113.7", ...standing },
      { target: "203.0.113.99", ...standing },
    ],
  });
  const { hosts } = await world.people.viewer.json<{
    hosts: { blocks: { target: string; by: string | null }[] }[];
  }>("/blocks");
  assert.deepEqual(
    hosts.flatMap(({ blocks }) => blocks.map(({ target, by }) => [target, by])),
    [
      ["203.0.113.7", "user:operator"],
      ["203.0.113.99", null],
    ],
  );
});

test("a host speaks of its own orders only", async () => {
  const { tokenSecret } = await world.app.enrol("test", {
    hostname: "harbour-2",
    machineId: "f".repeat(32),
    addresses: ["198.18.0.2"],
    operatingSystem: null,
  });
  const asking = ask("203.0.113.50");
  let order: BlockOrder | undefined;
  while (order === undefined) [order] = await poll();
  const other = new Caller(world.url, tokenSecret);
  const blocking = { firewall: null, problem: "no-rights", blocks: [] };
  const report = { orderId: order.id, outcome: "refused", ...none };
  const answer = await other.post("/agent/orders", { runId, blocking, reports: [report], waitMs: 0 });
  assert.deepEqual([answer.status, await answer.json()], [200, { orders: [] }]);
  await poll({ reports: [{ orderId: order.id, outcome: "done", ...none }] });
  assert.equal((await asking).state, "done");
});

test("whatever a host says, the server answers and stays", async () => {
  const random = randomOf(11);
  const good = JSON.stringify({
    runId,
    blocking: {
      firewall: "nftables",
      problem: null,
      blocks: [{ target: "203.0.113.7", action: "drop", leftMs: 9, isOnProbation: true }],
    },
    reports: [
      { orderId: newId(), outcome: "refused", ...none, refusal: { code: "duration", minMs: 1, maxMs: 2 } },
    ],
    waitMs: 0,
  });
  const count = amount("ORDER_POLLS", { short: 300, long: 20_000 });
  for (let round = 0; round < count; round += 1) {
    const at = Math.floor(random() * good.length);
    const bytes =
      good.slice(0, at) + String.fromCharCode(32 + Math.floor(random() * 95)) + good.slice(at + 1);
    const { status } = await fetch(`${world.url}/api/v1/agent/orders`, {
      method: "POST",
      headers: { ...world.tokens.intake.headers(), "content-type": "application/json" },
      body: bytes,
    });
    assert.ok(status === 200 || status === 400, `${status}: ${bytes}`);
  }
});
