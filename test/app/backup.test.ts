import assert from "node:assert/strict";
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { openApplication } from "../../src/app/open.ts";
import { systemClock } from "../../src/base/clock.ts";
import { ask, freshFolder, integrity } from "./crew.ts";
import { lanes } from "./lanes.ts";

const hosts = 4;
const options = { version: "test", clock: systemClock, report: () => undefined };

test("F18 a backup made while batches come in is whole, and restores", async (t) => {
  const folder = freshFolder(t);
  const app = await openApplication({ ...options, dataFolder: join(folder, "data") });
  const hostIds: string[] = [];
  for (let host = 0; host < hosts; host += 1) {
    const identity = { hostname: `host-${host}`, machineId: null, addresses: [], operatingSystem: null };
    hostIds.push((await app.enrol("test", identity)).hostId);
  }
  const fleet = lanes(hosts);
  fleet.run(async (host, body) => void (await app.ingest({ hostId: hostIds[host] ?? "", body })));
  await new Promise((resolve) => setTimeout(resolve, 300));
  const before = fleet.total;
  const backup = join(folder, "backup.db");
  await app.backup(backup);
  const after = fleet.total;
  await assert.rejects(app.backup(backup), { code: "conflict" });
  await fleet.stop();
  await app.close();

  mkdirSync(join(folder, "restored"));
  copyFileSync(backup, join(folder, "restored", "portolan.db"));
  const restored = await openApplication({ ...options, dataFolder: join(folder, "restored") });
  const { total } = await restored.read.events({});
  await restored.close();
  assert.ok(total !== null && total >= before, `${total} events, ${before} at its start`);
  assert.equal(integrity(join(folder, "restored")), "ok");
  const counts = ask<{ events: number; endpoints: number; up: number }>(
    join(folder, "restored"),
    "select (select count(*) from events) as events, (select count(*) from beliefs) as endpoints, (select sum(up) from hosts) as up",
  );
  assert.deepEqual(
    counts,
    [{ events: total, endpoints: total, up: total }],
    "one moment: rows and counters agree",
  );
  assert.ok(after >= before, "taking in went on");
});
