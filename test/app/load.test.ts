import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import { openApplication } from "../../src/app/open.ts";
import { systemClock } from "../../src/base/clock.ts";
import { bytesOf, fleetAgent, identity, listener, listeners } from "../store/fleet.ts";
import { amount } from "../support/amount.ts";
import { ask, freshFolder } from "./crew.ts";
import { startIngestServer } from "./ingest-server.ts";

const hosts = amount("PORTOLAN_HOSTS", { short: 100, long: 1_000 });
const perHost = 1_000;
const changedPerHost = perHost / 100;
const readyMaxMs = 2_000;
const readyAfterKillMaxMs = 3_000;
/** The best of them counts: what else the machine does is not the program's. */
const starts = 3;
const options = { version: "test", clock: systemClock, report: () => undefined };

test(`L2, L3, L11 with ${hosts * perHost} ports: little is written, every difference is found, a start is short`, async (t) => {
  const dataFolder = join(freshFolder(t), "data");
  const app = await openApplication({ ...options, dataFolder });
  const fleet: { readonly hostId: string; readonly agent: ReturnType<typeof fleetAgent> }[] = [];
  for (let host = 0; host < hosts; host += 1) {
    const { hostId } = await app.enrol("test", identity(host));
    fleet.push({ hostId, agent: fleetAgent(host) });
  }
  const cycle = async (
    body: (agent: ReturnType<typeof fleetAgent>, host: number) => Uint8Array,
  ): Promise<number> => {
    let ms = 0;
    for (let first = 0; first < hosts; first += 50) {
      const group = fleet.slice(first, first + 50);
      const bodies = group.map(({ agent }, index) => body(agent, first + index));
      const start = performance.now();
      await Promise.all(
        group.map(({ hostId }, index) => app.ingest({ hostId, body: bodies[index] ?? new Uint8Array() })),
      );
      ms += performance.now() - start;
    }
    return ms;
  };
  await cycle((agent, host) => bytesOf(agent.batch({ basis: "full", listeners: listeners(host, perHost) })));
  await cycle((agent) => bytesOf(agent.batch({ basis: "same" })));
  const before = Date.now();
  const changeMs = await cycle((agent, host) => {
    const changed = Array.from({ length: changedPerHost }, (_, index) => listener(host, index, 1));
    return bytesOf(
      agent.batch({ basis: "delta", listeners: changed.filter(({ transport }) => transport === "tcp") }),
    );
  });

  const [written] = ask<{ n: number }>(
    dataFolder,
    `select count(*) as n from beliefs where last_change_ms >= ${before}`,
  );
  assert.ok((written?.n ?? 0) <= 0.015 * hosts * perHost, `L2: ${written?.n} beliefs written`);
  const perSecond = (hosts * perHost * 1_000) / changeMs;
  // The first question starts the thread that answers it.
  await app.read.hosts({ limit: 1 });
  const diffStart = performance.now();
  const { total } = await app.read.events({ fromMs: before, limit: 1 });
  const diffMs = performance.now() - diffStart;
  assert.equal(total, written?.n, "L3: every difference is found, and nothing else");
  await app.close();

  let readyMs = Number.POSITIVE_INFINITY;
  for (let start = 0; start < starts; start += 1) {
    const startMs = performance.now();
    const again = await openApplication({ ...options, dataFolder });
    const page = await again.read.ports({ limit: 100 });
    readyMs = Math.min(readyMs, performance.now() - startMs);
    await again.close();
    assert.equal(page.total, hosts * perHost);
  }
  assert.ok(readyMs <= readyMaxMs, `L11: ready after ${Math.round(readyMs)} ms`);

  const server = await startIngestServer(dataFolder, hosts);
  await Promise.all(
    fleet.map(({ agent }, host) =>
      server.deliver(host, bytesOf(agent.batch({ basis: "delta", listeners: [listener(host, 0, 2)] }))),
    ),
  );
  await server.kill();
  const startMs = performance.now();
  const afterKill = await openApplication({ ...options, dataFolder });
  const { total: held } = await afterKill.read.ports({ limit: 100 });
  const killedReadyMs = performance.now() - startMs;
  await afterKill.close();
  assert.equal(held, hosts * perHost);
  assert.ok(killedReadyMs <= readyAfterKillMaxMs, `L11: ready after ${Math.round(killedReadyMs)} ms, killed`);
  t.diagnostic(
    `1 % change ${Math.round(perSecond)} observations/s, ${written?.n} beliefs written, differences in ${Math.round(diffMs)} ms, ready after ${Math.round(readyMs)} ms, ${Math.round(killedReadyMs)} ms where it had been killed`,
  );
});
