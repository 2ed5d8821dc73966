import assert from "node:assert/strict";
import test from "node:test";
import { amount } from "../support/amount.ts";
import { ask, freshFolder, integrity } from "./crew.ts";
import { startIngestServer } from "./ingest-server.ts";
import { lanes } from "./lanes.ts";

const hosts = 6;
const kills = amount("PORTOLAN_KILLS", { short: 20, long: 50 });
const readyMaxMs = 3_000;

test(`F1 ${kills} times killed while taking in: nothing acknowledged is lost, nothing is applied twice`, async (t) => {
  const folder = freshFolder(t);
  const fleet = lanes(hosts);
  let server = await startIngestServer(folder, hosts);
  fleet.run((host, body) => server.deliver(host, body));
  const readyMs: number[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50 + ((kill * 67) % 250)));
    await server.kill();
    server = await startIngestServer(folder, hosts);
    readyMs.push(server.readyMs);
  }
  await fleet.stop();
  await server.kill();
  assert.equal(integrity(folder), "ok");
  const perHost = ask<{ hostname: string; events: number; endpoints: number }>(
    folder,
    "select h.hostname, count(*) as events, count(distinct e.port) as endpoints from events e join hosts h on h.number = e.host group by h.number order by h.number",
  );
  assert.equal(perHost.length, hosts);
  for (const [host, { events, endpoints }] of perHost.entries()) {
    assert.equal(events, endpoints, `host ${host}: one event per endpoint`);
    assert.equal(events, fleet.acknowledged[host], `host ${host}: as many events as acknowledged batches`);
  }
  readyMs.sort((a, b) => a - b);
  const [usualMs, mostMs] = [readyMs[kills >> 1] ?? 0, readyMs.at(-1) ?? 0].map(Math.round);
  assert.ok(mostMs !== undefined && mostMs <= readyMaxMs, `ready after ${mostMs} ms at most`);
  t.diagnostic(
    `${fleet.total} batches, ${kills} kills, ready after ${usualMs} ms (median), ${mostMs} ms at most`,
  );
});
