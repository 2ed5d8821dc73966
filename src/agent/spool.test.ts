import assert from "node:assert/strict";
import { appendFileSync, chmodSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { Spool } from "./spool.ts";

function withFolder(use: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "portolan-spool-"));
  try {
    use(join(folder, "spool"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function drain(spool: Spool): string[] {
  const records: string[] = [];
  for (let record = spool.peek(); record !== undefined; record = spool.peek()) {
    records.push(record);
    spool.shift();
  }
  return records;
}

const small = { bytesMax: 1000, segmentBytesMax: 100 };

test("records come back in the order they went in, also from a new process", () => {
  withFolder((folder) => {
    const spool = new Spool(folder, small);
    const records = Array.from({ length: 20 }, (_, index) => `record ${index} 中文`);
    for (const record of records) assert.equal(spool.append(record), true);
    assert.deepEqual(drain(new Spool(folder, small)), records);
    assert.equal(new Spool(folder, small).isEmpty, true);
  });
});

test("a torn last record is skipped, whatever its length, and what is appended after it is read", () => {
  withFolder((folder) => {
    for (let cut = 2; cut <= 18; cut += 1) {
      const spool = new Spool(folder);
      spool.append("first");
      spool.append("torn by a kill");
      const [name] = readdirSync(folder).filter((file) => file.endsWith(".spool"));
      const path = join(folder, name ?? "");
      truncateSync(path, statSync(path).size - cut);
      const after = new Spool(folder);
      after.append("later");
      assert.deepEqual(drain(after), ["first", "later"], `cut by ${cut}`);
    }
  });
});

test("garbage between records is skipped", () => {
  withFolder((folder) => {
    const spool = new Spool(folder);
    spool.append("a");
    const [name] = readdirSync(folder).filter((file) => file.endsWith(".spool"));
    appendFileSync(join(folder, name ?? ""), Buffer.from([0, 255, 10, 48, 10]));
    spool.append("b");
    assert.deepEqual(drain(new Spool(folder)), ["a", "b"]);
  });
});

test("at its limit the oldest are dropped, counted, and the count survives a restart", () => {
  withFolder((folder) => {
    const spool = new Spool(folder, small);
    for (let index = 0; index < 200; index += 1) spool.append(`record ${String(index).padStart(4, "0")}`);
    assert.ok(spool.bytes <= small.bytesMax);
    const again = new Spool(folder, small);
    const dropped = again.dropped;
    const kept = drain(again);
    assert.equal(kept.length + dropped, 200);
    assert.equal(kept.at(-1), "record 0199");
    again.forgetDropped();
    assert.equal(new Spool(folder, small).dropped, 0);
  });
});

test("a record larger than the whole spool is refused and counted", () => {
  withFolder((folder) => {
    const spool = new Spool(folder, small);
    spool.append("kept");
    assert.equal(spool.append("x".repeat(2000)), false);
    assert.equal(spool.dropped, 1);
    assert.deepEqual(drain(spool), ["kept"]);
  });
});

test("the folder and its files are the owner's alone", () => {
  withFolder((folder) => {
    const spool = new Spool(folder);
    spool.append("secret command line");
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    const [name] = readdirSync(folder).filter((file) => file.endsWith(".spool"));
    assert.equal(statSync(join(folder, name ?? "")).mode & 0o777, 0o600);
    chmodSync(folder, 0o700);
  });
});
