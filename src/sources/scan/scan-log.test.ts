import assert from "node:assert/strict";
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { createScanLog, openScanLog } from "./scan-log.ts";

const folder = mkdtempSync(join(tmpdir(), "portolan-log-"));
after(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;

function logWith(records: readonly string[]): string {
  const file = join(folder, `${++made}.scan`);
  const log = createScanLog(file, Buffer.from("order"));
  for (const record of records) log.append(Buffer.from(record));
  log.close();
  return file;
}

function recordsOf(file: string): string[] {
  const log = openScanLog(file);
  try {
    const records = [Buffer.from(log.order).toString()];
    log.replay((record) => records.push(Buffer.from(record).toString()));
    return records;
  } finally {
    log.close();
  }
}

test("what was appended is there again, for its owner alone", () => {
  const file = logWith(["one", "", "three"]);
  assert.deepEqual(recordsOf(file), ["order", "one", "", "three"]);
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test("a log that was cut anywhere has every record before the cut, and goes on behind it", () => {
  const whole = readFileSync(logWith(["one", "two"]));
  const orderEnd = whole.indexOf("order") + "order".length;
  for (let size = orderEnd; size < whole.length; size += 1) {
    const file = join(folder, "cut.scan");
    writeFileSync(file, whole.subarray(0, size));
    const count = recordsOf(file).length;
    assert.ok(count >= 1 && count <= 2, `${size}`);
    const log = openScanLog(file);
    log.replay(() => undefined);
    log.append(Buffer.from("more"));
    log.close();
    assert.equal(recordsOf(file).at(-1), "more", `${size}`);
  }
});

test("a damaged record that others follow refuses the file; a damaged last one was never written", () => {
  const file = logWith(["one", "two"]);
  const bytes = readFileSync(file);
  const spoil = (text: string): void => {
    const copy = Buffer.from(bytes);
    copy[copy.indexOf(text)] = 0;
    writeFileSync(file, copy);
  };
  spoil("one");
  assert.throws(() => recordsOf(file), /is damaged at byte \d+/);
  spoil("two");
  assert.deepEqual(recordsOf(file), ["order", "one"]);
});

test("a file that is there is not written over, and a foreign one is not read", () => {
  const file = logWith([]);
  assert.throws(() => createScanLog(file, Buffer.from("x")), /exists already/);
  truncateSync(file, 5);
  assert.throws(() => openScanLog(file), /is no file that a scan was saved to/);
  appendFileSync(file, "x".repeat(100));
  assert.throws(() => openScanLog(file), /is no file that a scan was saved to/);
  assert.throws(() => openScanLog(join(folder, "missing")), /cannot be opened/);
});
