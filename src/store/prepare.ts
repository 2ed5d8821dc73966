import { sqlitePath, type StoreLocation } from "./location.ts";
import { openWriting, type ConnectionChecks } from "./sqlite/connection.ts";

/**
 * Checks and migrates the database before anybody works on it; throws with the reason and the mend. Give it back by
 * `close` once a writer has opened: to be the last to close would move the whole log into the file first.
 */
export function prepareStore(location: StoreLocation, checks: ConnectionChecks = {}): { close(): void } {
  const db = openWriting(sqlitePath(location), checks);
  return { close: () => void db.close() };
}
