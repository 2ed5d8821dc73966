import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import test from "node:test";
import { connectionGauges, historySteps } from "../../src/model/connection-history.ts";
import { embeddedStore, openReader } from "../../src/store/open.ts";
import { amount } from "../support/amount.ts";
import { freshFolder, integrity } from "./crew.ts";
import { everyMs, floodsBefore, sampleMs } from "./numbered-sample.ts";

const kills = amount("PORTOLAN_KILLS", { short: 8, long: 50 });
const established = connectionGauges.indexOf("ESTABLISHED");
/** Samples that the agent sends again, because it does not know whether they arrived. */
const repeated = 10;

/** Takes in from sample `first` on for a while, then is killed; how many samples it acknowledged. */
async function takeIn(folder: string, first: number, forMs: number): Promise<number> {
  const file = join(import.meta.dirname, "connection-process.ts");
  const child = spawn(process.execPath, [file, folder, String(first)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let stored = first;
  const told = createInterface({ input: child.stdout });
  const begun = once(told, "line");
  told.on("line", (line) => (stored = (JSON.parse(line) as { stored: number }).stored));
  await begun;
  await new Promise((resolve) => setTimeout(resolve, forMs));
  child.kill("SIGKILL");
  await once(child, "close");
  return stored;
}

test(`F1 ${kills} times killed while taking in connections: every step holds each sample once, each trouble is told once`, async (t) => {
  const folder = freshFolder(t);
  let acknowledged = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const first = Math.max(0, acknowledged - repeated);
    acknowledged = Math.max(acknowledged, await takeIn(folder, first, 50 + ((kill * 67) % 250)));
  }
  assert.equal(integrity(folder), "ok");
  const reader = await openReader(embeddedStore(folder));
  t.after(() => reader.close());
  const [host] = await reader.connectionHosts();
  assert.ok(host);
  const held = (host.atMs - sampleMs(0)) / everyMs + 1;
  assert.ok(held >= acknowledged, `${held} held of ${acknowledged} acknowledged`);
  for (const { stepMs } of historySteps) {
    const all = { stepMs, fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, tops: false };
    const slices = await reader.connectionSlices({ ...all, hostId: host.hostId });
    const samples = slices.reduce((sum, slice) => sum + slice.samples, 0);
    const numbers = slices.reduce((sum, { sums }) => sum + (sums[established] ?? 0), 0);
    assert.deepEqual([samples, numbers], [held, (held * (held - 1)) / 2], `step ${stepMs}`);
  }
  const { rows } = await reader.events({ sort: "atMs", limit: 1_000 });
  const told = rows.map(({ kind, observedAtMs }) => `${kind} ${(observedAtMs - sampleMs(0)) / everyMs}`);
  const expected = floodsBefore(held).flatMap((first) => [`trouble ${first}`, `trouble-over ${first}`]);
  // The last one may not be over yet.
  assert.deepEqual(told, expected.slice(0, told.length));
  assert.ok(told.length > 0 && told.length >= expected.length - 1, `${told.length} of ${expected.length}`);
  t.diagnostic(`${held} samples, ${kills} kills, ${told.length} events`);
});
