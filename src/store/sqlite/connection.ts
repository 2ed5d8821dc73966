import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import SqliteDatabase, { type Database } from "better-sqlite3";
import { PortolanError } from "../../base/errors.ts";
import { restoreHint, storeFailure } from "./failure.ts";
import { migrate } from "./migrate.ts";

/** Below it two connections may corrupt a write-ahead log: sqlite.org/wal.html#walresetbug. */
export const libraryVersionMin = "3.51.3";

/** Files up to this size are checked whole at every start (about 1.5 ms per MB). */
export const checkedAtStartBytesMax = 128 * 1024 * 1024;

const busyTimeoutMs = 5_000;
const writerCacheMinKiB = 32 * 1024;
const writerCacheMaxKiB = 192 * 1024;
/** Of the file, kept by the writer: what a cycle with few changes touches comes again with the next. */
const writerCachePart = 1 / 8;
const readerCacheKiB = 32 * 1024;
/**
 * At most about 512 MB of log. Housekeeping moves it into the file every minute; this bound is for a storm, which
 * would pay for every page twice while it lasts.
 */
const checkpointPages = 128_000;
const logKeptBytes = 64 * 1024 * 1024;
const headerMagic = "SQLite format 3\0";

export interface ConnectionChecks {
  /** What the library says of itself; given in tests. */
  readonly libraryVersion?: string;
  /** It was opened with every check a moment ago: look only at what costs nothing. */
  readonly checked?: boolean;
}

export function refuseOldLibrary(version: string): void {
  const have = version.split(".").map(Number);
  const need = libraryVersionMin.split(".").map(Number);
  for (const [index, part] of need.entries()) {
    const own = have[index] ?? 0;
    if (own > part) return;
    if (own === part) continue;
    throw new PortolanError(
      "unavailable",
      `SQLite ${version} can damage a database (a bug in its write-ahead log, mended in ${libraryVersionMin}); Portolan does not start on it.`,
      {
        hint: "Install the packages again with npm ci.",
        details: { found: version, needed: libraryVersionMin },
      },
    );
  }
}

/** The one connection that writes: makes and migrates the file. Throws when it is damaged, newer or foreign. */
export function openWriting(path: string, checks: ConnectionChecks = {}): Database {
  try {
    refuseDamagedHeader(path);
    // SQLite gives its log the rights of the file: what is in it is nobody else's to read.
    closeSync(openSync(path, "a", 0o600));
    const db = new SqliteDatabase(path, { timeout: busyTimeoutMs });
    try {
      refuseOldLibrary(checks.libraryVersion ?? libraryVersion(db));
      if (checks.checked !== true) refuseDamagedPages(db, path);
      db.pragma("journal_mode = wal");
      db.pragma("synchronous = normal");
      db.pragma("foreign_keys = on");
      db.pragma("mmap_size = 0");
      // What a savepoint may have to bring back: in a file it would cost more than the change itself.
      db.pragma("temp_store = memory");
      fitCache(db);
      db.pragma(`wal_autocheckpoint = ${checkpointPages}`);
      db.pragma(`journal_size_limit = ${logKeptBytes}`);
      migrate(db, path);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    throw storeFailure(error, path);
  }
}

/** To be called again when the file has grown. */
export function fitCache(db: Database): void {
  const wanted = (fileBytes(db) / 1024) * writerCachePart;
  const kiB = Math.min(Math.max(wanted, writerCacheMinKiB), writerCacheMaxKiB);
  db.pragma(`cache_size = -${Math.round(kiB)}`);
}

function fileBytes(db: Database): number {
  const pages = db.pragma("page_count", { simple: true }) as number;
  return pages * (db.pragma("page_size", { simple: true }) as number);
}

/** A connection that only reads. The file must have been opened for writing before. */
export function openReading(path: string): Database {
  try {
    const db = new SqliteDatabase(path, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs });
    db.pragma("mmap_size = 0");
    db.pragma("query_only = on");
    db.pragma("temp_store = memory");
    db.pragma(`cache_size = -${readerCacheKiB}`);
    return db;
  } catch (error) {
    throw storeFailure(error, path);
  }
}

function libraryVersion(db: Database): string {
  return db.prepare("select sqlite_version()").pluck().get() as string;
}

function refuseDamagedHeader(path: string): void {
  if (!existsSync(path)) return;
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    if (size === 0) return;
    const header = Buffer.alloc(headerMagic.length);
    readSync(file, header, 0, header.length, 0);
    if (header.toString("latin1") === headerMagic) return;
  } finally {
    closeSync(file);
  }
  throw new PortolanError("internal", `${path} is damaged, or not a database: its header does not read.`, {
    hint: restoreHint(path),
    details: { path, reason: "damaged" },
  });
}

function refuseDamagedPages(db: Database, path: string): void {
  if (fileBytes(db) > checkedAtStartBytesMax) return;
  const finding = quickCheck(db);
  if (finding === null) return;
  throw new PortolanError("internal", `The database ${path} is damaged: ${finding}`, {
    hint: restoreHint(path),
    details: { path, reason: "damaged", finding },
  });
}

/** The first thing wrong with the file's structure; null when there is nothing. */
export function quickCheck(db: Database): string | null {
  const finding = db.prepare("pragma quick_check(1)").pluck().get() as string;
  return finding === "ok" ? null : finding;
}
