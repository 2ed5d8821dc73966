import assert from "node:assert/strict";
import { createServer, type AddressInfo } from "node:net";
import test, { type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../base/clock.ts";
import { FrameReader, zabbixFrame } from "../packet/zabbix-frame.ts";
import type { SenderValue } from "../packet/zabbix-sender.ts";
import type { Reading } from "./application.ts";
import { changeFeed } from "./change-feed.ts";
import { countKinds } from "./ingest.ts";
import type { EventRow, HealthCheck } from "./views.ts";
import { tellZabbix } from "./zabbix-events.ts";

/** A trapper that knows the hosts of the set; while it is "away" it hangs up. */
async function trapper(t: TestContext) {
  const state = { away: false, known: new Set<string>(), got: [] as SenderValue[] };
  const server = createServer((socket) => {
    const reader = new FrameReader({ bytesMax: 1_000_000, bareLine: false });
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      if (state.away) return socket.destroy();
      const reading = reader.push(chunk);
      if (reading.state !== "complete") return undefined;
      const { data } = JSON.parse(Buffer.from(reading.data).toString()) as { data: SenderValue[] };
      const taken = data.filter(({ host }) => state.known.has(host));
      state.got.push(...taken);
      const info = `processed: ${taken.length}; failed: ${data.length - taken.length}; total: ${data.length}; seconds spent: 0.1`;
      return socket.end(zabbixFrame(JSON.stringify({ response: "success", info })));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return { state, port: (server.address() as AddressInfo).port };
}

async function telling(t: TestContext) {
  const { state, port } = await trapper(t);
  const feed = changeFeed(1);
  const events: EventRow[] = [];
  const checks: HealthCheck[] = [];
  const page = async () => ({ rows: [...events], total: null, nextCursor: null });
  const limits = { awayPauseMs: 10, refusedPauseMs: 10, pauseMsMax: 20, refusedKeptMs: 300 };
  const zabbix = tellZabbix({
    server: { host: "127.0.0.1", port },
    hostname: "portolan-{shortname}",
    counts: false,
    application: {
      feed,
      read: { events: page } as unknown as Reading,
      raiseHealth: (check) => checks.push(check),
    },
    clock: systemClock,
    report: () => undefined,
    limits,
    checkEveryMs: 5,
  });
  t.after(() => zabbix.close());
  const happen = (id: string, hostName: string): void => {
    const endpoint = { transport: "tcp", address: "::", port: 443, interface: null, networkNamespace: null };
    const verdict = { action: "none", ruleId: null, highRisk: null };
    const owners = { ownersBefore: [], ownersAfter: [] };
    const atMs = Date.now();
    events.push({ id, hostName, atMs, kind: "new", view: "inside", endpoint, verdict, ...owners } as never);
    feed.publish({ kind: "change", atMs, kinds: { ...countKinds([]), new: 1 }, hostIds: [] });
  };
  const checkIs = async (code: string): Promise<HealthCheck> => {
    const endMs = performance.now() + 5_000;
    for (;;) {
      const check = checks.at(-1);
      if (check?.code === code) return check;
      assert.ok(performance.now() < endMs, `${code} was not told, but ${check?.what}`);
      await sleep(2);
    }
  };
  return { state, happen, checkIs, checks };
}

test("an event goes to its host's item, whose name is made by the template", async (t) => {
  const { state, happen, checkIs } = await telling(t);
  state.known.add("portolan-quay-1");
  await checkIs("zabbix-takes");
  happen("e1", "quay-1.example.org");
  while (state.got.length === 0) await sleep(2);
  const [value] = state.got;
  assert.deepEqual([value?.host, value?.key], ["portolan-quay-1", "portolan.event"]);
  assert.equal((JSON.parse(value?.value ?? "") as { id: string }).id, "e1");
});

test("health tells a server that is away, until it takes what waited", async (t) => {
  const { state, happen, checkIs } = await telling(t);
  state.known.add("portolan-quay-1");
  state.away = true;
  happen("e1", "quay-1");
  const { status, params, mend } = await checkIs("zabbix-away");
  assert.deepEqual([status, params["pending"]], ["degraded", 1]);
  assert.match(mend ?? "", /zabbix\.trapper\.server/);
  state.away = false;
  await checkIs("zabbix-takes");
  assert.equal(state.got.length, 1);
});

test("health tells of a host that Zabbix does not know, and that its events were given up", async (t) => {
  const { happen, checkIs, checks } = await telling(t);
  happen("e1", "quay-2");
  const { params } = await checkIs("zabbix-refuses");
  assert.equal(params["count"], 1);
  const lost = await checkIs("zabbix-lost");
  assert.deepEqual([lost.status, lost.params["count"]], ["degraded", 1]);
  const before = checks.length;
  await sleep(50);
  assert.equal(checks.length, before, "told again without a change");
});
