import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { getPriority } from "node:os";
import test, { type TestContext } from "node:test";
import { systemClock } from "../../src/base/clock.ts";
import type { PortolanError } from "../../src/base/errors.ts";
import type { Commands } from "../../src/app/commands.ts";
import type { HungryWorks } from "./hungry-thread.ts";
import { settingsDefaults } from "../../src/app/settings.ts";
import { startThread, type Thread } from "../../src/app/thread.ts";
import { embeddedStore } from "../../src/store/location.ts";
import { amount } from "../support/amount.ts";
import { ask, freshFolder, integrity } from "./crew.ts";
import { lanes } from "./lanes.ts";

const hosts = 4;
const kills = amount("PORTOLAN_KILLS", { short: 10, long: 50 });
const restartMaxMs = 2_000;

async function writerThread(t: TestContext, folder: string): Promise<Thread<Commands>> {
  const thread = await startThread<Commands>({
    name: "writer",
    file: new URL("../../src/app/write-thread.ts", import.meta.url),
    data: () => ({ location: embeddedStore(folder), settings: settingsDefaults }),
    clock: systemClock,
    report: () => undefined,
    callsMax: 100,
    heapMaxMb: 256,
  });
  t.after(() => thread.close());
  return thread;
}

async function enrolAll(thread: Thread<Commands>): Promise<string[]> {
  const ids: string[] = [];
  for (let host = 0; host < hosts; host += 1) {
    const identity = { hostname: `host-${host}`, machineId: null, addresses: [], operatingSystem: null };
    const request = {
      actor: "test",
      identity,
      secretHash: `s${host}`,
      hostId: `h${host}`,
      tokenId: `t${host}`,
    };
    ids.push(await thread.call("enrol", request));
  }
  return ids;
}

test("F16 a writer thread that dies is back within 2 s, and its calls are answered once each", async (t) => {
  const folder = freshFolder(t);
  const thread = await writerThread(t, folder);
  const hostIds = await enrolAll(thread);
  const fleet = lanes(hosts);
  let failed = 0;
  fleet.run(async (host, body) => {
    try {
      await thread.call("ingest", { hostId: hostIds[host] ?? "", body });
    } catch (error) {
      failed += 1;
      throw error;
    }
  });
  const backMs: number[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    await new Promise((resolve) => setTimeout(resolve, 40 + ((kill * 31) % 120)));
    const start = performance.now();
    await thread.kill();
    while (!thread.alive) await new Promise((resolve) => setTimeout(resolve, 5));
    backMs.push(performance.now() - start);
    await thread.call("rowsWritten", null);
  }
  await fleet.stop();
  assert.equal(thread.restarts, kills);
  assert.ok(Math.max(...backMs) <= restartMaxMs, `back after ${Math.round(Math.max(...backMs))} ms`);
  const [stored] = ask<{ events: number; endpoints: number }>(
    folder,
    "select count(*) as events, count(distinct host || '/' || port) as endpoints from events",
  );
  assert.deepEqual(stored, { events: fleet.total, endpoints: fleet.total });
  assert.equal(integrity(folder), "ok");
  t.diagnostic(
    `${fleet.total} batches, ${failed} told to come again, back after ${Math.round(Math.max(...backMs))} ms at most`,
  );
});

test("F16 a call that is too much for the thread's memory fails alone, and the others go on", async (t) => {
  const thread = await startThread<HungryWorks>({
    name: "hungry",
    file: new URL("./hungry-thread.ts", import.meta.url),
    data: () => null,
    clock: systemClock,
    report: () => undefined,
    callsMax: 100,
    heapMaxMb: 32,
  });
  t.after(() => thread.close());
  const poisoned = thread.call("eat", null);
  const others = [1, 2, 3].map((value) => thread.call("echo", value));
  await assert.rejects(poisoned, { code: "unavailable" });
  assert.deepEqual(await Promise.all(others), [1, 2, 3]);
  assert.equal(thread.restarts, 2);
});

test("F16 a queue that is full says so instead of growing", async (t) => {
  const thread = await writerThread(t, freshFolder(t));
  const calls = Array.from({ length: 150 }, () => thread.call("rowsWritten", null));
  const settled = await Promise.allSettled(calls);
  const refused = settled.filter((one) => one.status === "rejected");
  assert.equal(refused.length, 50);
  assert.equal((refused[0]?.reason as PortolanError | undefined)?.details["reason"], "queue-full");
});

test(
  "the thread that writes lets those that answer go first",
  { skip: process.platform !== "linux" },
  async (t) => {
    await writerThread(t, freshFolder(t));
    const priorities = readdirSync("/proc/self/task").map((thread) => {
      const folder = `/proc/self/task/${thread}`;
      const name = readFileSync(`${folder}/comm`, "utf8").trim();
      return { name, nice: getPriority(Number(thread)) };
    });
    const own = getPriority();
    const writing = priorities.filter(({ name }) => name === "writer");
    assert.ok(writing.some(({ nice }) => nice === Math.max(own, 10)));
    assert.ok(priorities.filter(({ name }) => name !== "writer").every(({ nice }) => nice === own));
  },
);
