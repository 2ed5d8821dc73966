import { sqlitePath, type StoreLocation } from "./location.ts";
import type { ConnectionChecks } from "./sqlite/connection.ts";
import { openSqliteReader } from "./sqlite/reader.ts";
import { openSqliteWriter } from "./sqlite/writer.ts";
import type { Reader, Writer } from "./store.ts";

/** Makes and migrates what is missing. At most one writer may be open at a time. */
export async function openWriter(location: StoreLocation, checks: ConnectionChecks = {}): Promise<Writer> {
  return openSqliteWriter(sqlitePath(location), checks);
}

/** A writer must have opened the store before. */
export async function openReader(location: StoreLocation): Promise<Reader> {
  return openSqliteReader(sqlitePath(location));
}

export { embeddedStore, type StoreLocation } from "./location.ts";
