import assert from "node:assert/strict";
import test, { mock } from "node:test";
import { madeUpFirewall } from "../../test/support/made-up-firewall.ts";
import type { BlockOrder, OrderPoll } from "../model/block-order.ts";
import { BlockDesk } from "./block-desk.ts";
import { deadManMs, watchBlocks } from "./block-watch.ts";

const order: BlockOrder = {
  id: "1",
  kind: "block",
  request: {
    target: "203.0.113.7",
    action: "drop",
    durationMs: 3_600_000,
    by: "anna",
    origin: "operator",
    acceptedPeers: 0,
  },
  never: [],
  knownGood: [],
};

/** Time stands still but for `pass`; the server answers until it is cut. */
function stage(t: { after: (end: () => void) => void }) {
  mock.timers.enable({ apis: ["setTimeout"] });
  const time = { ms: 1_000_000 };
  const firewall = madeUpFirewall(() => time.ms);
  const server = { isCut: false, orders: [order] as BlockOrder[], polls: [] as OrderPoll[] };
  const stop = new AbortController();
  t.after(() => {
    stop.abort();
    mock.timers.reset();
  });
  const desk = new BlockDesk({
    firewall,
    now: () => ({ ms: time.ms, bootId: "b" }),
    scene: async () => ({
      neverBlock: [
        { target: "192.0.2.10", kind: "own-address" },
        { target: "198.51.100.4", kind: "server" },
      ],
      connections: [],
      knownGood: [],
      listening: new Set(),
    }),
  });
  const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  void watchBlocks({
    link: {
      async poll(body) {
        await pause();
        if (server.isCut) return { why: "no answer" };
        server.polls.push(body);
        if (body.waitMs > 0 && server.orders.length === 0) await new Promise(() => undefined);
        return { orders: server.orders.splice(0) };
      },
      servers: () => [],
      close: () => undefined,
    },
    desk,
    firewall: "nftables",
    problem: null,
    runId: "r",
    clock: { nowMs: () => 0, monotonicMs: () => time.ms },
    say: () => undefined,
    signal: stop.signal,
  });
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 1_000) {
      time.ms += 1_000;
      mock.timers.tick(1_000);
      for (let turn = 0; turn < 20; turn++) await pause();
    }
  };
  return { time, firewall, server, pass };
}

test("a block gets its full time once the server has answered that it is in effect", async (t) => {
  const { firewall, server, pass } = stage(t);
  await pass(1_000);
  assert.match(firewall.told.at(-1) ?? "", /^block 203\.0\.113\.7 drop 3[56]\d{5}$/);
  const outcomes = server.polls.flatMap(({ reports }) => reports.map(({ outcome }) => outcome));
  assert.deepEqual(outcomes, ["probation", "done"]);
});

test("a server that falls silent has every block taken back", async (t) => {
  const { firewall, server, pass } = stage(t);
  await pass(1_000);
  server.isCut = true;
  server.orders.push({ ...order, id: "2" });
  await pass(deadManMs - 5_000);
  assert.ok(!firewall.told.includes("clear"));
  await pass(6_000);
  assert.ok(firewall.told.includes("clear"));
  assert.deepEqual(await firewall.standing(), []);
});
