// What: the file that a scan keeps of itself, so that it can go on after anything.
// Idea: a line that says what it is, then records, each with its length and checksum. They are only ever appended, and
//   belong to the kernel as soon as they are written: a killed process loses none of them.
// Trap: the last record may be cut: it is dropped. A damaged one before others is no accident of ours, and refuses the
//   file. What a power cut takes are the last seconds: nothing is flushed.

import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";
import { PortolanError } from "../../base/errors.ts";
import { showable } from "../../base/text.ts";

const magic = Buffer.from("portolan scan log 1\n", "latin1");
/** Length and checksum, little-endian. */
const headBytes = 8;
const recordBytesMax = 256 * 1024 * 1024;

export interface ScanLog {
  /** The first record: what is scanned. */
  readonly order: Uint8Array;
  /** What was written before, in order. To be called once, before anything is appended. */
  replay(visit: (record: Uint8Array) => void): void;
  append(record: Uint8Array): void;
  close(): void;
}

/** A new file, for its owner alone. `conflict` when there is one. */
export function createScanLog(file: string, order: Uint8Array): ScanLog {
  const descriptor = open(file, "wx+");
  const log = logOf(file, descriptor, order, magic.length + headBytes + order.length);
  write(file, descriptor, magic);
  log.append(order);
  return log;
}

/** A file that `createScanLog` made; `invalid` when it is none, or damaged. */
export function openScanLog(file: string): ScanLog {
  const descriptor = open(file, "r+");
  try {
    const start = Buffer.alloc(magic.length);
    readSync(descriptor, start, 0, magic.length, 0);
    const first = start.equals(magic) ? readRecordAt(descriptor, magic.length) : "damaged";
    if (typeof first === "string") throw badLog(file, "is no file that a scan was saved to");
    return logOf(file, descriptor, first.record, first.end);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function logOf(file: string, descriptor: number, order: Uint8Array, firstAt: number): ScanLog {
  return {
    order,
    replay(visit) {
      let at = firstAt;
      for (;;) {
        const next = readRecordAt(descriptor, at);
        if (next === "damaged") throw badLog(file, `is damaged at byte ${at}`);
        if (next === "end") break;
        visit(next.record);
        at = next.end;
      }
      ftruncateSync(descriptor, at);
    },
    append(record) {
      const head = Buffer.alloc(headBytes);
      head.writeUInt32LE(record.length, 0);
      head.writeUInt32LE(crc32(record), 4);
      write(file, descriptor, Buffer.concat([head, record]));
    },
    close: () => closeSync(descriptor),
  };
}

/** `end`: nothing, or a record that was cut; `damaged`: others may follow. */
function readRecordAt(
  descriptor: number,
  at: number,
): { readonly record: Uint8Array; readonly end: number } | "end" | "damaged" {
  const { size } = fstatSync(descriptor);
  const head = Buffer.alloc(headBytes);
  if (at + headBytes > size) return "end";
  readSync(descriptor, head, 0, headBytes, at);
  const [length, checksum] = [head.readUInt32LE(0), head.readUInt32LE(4)];
  const end = at + headBytes + length;
  if (end > size) return "end";
  if (length > recordBytesMax) return "damaged";
  const record = Buffer.alloc(length);
  readSync(descriptor, record, 0, length, at + headBytes);
  if (crc32(record) === checksum) return { record, end };
  return end === size ? "end" : "damaged";
}

function open(file: string, flags: "wx+" | "r+"): number {
  try {
    return openSync(file, flags, 0o600);
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") {
      throw new PortolanError("conflict", `${showable(file)} exists already.`, {
        hint: "Go on with the scan that is in it by --resume, or name another file.",
      });
    }
    throw new PortolanError(
      code === "ENOENT" ? "not-found" : "unavailable",
      `${showable(file)} cannot be opened: ${showable(message)}`,
      { cause: error },
    );
  }
}

/** Appends: all of it, or an error. */
function write(file: string, descriptor: number, bytes: Uint8Array): void {
  try {
    const { size } = fstatSync(descriptor);
    for (let written = 0; written < bytes.length;) {
      written += writeSync(descriptor, bytes, written, bytes.length - written, size + written);
    }
  } catch (error) {
    const reason = error instanceof Error ? showable(error.message) : "";
    throw new PortolanError(
      "unavailable",
      `The scan can no longer be saved to ${showable(file)}: ${reason}`,
      {
        hint: "Make room and go on with --resume.",
        cause: error,
      },
    );
  }
}

const badLog = (file: string, problem: string): PortolanError =>
  new PortolanError("invalid", `${showable(file)} ${problem}.`, {
    hint: "Nothing was sent. Name the file that portolan scan --save has written.",
  });
