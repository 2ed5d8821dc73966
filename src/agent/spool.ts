import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";

/** Most bytes on disk. A change of one listener is about 600 bytes: > 100,000 changes, days of a busy host. */
export const spoolBytesMax = 64 * 1024 * 1024;

/** A file of the spool is closed at this size, and deleted as a whole once delivered. */
export const segmentBytesMax = 256 * 1024;

interface SpoolLimits {
  readonly bytesMax: number;
  readonly segmentBytesMax: number;
}

interface Segment {
  readonly path: string;
  bytes: number;
  records: number;
}

const segmentName = /^(\d{12})\.spool$/;

/**
 * Records that could not be delivered, oldest first, on disk. One line each, `crc32 record`: a line torn by a kill or
 * a full disk fails its checksum and is skipped, the lines around it are read.
 *
 * Written without fsync: a kill loses nothing, a power cut the last seconds, and the full look of the next start makes
 * that good. What was delivered out of a file that is not yet empty is delivered again after a restart; the receiver
 * knows it and drops it.
 */
export class Spool {
  readonly #folder: string;
  readonly #limits: SpoolLimits;
  readonly #segments: Segment[] = [];
  #head: string[] = [];
  #headPath: string | null = null;
  #nextNumber = 1;
  #dropped = 0;
  /** The file that this run writes; null before its first record and after a failed write. */
  #open: Segment | null = null;

  constructor(folder: string, limits: SpoolLimits = { bytesMax: spoolBytesMax, segmentBytesMax }) {
    this.#folder = folder;
    this.#limits = limits;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#dropped = readCount(join(folder, "dropped"));
    for (const name of readdirSync(folder).sort()) {
      const match = segmentName.exec(name);
      if (match === null) continue;
      const path = join(folder, name);
      this.#segments.push({ path, bytes: statSync(path).size, records: recordsOf(path).length });
      this.#nextNumber = Number(match[1]) + 1;
    }
  }

  /** Records that were given up because of the limit or a full disk, since `forgetDropped`. Survives a restart. */
  get dropped(): number {
    return this.#dropped;
  }

  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  get isEmpty(): boolean {
    return this.peek() === undefined;
  }

  /** Adds at the end; makes room at the front. False when the disk took nothing, which counts as dropped. */
  append(record: string): boolean {
    const line = `${checksum(record)} ${record}\n`;
    const bytes = Buffer.byteLength(line);
    if (bytes > this.#limits.bytesMax) return this.#lose();
    while (this.#segments.length > 0 && this.bytes + bytes > this.#limits.bytesMax) this.#dropOldest();
    try {
      const segment = this.#lastSegment(bytes);
      appendFileSync(segment.path, line, { mode: 0o600 });
      segment.bytes += bytes;
      segment.records += 1;
      if (this.#headPath === segment.path) this.#head.push(record);
      return true;
    } catch {
      this.#open = null;
      return this.#lose();
    }
  }

  /** The oldest record; undefined when there is none. */
  peek(): string | undefined {
    while (this.#segments.length > 0) {
      const first = this.#segments[0] as Segment;
      if (this.#headPath !== first.path) {
        this.#head = recordsOf(first.path);
        this.#headPath = first.path;
      }
      if (this.#head.length > 0) return this.#head[0];
      this.#deleteFirst();
    }
    return undefined;
  }

  /** Takes the oldest record away, and its file with the last one. */
  shift(): void {
    if (this.peek() === undefined) return;
    this.#head.shift();
    const first = this.#segments[0] as Segment;
    first.records -= 1;
    if (this.#head.length === 0) this.#deleteFirst();
  }

  /** Counts a record that was given up elsewhere. */
  countDropped(count: number): void {
    this.#dropped += count;
    this.#writeDropped();
  }

  /** The loss has been told. */
  forgetDropped(): void {
    if (this.#dropped === 0) return;
    this.#dropped = 0;
    this.#writeDropped();
  }

  /** Never the file of an earlier run or after a failed write: a record must not be glued to a torn line. */
  #lastSegment(bytes: number): Segment {
    if (this.#open !== null && this.#open.bytes + bytes <= this.#limits.segmentBytesMax) return this.#open;
    const path = join(this.#folder, `${String(this.#nextNumber).padStart(12, "0")}.spool`);
    this.#nextNumber += 1;
    this.#open = { path, bytes: 0, records: 0 };
    this.#segments.push(this.#open);
    return this.#open;
  }

  #lose(): boolean {
    this.countDropped(1);
    return false;
  }

  #dropOldest(): void {
    this.countDropped(this.#segments[0]?.records ?? 0);
    this.#deleteFirst();
  }

  #deleteFirst(): void {
    const first = this.#segments.shift();
    if (first === undefined) return;
    if (this.#open === first) this.#open = null;
    if (this.#headPath === first.path) {
      this.#head = [];
      this.#headPath = null;
    }
    try {
      unlinkSync(first.path);
    } catch {
      // Already gone, or the folder turned read-only: it is delivered again after a restart, and dropped there.
    }
  }

  #writeDropped(): void {
    try {
      writeFileSync(join(this.#folder, "dropped"), String(this.#dropped), { mode: 0o600 });
    } catch {
      // A full disk: the count in memory is still told.
    }
  }
}

function checksum(record: string): string {
  return crc32(record).toString(16).padStart(8, "0");
}

function recordsOf(path: string): string[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return [];
  }
  return text.split("\n").flatMap((line) => {
    const record = line.slice(9);
    return line[8] === " " && line.slice(0, 8) === checksum(record) ? [record] : [];
  });
}

function readCount(path: string): number {
  try {
    const count = Number(readFileSync(path, "utf8"));
    return Number.isSafeInteger(count) && count > 0 ? count : 0;
  } catch {
    return 0;
  }
}
