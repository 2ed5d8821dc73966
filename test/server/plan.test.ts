import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import SqliteDatabase, { type Database } from "better-sqlite3";
import { Kysely, SqliteDialect, type CompiledQuery } from "kysely";
import { embeddedStore, openWriter } from "../../src/store/open.ts";
import { eventSorts, hostSorts, portSorts } from "../../src/store/queries.ts";
import { sqliteDialect, type Queries } from "../../src/store/sql/dialect.ts";
import { listEvents } from "../../src/store/sql/event-list.ts";
import { listHosts } from "../../src/store/sql/host-list.ts";
import { listPorts } from "../../src/store/sql/port-list.ts";
import type { Tables } from "../../src/store/sql/tables.ts";

/** The big tables: reading one of them from end to end is what a list must not do. */
const big = /^SCAN (beliefs?|ports?|events?|intervals?|evidence)\b(?!.*USING (COVERING )?INDEX)/;

/** Sorts too seldom asked for to pay for an index with every write: they sort one narrow column of an index by hand. */
const sortedByHand = ["user", "unit", "scope", "transport"];

let folder: string;
let file: Database;
let db: Queries;
let asked: CompiledQuery[] = [];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "portolan-plan-"));
  await (await openWriter(embeddedStore(folder))).close();
  file = new SqliteDatabase(join(folder, "portolan.db"), { readonly: true });
  db = new Kysely<Tables>({
    dialect: new SqliteDialect({ database: file }),
    log: ({ query }) => void asked.push(query),
  });
});
after(async () => {
  file.close();
  await rm(folder, { recursive: true, force: true });
});

/** Every step of every statement that `ask` runs. */
async function stepsOf(ask: () => Promise<unknown>): Promise<string[]> {
  asked = [];
  await ask();
  assert.ok(asked.length > 0, "nothing was asked");
  return asked.flatMap(({ sql, parameters }) =>
    file
      .prepare<unknown[], { detail: string }>(`explain query plan ${sql}`)
      .all(...parameters)
      .map(({ detail }) => detail),
  );
}

async function refuseScans(what: string, ask: () => Promise<unknown>, maySort = false): Promise<void> {
  const steps = await stepsOf(ask);
  const sorts = /USE TEMP B-TREE FOR ORDER BY/;
  const bad = steps.filter((step) => big.test(step) || (!maySort && sorts.test(step)));
  assert.deepEqual(bad, [], `${what}: ${steps.join(" | ")}`);
}

test("L4 no sort of the port list reads the whole table, and only the named ones sort by hand", async () => {
  for (const field of portSorts) {
    for (const sort of [field, `-${field}`] as const) {
      await refuseScans(
        `ports ${sort}`,
        () => listPorts(db, sqliteDialect, { sort, limit: 100 }),
        sortedByHand.includes(field),
      );
    }
  }
});

test("L4 the port list of one host, one port, one owner is found by an index", async () => {
  for (const filter of [
    { hostId: "018f0000-0000-7000-8000-000000000000" },
    { port: { first: 22, last: 22 } },
    { owner: "nginx" },
    { state: "down" as const },
  ]) {
    const steps = await stepsOf(() => listPorts(db, sqliteDialect, { ...filter, limit: 100 }));
    assert.deepEqual(
      steps.filter((step) => big.test(step)),
      [],
      `${JSON.stringify(filter)}: ${steps.join(" | ")}`,
    );
  }
});

test("L4 the event list, by time, kind, host and port, reads along an index", async () => {
  for (const sort of eventSorts)
    await refuseScans(sort, () => listEvents(db, sqliteDialect, { sort, limit: 100 }));
  for (const filter of [
    {},
    { kinds: ["new" as const] },
    { hostId: "018f0000-0000-7000-8000-000000000000" },
    { fromMs: 1, toMs: 2 },
  ]) {
    await refuseScans(JSON.stringify(filter), () => listEvents(db, sqliteDialect, { ...filter, limit: 100 }));
  }
});

test("L4 the host list does not count ports row by row", async () => {
  for (const sort of hostSorts) {
    const steps = await stepsOf(() => listHosts(db, sqliteDialect, { sort, limit: 100 }));
    assert.deepEqual(
      steps.filter((step) => big.test(step)),
      [],
      `hosts ${sort}: ${steps.join(" | ")}`,
    );
  }
});
