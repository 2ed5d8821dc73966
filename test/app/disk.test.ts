import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { openApplication } from "../../src/app/open.ts";
import { systemClock } from "../../src/base/clock.ts";
import { PortolanError } from "../../src/base/errors.ts";
import { bytesOf, fleetAgent, fresh } from "../store/fleet.ts";
import { ask, integrity } from "./crew.ts";

const sizeMb = 48;
/** Leaves room for the empty database and little more. */
const ballastMb = 40;

test("F7 a full disk refuses new batches, keeps what was acknowledged, and goes on by itself", async (t) => {
  const mountPoint = mkdtempSync(join(tmpdir(), "portolan-disk-"));
  const mounted =
    spawnSync("mount", ["-t", "tmpfs", "-o", `size=${sizeMb}m`, "tmpfs", mountPoint]).status === 0;
  t.after(() => {
    if (mounted) spawnSync("umount", ["-l", mountPoint]);
    rmSync(mountPoint, { recursive: true, force: true });
  });
  if (!mounted) return t.skip("needs the right to mount a tmpfs");
  const ballast = join(mountPoint, "ballast");
  const folder = join(mountPoint, "data");
  const app = await openApplication({
    dataFolder: folder,
    version: "test",
    clock: systemClock,
    report: () => undefined,
  });
  const identity = { hostname: "host-0", machineId: null, addresses: [], operatingSystem: null };
  const { hostId } = await app.enrol("test", identity);
  writeFileSync(ballast, Buffer.alloc(ballastMb * 1024 * 1024));
  const source = fleetAgent(0);
  await app.ingest({ hostId, body: bytesOf(source.batch({ basis: "full" })) });
  let acknowledged = 0;
  let refused: unknown;
  let pending: Uint8Array | undefined;
  for (let round = 0; round < 500 && refused === undefined; round += 1) {
    const listeners = Array.from({ length: 100 }, (_, index) => fresh(0, round * 100 + index));
    pending = bytesOf(source.batch({ basis: "delta", listeners }));
    try {
      await app.ingest({ hostId, body: pending });
      acknowledged += 100;
    } catch (error) {
      refused = error;
    }
  }
  assert.ok(refused instanceof PortolanError);
  assert.deepEqual([refused.code, refused.details["reason"]], ["unavailable", "disk-full"]);
  assert.equal((await app.health()).checks.find(({ name }) => name === "store")?.status, "failing");
  assert.equal((await app.read.events({})).total, acknowledged, "reading goes on");
  rmSync(ballast);
  const answer = await app.ingest({ hostId, body: pending ?? new Uint8Array() });
  assert.equal(answer.events, 100);
  assert.equal((await app.health()).checks.find(({ name }) => name === "store")?.status, "ok");
  await app.close();
  assert.equal(integrity(folder), "ok");
  assert.deepEqual(ask(folder, "select count(*) as n, count(distinct port) as ports from events"), [
    { n: acknowledged + 100, ports: acknowledged + 100 },
  ]);
  t.diagnostic(`${acknowledged} events acknowledged before the disk was full`);
});
