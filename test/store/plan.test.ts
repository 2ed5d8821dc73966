import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import SqliteDatabase from "better-sqlite3";
import { sqliteDialect, type Queries } from "../../src/store/sql/dialect.ts";
import { eventHistogram, listEvents } from "../../src/store/sql/event-list.ts";
import { listHosts } from "../../src/store/sql/host-list.ts";
import { metricRows } from "../../src/store/sql/metric-rows.ts";
import { commonPorts, harbour, openCounts } from "../../src/store/sql/overview-rows.ts";
import { portDetail } from "../../src/store/sql/port-detail.ts";
import { portFacets } from "../../src/store/sql/port-facets.ts";
import { listPorts } from "../../src/store/sql/port-list.ts";
import { readSession, readTokenBySecret } from "../../src/store/sql/account-rows.ts";
import { openWriting } from "../../src/store/sqlite/connection.ts";
import { queriesOn } from "../../src/store/sqlite/reader.ts";
import { portSorts } from "../../src/store/queries.ts";

// Tables that grow with the fleet. A plan that walks one of them, and not an index of it, waits for the whole disk.
const big = ["beliefs", "details", "search", "intervals", "events", "audit", "b", "d", "e"];

function plansOf(ask: (db: Queries) => Promise<unknown>): Promise<readonly string[]> {
  return withEmptyStore(async (path) => {
    const statements: string[] = [];
    const db = new SqliteDatabase(path, {
      readonly: true,
      verbose: (sql) => void statements.push(String(sql)),
    });
    await ask(queriesOn(db));
    const seen = [...statements];
    db.close();
    const plain = new SqliteDatabase(path, { readonly: true });
    const details = seen
      .filter((sql) => /^\s*(select|with)/i.test(sql))
      .flatMap((sql) => plain.prepare(`explain query plan ${sql}`).all() as { detail: string }[]);
    plain.close();
    return details.map(({ detail }) => detail);
  });
}

async function withEmptyStore<T>(work: (path: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "portolan-plan-"));
  const path = join(folder, "portolan.db");
  const writing = openWriting(path);
  // Rows that make every step of a question run: a page asks for its rows only when it found some.
  writing.exec(`insert into hosts (number, id, hostname, addresses, labels, first_seen_ms, up, folded) values (1, 'h', 'h', '[]', '{}', 1, 1, 'h');
    insert into beliefs (number, host, view, key, transport, address, address_order, port, scope, state, process, user_name, unit,
      sockets, first_seen_ms, since_ms, last_seen_ms, turned_ms, last_change_ms, misses, sightings, pending)
      values (1, 1, 'inside', 'k', 'tcp', '::', x'00', 1, 'all', 'up', 'p', 'u', 'n', 1, 1, 1, 1, 1, 1, 0, 0, 0);
    insert into details values (1, '[]', '[]', null, '[]'); insert into search values (1, 'k');
    insert into events (id, kind, at_ms, observed_at_ms, host, belief, view, transport, address, port, owners_before, owners_after,
      reason, action, folded) values ('e', 'new', 1, 1, 1, 1, 'inside', 'tcp', '::', 1, '[]', '[]', '{}', 'none', 'k')`);
  writing.close();
  try {
    return await work(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Walks of a whole table, and of a whole index. */
const tableScans = (plans: readonly string[]): string[] =>
  plans.filter((plan) => {
    const [, table = ""] = /^SCAN (\S+)(?! USING)$/.exec(plan) ?? [];
    return big.includes(table);
  });
const sorts = (plans: readonly string[]): string[] =>
  plans.filter((plan) => plan.startsWith("USE TEMP B-TREE FOR ORDER BY"));

/** Sorts by what repeats on every host: they walk an index of narrow rows and keep the best. */
const sortedByHand: readonly string[] = ["user", "unit", "scope", "transport"];

test("L4 no sort of the ports walks the table, and the common ones need no sorting", async () => {
  for (const sort of portSorts) {
    for (const query of [{ sort }, { sort: `-${sort}` as const }, { sort, offset: 5_000 }]) {
      const plans = await plansOf((db) => listPorts(db, sqliteDialect, query));
      assert.deepEqual(tableScans(plans), [], `${sort}: ${plans.join(" | ")}`);
      if (!sortedByHand.includes(sort)) assert.deepEqual(sorts(plans), [], `${sort}: ${plans.join(" | ")}`);
    }
  }
});

test("L4 no filter of the ports but the search walks a table", async () => {
  const filters = [
    { state: "down" },
    { transport: "udp" },
    { scope: "all" },
    { hostId: "h" },
    { port: { first: 22, last: 22 } },
    { port: { first: 1, last: 1_000 } },
    { owner: "nginx" },
    { highRisk: true },
    { highRisk: true, scope: "all", sort: "-lastChange" },
  ] as const;
  for (const filter of filters) {
    const plans = await plansOf((db) => listPorts(db, sqliteDialect, filter));
    assert.deepEqual(tableScans(plans), [], `${JSON.stringify(filter)}: ${plans.join(" | ")}`);
  }
  const search = await plansOf((db) => listPorts(db, sqliteDialect, { q: "k" }));
  assert.deepEqual(
    [...new Set(tableScans(search))],
    ["SCAN search"],
    "only the search text itself is walked",
  );
});

test("L4 no question about events, hosts, one port or the overview walks a big table", async () => {
  const questions: Readonly<Record<string, (db: Queries) => Promise<unknown>>> = {
    events: (db) => listEvents(db, sqliteDialect, {}),
    "events of kinds": (db) => listEvents(db, sqliteDialect, { kinds: ["new", "down"] }),
    "events of a host": (db) => listEvents(db, sqliteDialect, { hostId: "h" }),
    "events of a time": (db) => listEvents(db, sqliteDialect, { fromMs: 1, toMs: 2 }),
    "high-risk events": (db) => listEvents(db, sqliteDialect, { highRisk: true }),
    histogram: (db) => eventHistogram(db, { fromMs: 0, toMs: 10, bucketMs: 1 }),
    hosts: (db) => listHosts(db, sqliteDialect, { sort: "-up" }),
    "a port": (db) => portDetail(db, sqliteDialect, "1", 0),
    facets: (db) => portFacets(db, sqliteDialect, {}),
    counts: (db) => openCounts(db),
    harbour: (db) => harbour(db, { ports: 60, hosts: 200 }, commonPorts(db)),
    metrics: (db) => metricRows(db, sqliteDialect, { hostsMax: 1_000, ports: true }),
    session: (db) => readSession(db, "x", 1, 1),
    token: (db) => readTokenBySecret(db, "x"),
  };
  for (const [name, ask] of Object.entries(questions)) {
    const plans = await plansOf(ask);
    assert.deepEqual(tableScans(plans), [], `${name}: ${plans.join(" | ")}`);
  }
});
