import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
  closeSync,
  existsSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import SqliteDatabase from "better-sqlite3";
import { openApplication } from "../../src/app/open.ts";
import { systemClock } from "../../src/base/clock.ts";
import { PortolanError } from "../../src/base/errors.ts";
import { prepareDataFolder } from "../../src/store/data-folder.ts";
import { lockFolder } from "../../src/store/folder-lock.ts";
import { openWriting } from "../../src/store/sqlite/connection.ts";
import { schemaVersion } from "../../src/store/sqlite/schema.ts";

const refusedMaxMs = 2_000;

function freshFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "portolan-guard-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const open = (dataFolder: string) =>
  openApplication({ dataFolder, version: "test", clock: systemClock, report: () => undefined });

function refusal(error: unknown): PortolanError {
  assert.ok(error instanceof PortolanError);
  assert.ok(error.hint !== undefined, "says what to do");
  return error;
}

/** A database with something in it. */
function filled(folder: string): string {
  const path = join(folder, "portolan.db");
  const db = openWriting(path);
  const insert = db.prepare("insert into search (belief, folded) values (?, ?)");
  db.transaction(() => {
    for (let row = 1; row <= 20_000; row += 1) insert.run(row, `tcp/198.18.0.1:${row} nginx`);
  })();
  db.close();
  return path;
}

test("F20 a second server on the same folder refuses, naming process and path, and the first goes on", async (t) => {
  const folder = freshFolder(t);
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, "../app/ingest-process.ts"), folder, "1"],
    {
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  const exited = new Promise((resolve) => child.once("exit", resolve));
  t.after(() => child.kill("SIGKILL"));
  await new Promise((resolve) => child.stdout.once("data", resolve));
  const start = performance.now();
  await assert.rejects(open(folder), (error) => {
    const { code, message } = refusal(error);
    assert.equal(code, "conflict");
    assert.match(message, new RegExp(`process ${child.pid}`));
    assert.ok(message.includes(folder));
    return true;
  });
  assert.ok(performance.now() - start <= refusedMaxMs);
  assert.equal(child.exitCode, null);
  child.kill("SIGKILL");
  await exited;
  const app = await open(folder);
  await app.close();
  assert.equal(existsSync(join(folder, "lock")), false, "a clean end leaves no lock");
});

test("F20 a lock is taken over when its process is gone, also when another has its number", (t) => {
  const folder = freshFolder(t);
  const gone = spawnSync("true").pid;
  for (const holder of [
    `{"pid":${gone},"startTicks":"1","bootId":null}`,
    `{"pid":1,"startTicks":"0","bootId":null}`,
    `{"pid":${process.ppid},"startTicks":null,"bootId":"another-boot"}`,
    "",
    "{}",
    "garbage",
  ]) {
    writeFileSync(join(folder, "lock"), holder);
    lockFolder(folder).release();
  }
  const first = lockFolder(folder);
  assert.throws(() => lockFolder(folder), { code: "conflict" });
  first.release();
  lockFolder(folder).release();
});

test("F21 an SQLite that can damage a log is refused before anything is written", (t) => {
  const folder = freshFolder(t);
  const path = filled(folder);
  const before = readFileSync(path);
  for (const libraryVersion of ["3.51.2", "3.50.9", "3.7.0"]) {
    assert.throws(
      () => openWriting(path, { libraryVersion }),
      (error) => refusal(error).message.includes("3.51.3"),
    );
  }
  assert.deepEqual(readFileSync(path), before);
  for (const libraryVersion of ["3.51.3", "3.52.0", "4.0.0"]) openWriting(path, { libraryVersion }).close();
});

test("F21 a folder on a network file system is refused by name", (t) => {
  const folder = freshFolder(t);
  const systems: readonly (readonly [number, string])[] = [
    [0x6969, "NFS"],
    [0x517b, "SMB"],
    [0xff534d42, "CIFS"],
    [0xff534d42 | 0, "CIFS"],
    [0xfe534d42, "SMB2"],
  ];
  for (const [fileSystemType, name] of systems) {
    assert.throws(
      () => prepareDataFolder(folder, { fileSystemType }),
      (error) => refusal(error).message.includes(name),
    );
  }
  prepareDataFolder(folder);
});

test("F21 a damaged page is refused with the way to restore, and nothing is overwritten", async (t) => {
  for (const [name, offset] of [
    ["a page in the middle", 40 * 4_096],
    ["the header", 0],
  ] as const) {
    const folder = freshFolder(t);
    const path = filled(folder);
    const file = openSync(path, "r+");
    writeSync(file, Buffer.alloc(4_096, 0xa5), 0, 4_096, offset);
    closeSync(file);
    const damaged = readFileSync(path);
    const start = performance.now();
    await assert.rejects(open(folder), (error) => {
      const { message, hint } = refusal(error);
      assert.match(message, /damaged/, name);
      assert.ok(hint?.includes("cp BACKUP.db"), name);
      return true;
    });
    assert.ok(performance.now() - start <= refusedMaxMs, name);
    assert.deepEqual(readFileSync(path), damaged, name);
    assert.equal(existsSync(join(folder, "lock")), false, "the lock is left");
  }
});

test("a database of a newer program, or of another one, is refused and stays as it is", async (t) => {
  const folder = freshFolder(t);
  const path = filled(folder);
  const newer = new SqliteDatabase(path);
  newer.pragma(`user_version = ${schemaVersion + 1}`);
  newer.close();
  const before = readFileSync(path);
  await assert.rejects(open(folder), (error) => refusal(error).message.includes("newer Portolan"));
  assert.deepEqual(readFileSync(path), before);
  rmSync(path);
  const foreign = new SqliteDatabase(path);
  foreign.exec("create table recipes (name text)");
  foreign.close();
  await assert.rejects(open(folder), (error) => refusal(error).message.includes("not one of Portolan"));
});

test(
  "a data folder that cannot be written is refused in words",
  { skip: process.getuid?.() === 0 && "root may write everywhere" },
  (t) => {
    const folder = freshFolder(t);
    chmodSync(folder, 0o500);
    assert.throws(
      () => prepareDataFolder(folder),
      (error) => refusal(error).message.includes("cannot be written"),
    );
  },
);

test("a data folder that is a file is refused in words", (t) => {
  const path = join(freshFolder(t), "file");
  writeFileSync(path, "");
  assert.throws(
    () => prepareDataFolder(path),
    (error) => refusal(error).message.includes("cannot be written"),
  );
});
