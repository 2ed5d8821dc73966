import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import SqliteDatabase, { type Database } from "better-sqlite3";
import { openWriting } from "./connection.ts";
import { searchTexts, type SearchTexts } from "./search-texts.ts";

interface Stage {
  readonly writing: Database;
  readonly reading: Database;
  readonly texts: SearchTexts;
  /** What was read of the table since it was last asked, in blocks. */
  blocksRead(): number;
}

function stage(t: TestContext, bytesMax?: number): Stage {
  const folder = mkdtempSync(join(tmpdir(), "portolan-texts-"));
  const path = join(folder, "portolan.db");
  const writing = openWriting(path);
  let blocks = 0;
  const reading = new SqliteDatabase(path, {
    readonly: true,
    verbose: (statement) => (blocks += String(statement).includes("between") ? 1 : 0),
  });
  t.after(() => {
    reading.close();
    writing.close();
    rmSync(folder, { recursive: true });
  });
  return {
    writing,
    reading,
    texts: searchTexts(reading, bytesMax),
    blocksRead() {
      const read = blocks;
      blocks = 0;
      return read;
    },
  };
}

const add = (db: Database, text: string): number =>
  Number(db.prepare("insert into search (folded) values (?)").run(text).lastInsertRowid);
const change = (db: Database, number: number, text: string) =>
  db.prepare("update search set folded = ? where belief = ?").run(text, number);
const remove = (db: Database, number: number) =>
  db.prepare("delete from search where belief = ?").run(number);
const addMany = (db: Database, count: number, text: string): void =>
  db.transaction(() => {
    for (let index = 0; index < count; index += 1) add(db, `${text} ${index}`);
  })();

const held = (texts: SearchTexts, text: string) => texts.holding(text)?.toSorted((a, b) => a - b);

test("a text is found where it stands, and not across two neighbours", (t) => {
  const { writing, texts } = stage(t);
  for (const text of ["tcp/[::]:22\nsshd\n", "tcp/[::]:80\nnginx\n", "größe 港", "re", "dis"])
    add(writing, text);
  assert.deepEqual(held(texts, "sshd"), [1]);
  assert.deepEqual(held(texts, "tcp/"), [1, 2]);
  assert.deepEqual(held(texts, "\n"), [1, 2]);
  assert.deepEqual(held(texts, "öß"), [3]);
  assert.deepEqual(held(texts, "港"), [3]);
  assert.deepEqual(held(texts, "redis"), []);
  assert.deepEqual(held(texts, "is"), [5]);
  assert.deepEqual(held(texts, "*"), []);
  assert.deepEqual(held(texts, ""), [1, 2, 3, 4, 5]);
});

test("it follows what another connection adds, changes and takes away, and reads no more than that", (t) => {
  const { writing, texts, blocksRead } = stage(t);
  addMany(writing, 2_000, "nginx");
  assert.equal(texts.holding("nginx")?.length, 2_000);
  assert.ok(blocksRead() > 10);
  assert.equal(texts.holding("nginx")?.length, 2_000);
  assert.equal(blocksRead(), 0, "nothing has changed");
  change(writing, 5, "redis");
  assert.deepEqual(held(texts, "redis"), [5]);
  assert.equal(texts.holding("nginx")?.length, 1_999);
  assert.equal(blocksRead(), 1);
  remove(writing, 700);
  assert.equal(texts.holding("nginx")?.length, 1_998);
  assert.equal(blocksRead(), 1);
  assert.equal(add(writing, "redis"), 2_001);
  assert.deepEqual(held(texts, "redis"), [5, 2_001]);
  assert.equal(blocksRead(), 1);
  change(writing, 5, "redis");
  assert.deepEqual(held(texts, "redis"), [5, 2_001]);
  assert.equal(blocksRead(), 0, "written, but the same as before");
});

test("a number that is given again is the new port's, also below the last one", (t) => {
  const { writing, texts } = stage(t);
  addMany(writing, 1_000, "old");
  assert.equal(texts.holding("old")?.length, 1_000);
  for (let number = 301; number <= 1_000; number += 1) remove(writing, number);
  assert.equal(add(writing, "new"), 301);
  assert.deepEqual(held(texts, "new"), [301]);
  assert.equal(texts.holding("old")?.length, 300);
  change(writing, 301, "old");
  writing.exec("delete from search where belief between 101 and 300");
  assert.equal(texts.holding("old")?.length, 101);
  remove(writing, 301);
  assert.equal(add(writing, "new"), 101);
  assert.deepEqual(held(texts, "new"), [101]);
  writing.exec("delete from search");
  assert.deepEqual(held(texts, "old"), []);
  assert.equal(add(writing, "newest"), 1);
  assert.deepEqual(held(texts, "new"), [1]);
});

test("inside a transaction it is as of its beginning; what is rolled back is never seen", (t) => {
  const { writing, reading, texts } = stage(t);
  addMany(writing, 10, "nginx");
  reading.exec("begin");
  assert.equal(texts.holding("nginx")?.length, 10);
  change(writing, 3, "redis");
  add(writing, "nginx");
  remove(writing, 4);
  assert.equal(texts.holding("nginx")?.length, 10);
  assert.deepEqual(held(texts, "redis"), []);
  reading.exec("commit");
  assert.deepEqual(held(texts, "nginx"), [1, 2, 5, 6, 7, 8, 9, 10, 11]);
  assert.deepEqual(held(texts, "redis"), [3]);
  writing.exec("begin");
  change(writing, 1, "postgres");
  remove(writing, 2);
  add(writing, "postgres");
  writing.exec("rollback");
  assert.deepEqual(held(texts, "postgres"), []);
  change(writing, 6, "postgres");
  assert.equal(add(writing, "nginx"), 12);
  assert.deepEqual(held(texts, "postgres"), [6]);
  assert.deepEqual(held(texts, "nginx"), [1, 2, 5, 7, 8, 9, 10, 11, 12]);
});

test("who missed changes that are no longer kept reads everything; so does the first look", (t) => {
  const { writing, reading, texts } = stage(t, 8_000);
  addMany(writing, 500, "nginx");
  assert.equal(texts.holding("nginx")?.length, 500);
  change(writing, 7, "redis");
  writing.transaction(() => {
    for (let time = 0; time < 20_000; time += 1) change(writing, 400, `postgres ${time}`);
  })();
  const kept = reading.prepare("select count(*) from search_changes").pluck().get();
  assert.equal(kept, 20_000);
  assert.deepEqual(held(texts, "redis"), [7]);
  assert.deepEqual(held(texts, "postgres"), [400]);
  assert.deepEqual(held(searchTexts(reading), "redis"), [7]);
});

test("past the limit of bytes nothing is kept, and the database has to search", (t) => {
  const { writing, texts } = stage(t, 1_000);
  add(writing, "x".repeat(900));
  assert.deepEqual(held(texts, "x"), [1]);
  change(writing, 1, "y".repeat(950));
  assert.deepEqual(held(texts, "y"), [1], "what is replaced counts no longer");
  add(writing, "x".repeat(100));
  assert.equal(texts.holding("x"), null);
  remove(writing, 2);
  assert.equal(texts.holding("y"), null);
});

test("after a read that failed midway it begins anew", (t) => {
  const { writing, reading } = stage(t);
  addMany(writing, 300, "old");
  writing.exec("delete from search where belief between 6 and 299");
  const failing = { after: Infinity };
  const db = {
    prepare(statement: string) {
      const prepared = reading.prepare(statement);
      if (!statement.includes("between")) return prepared;
      const all = prepared.raw().all.bind(prepared);
      prepared.all = (...values: unknown[]) => {
        if (failing.after === 0) throw new Error("disk I/O error");
        failing.after -= 1;
        return all(...values);
      };
      return prepared;
    },
  } as unknown as Database;
  const texts = searchTexts(db);
  assert.deepEqual(held(texts, "old"), [1, 2, 3, 4, 5, 300]);
  remove(writing, 300);
  addMany(writing, 255, "new");
  failing.after = 1;
  assert.throws(() => texts.holding("new"), /disk I\/O error/);
  failing.after = Infinity;
  assert.equal(texts.holding("new")?.length, 255);
  assert.deepEqual(held(texts, "old"), [1, 2, 3, 4, 5]);
});

test("at any time, whatever was done in between, it finds what the database would", (t) => {
  const { writing, reading, texts } = stage(t);
  let seed = 7;
  const below = (limit: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % limit;
  };
  const words = ["redis", "nginx", "größe", "x", ""];
  const query = reading
    .prepare<[string], number>("select belief from search where instr(folded, ?) > 0 order by belief")
    .pluck();
  const last = writing.prepare<[], number>("select coalesce(max(belief), 0) from search").pluck();
  for (let step = 0; step < 1_500; step += 1) {
    const newest = last.get() ?? 0;
    const word = words[below(words.length)] ?? "";
    const kind = below(10);
    if (kind < 4) addMany(writing, below(40), word);
    else if (kind < 6) change(writing, below(newest + 1), `${word}${step}`);
    else if (kind < 8) remove(writing, newest - below(3));
    else if (kind === 8 && below(8) === 0) {
      const first = below(newest + 1);
      writing.prepare("delete from search where belief between ? and ?").run(first, newest - below(2));
    } else for (const asked of words) assert.deepEqual(held(texts, asked), query.all(asked), `step ${step}`);
  }
});
