// Every list question on a large store: the first page, a window in the middle, the last one; medians and worst of some.
// Argument: ports (1000000). As many events.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { embeddedStore } from "../src/store/location.ts";
import { openReader } from "../src/store/open.ts";
import { portSorts } from "../src/store/queries.ts";
import type { Reader } from "../src/store/store.ts";
import { openWriting } from "../src/store/sqlite/connection.ts";

const ports = Number(process.argv[2] ?? 1_000_000);
const rounds = 9;
const folder = mkdtempSync(join(tmpdir(), "portolan-bench-"));
const location = embeddedStore(folder);
const nowMs = Date.now();
fill();
const reader = await openReader(location);

/** Rows made by the database itself; the indexes afterwards, or it would take many minutes. */
function fill(): void {
  const db = openWriting(location.slice("sqlite:".length));
  const indexes = db
    .prepare<[], { name: string; sql: string }>(
      "select name, sql from sqlite_schema where type = 'index' and sql is not null and tbl_name in ('beliefs', 'events')",
    )
    .all();
  db.exec(indexes.map(({ name }) => `drop index ${name}`).join(";"));
  const series = "with recursive n (i) as (select 0 union all select i + 1 from n where i + 1 < ?)";
  const run = (sql: string, count: number): void => void db.prepare(`insert into ${sql}`).run(count);
  db.transaction(() => {
    run(
      `hosts (number, id, hostname, addresses, labels, first_seen_ms, up, folded) ${series}
       select i + 1, 'host-' || i, printf('host-%05d', i), '[]', '{}', ${nowMs}, 1000, printf('host-%05d', i) from n`,
      Math.ceil(ports / 1_000),
    );
    run(
      `beliefs (number, host, view, key, transport, address, address_order, port, scope, state, process, user_name, unit,
         high_risk, sockets, first_seen_ms, since_ms, last_seen_ms, turned_ms, last_change_ms, misses, sightings, pending) ${series}
       select i + 1, i / 1000 + 1, 'inside', 'tcp/k' || i, case i % 10 when 9 then 'udp' else 'tcp' end, '198.18.0.' || (i % 250),
         randomblob(16), (i * 7919) % 65000, case i % 3 when 0 then 'all' when 1 then 'loopback' else 'address' end, 'up',
         'program-' || (i % 400), 'user-' || (i % 60), 'unit-' || (i % 300) || '.service', case i % 50 when 0 then 'redis' end, 1,
         ${nowMs} - i, ${nowMs} - (i * 31) % 1000000, ${nowMs}, ${nowMs} - i, ${nowMs} - (i * 17) % 1000000, 0, 0, 0 from n`,
      ports,
    );
    run(
      `tallies (host, state, transport, scope, ports) select host, state, transport, scope, count(*) from beliefs
       where 0 < ? group by 1, 2, 3, 4`,
      ports,
    );
    run(
      `process_tallies (process, ports) select process, count(*) from beliefs where 0 < ? group by 1`,
      ports,
    );
    const process = `[{"pid":1,"parentPid":0,"name":"program","executablePath":"/usr/bin/program","commandLine":"/usr/bin/program --config /etc/program/program.conf --instance 12345","startTimeMs":1,"user":"user","unit":"program.service","containerId":null}]`;
    run(
      `details (belief, owners, processes, evidence) ${series} select i + 1, '[]', '${process}', '[]' from n`,
      ports,
    );
    run(
      `search (belief, folded) ${series} select i + 1, 'tcp/198.18.0.' || (i % 250) || ':' || ((i * 7919) % 65000) || char(10)
         || 'program-' || (i % 400) || char(10) || '/usr/bin/program-' || (i % 400) || ' --config /etc/program/' || i || '.conf' from n`,
      ports,
    );
    run(
      `events (id, kind, at_ms, observed_at_ms, host, belief, view, transport, address, port, owners_before, owners_after, reason,
         action, high_risk, folded) ${series}
       select 'event-' || i, case i % 4 when 0 then 'new' when 1 then 'down' when 2 then 'recovered' else 'changed' end,
         ${nowMs} - (${ports} - i) * 80, 1, i % ${Math.ceil(ports / 1_000)} + 1, i + 1, 'inside', 'tcp', '198.18.0.1', (i * 7919) % 65000,
         '[]', '[]', '{"code":"owner-joined"}', 'none', case i % 50 when 0 then 'redis' end, 'program-' || (i % 400) from n`,
      ports,
    );
  })();
  for (const { sql } of indexes) db.exec(sql);
  db.close();
}

async function measure(
  name: string,
  ask: (reader: Reader) => Promise<unknown>,
): Promise<Record<string, unknown>> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    await ask(reader);
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const show = (ms = 0): number => Math.round(ms * 10) / 10;
  return { question: name, "median ms": show(times[rounds >> 1]), "worst ms": show(times.at(-1)) };
}

const table: Record<string, unknown>[] = [];
for (const sort of portSorts) {
  table.push(await measure(`ports by ${sort}`, (on) => on.ports({ sort, limit: 100 })));
  table.push(
    await measure(`ports by ${sort}, window in the middle`, (on) =>
      on.ports({ sort, limit: 100, offset: ports / 2 }),
    ),
  );
}
const questions: Readonly<Record<string, (on: Reader) => Promise<unknown>>> = {
  "ports, udp by process": (on) => on.ports({ transport: "udp", sort: "process" }),
  "ports of a host": (on) => on.ports({ hostId: "host-7" }),
  "ports of one number": (on) => on.ports({ port: { first: 6379, last: 6379 } }),
  "ports, high risk": (on) => on.ports({ highRisk: true, scope: "all", sort: "-lastChange" }),
  "ports, search with many hits": (on) => on.ports({ q: "program-399" }),
  "ports, search with none": (on) => on.ports({ q: "nowhere" }),
  "ports as of a past moment": (on) => on.ports({ atMs: nowMs - 500_000 }),
  facets: (on) => on.portFacets({}),
  "facets, filtered": (on) => on.portFacets({ transport: "udp" }),
  "a port": (on) => on.port("4711", { historyFromMs: 0 }),
  events: (on) => on.events({}),
  "events of a kind": (on) => on.events({ kinds: ["new"] }),
  "events of a host": (on) => on.events({ hostId: "host-7" }),
  "events of one number": (on) => on.events({ port: { first: 6379, last: 6379 } }),
  "events, search": (on) => on.events({ q: "program-399" }),
  "histogram of a day": (on) =>
    on.eventHistogram({ fromMs: nowMs - 86_400_000, toMs: nowMs, bucketMs: 3_600_000 }),
  hosts: (on) => on.hosts({}),
  "open counts": (on) => on.openCounts(),
  harbour: (on) => on.harbour({ ports: 60, hosts: 200 }),
};
for (const [name, ask] of Object.entries(questions)) table.push(await measure(name, ask));
console.log(`${ports} ports, ${ports} events`);
console.table(table);
await reader.close();
rmSync(folder, { recursive: true, force: true });
