import assert from "node:assert/strict";
import test from "node:test";
import { blockRequest } from "../../test/support/block-request.ts";
import type { BlockRequest } from "../model/block.ts";
import { madeUpFirewall } from "../../test/support/made-up-firewall.ts";
import type { BlockOrder } from "../model/block-order.ts";
import { BlockDesk, probationMs } from "./block-desk.ts";

const hourMs = 3_600_000;

function desk() {
  const time = { ms: 10_000_000 };
  const firewall = madeUpFirewall(() => time.ms);
  const open = (): BlockDesk =>
    new BlockDesk({
      firewall,
      now: () => ({ ms: time.ms, bootId: "b" }),
      scene: async ({ never, knownGood }) => ({
        neverBlock: [
          { target: "192.0.2.10", kind: "own-address" },
          { target: "198.51.100.4", kind: "server" },
          ...never,
        ],
        connections: [],
        knownGood,
        listening: new Set([443]),
      }),
    });
  return { time, firewall, open };
}

const block = (id: string, given: Partial<BlockRequest> = {}): BlockOrder => ({
  id,
  kind: "block",
  request: blockRequest(given),
  never: [],
  knownGood: [],
});

test("a block is short until the server was heard, then as long as it was asked for", async () => {
  const { time, firewall, open } = desk();
  const own = open();
  assert.equal((await own.take(block("1"))).outcome, "probation");
  assert.deepEqual(firewall.told, [`block 203.0.113.7 drop ${probationMs}`, "cut 203.0.113.7"]);
  assert.equal((await own.standing())[0]?.isOnProbation, true);
  time.ms += 5_000;
  assert.equal((await own.confirm("1"))?.outcome, "done");
  assert.deepEqual(await own.standing(), [
    { target: "203.0.113.7", action: "drop", leftMs: hourMs - 5_000, isOnProbation: false },
  ]);
  assert.equal(await own.confirm("1"), null);
});

test("a block that was never confirmed ends by itself, and is not revived", async () => {
  const { time, open } = desk();
  const own = open();
  await own.take(block("1"));
  time.ms += probationMs + 1;
  assert.deepEqual(await own.standing(), []);
  await own.confirm("1");
  assert.deepEqual(await own.standing(), []);
});

test("the same order again does nothing, also for an agent that was started anew", async () => {
  const { firewall, open } = desk();
  const own = open();
  await own.take(block("1"));
  const confirmed = await own.confirm("1");
  const told = firewall.told.length;
  assert.deepEqual(await own.take(block("1")), confirmed);
  assert.equal((await open().take(block("1"))).outcome, "in-force");
  assert.equal(firewall.told.length, told);
});

test("the host refuses what it sees itself, whatever the server says", async () => {
  const { firewall, open } = desk();
  const own = open();
  for (const target of ["192.0.2.10", "198.51.100.0/24", "::ffff:198.51.100.4", "0.0.0.0/0", "x"]) {
    assert.equal((await own.take(block(target, { target, acceptedPeers: 9 }))).outcome, "refused", target);
  }
  const ordered = { ...block("7"), never: [{ target: "203.0.113.0/28", kind: "admin-connection" }] };
  const { refusal } = await own.take(ordered as BlockOrder);
  assert.deepEqual(refusal, { code: "never-block", kind: "admin-connection", target: "203.0.113.0/28" });
  assert.deepEqual(firewall.told, []);
});

test("a preview does nothing, and shows what would be cut", async () => {
  const { firewall, open } = desk();
  const report = await open().take({ ...block("1"), kind: "preview" } as BlockOrder);
  assert.equal(report.outcome, "planned");
  assert.deepEqual(report.preview?.warnings, ["not-connected"]);
  assert.deepEqual(firewall.told, []);
});

test("what the firewall refuses is told, and blocks nothing", async () => {
  const { firewall, open } = desk();
  firewall.failure = "nft: busy";
  const { outcome, message } = await open().take(block("1"));
  assert.deepEqual([outcome, message], ["failed", "nft: busy"]);
});

test("rolling back ends every block, those of an agent before as well, and tells of its own", async () => {
  const { firewall, open } = desk();
  await open().take(block("1"));
  const own = open();
  await own.take(block("2", { target: "203.0.113.8" }));
  await own.confirm("2");
  const { ended, reports } = await own.rollBack();
  assert.equal(ended, 2);
  assert.deepEqual(
    reports.map(({ orderId, outcome }) => [orderId, outcome]),
    [["2", "rolled-back"]],
  );
  assert.deepEqual([await own.standing(), (await own.rollBack()).ended], [[], 0]);
  assert.equal(firewall.told.filter((one) => one === "clear").length, 1);
});

test("what was lifted is lifted, once more or not", async () => {
  const { open } = desk();
  const own = open();
  await own.take(block("1"));
  for (const id of ["2", "3"]) {
    const order: BlockOrder = { id, kind: "unblock", target: "::ffff:203.0.113.7" };
    assert.equal((await own.take(order)).outcome, "done");
  }
  assert.equal(await own.confirm("1"), null);
  assert.deepEqual(await own.standing(), []);
  assert.equal((await own.take(block("4"))).outcome, "probation");
});
