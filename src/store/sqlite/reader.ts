import { Kysely, SqliteDialect } from "kysely";
import type { Database } from "better-sqlite3";
import {
  anyUser,
  listAudit,
  listTokens,
  listUsers,
  readCredential,
  readMeta,
  readSession,
  readTokenBySecret,
  readUser,
} from "../sql/account-rows.ts";
import { listBlockDeeds, listOpenBlockDeeds } from "../sql/block-rows.ts";
import {
  listConnectionFindings,
  listConnectionHosts,
  readConnectionFindings,
  readConnectionLatest,
  readConnectionSlices,
} from "../sql/connection-rows.ts";
import { sqliteDialect, type Queries } from "../sql/dialect.ts";
import { eventHistogram, listEvents } from "../sql/event-list.ts";
import { listHosts, listSources, readHost } from "../sql/host-list.ts";
import { commonPorts, harbour, openCounts } from "../sql/overview-rows.ts";
import { portDetail } from "../sql/port-detail.ts";
import { metricRows } from "../sql/metric-rows.ts";
import { listScanPlans, listScanRuns, readScanRunRecord } from "../sql/scan-rows.ts";
import { portFacets } from "../sql/port-facets.ts";
import { listPorts } from "../sql/port-list.ts";
import type { Reader } from "../store.ts";
import type { Tables } from "../sql/tables.ts";
import { openReading } from "./connection.ts";
import { storeFailure } from "./failure.ts";
import { searchTexts } from "./search-texts.ts";

export function queriesOn(db: Database): Queries {
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database: db }) });
}

/** Reads on a connection of its own: nothing the writer does makes it wait. */
export function openSqliteReader(path: string): Reader {
  const connection = openReading(path);
  const db = queriesOn(connection);
  const snapshots = inSnapshots(connection, path);
  const common = commonPorts(db);
  const dialect = { ...sqliteDialect, portsHolding: searchTexts(connection).holding };
  return {
    ports: (query) => snapshots(() => listPorts(db, dialect, query)),
    portFacets: (filter) => snapshots(() => portFacets(db, dialect, filter)),
    port: (id, { historyFromMs }) => snapshots(() => portDetail(db, sqliteDialect, id, historyFromMs)),
    events: (query) => snapshots(() => listEvents(db, sqliteDialect, query)),
    eventHistogram: (query) => snapshots(() => eventHistogram(db, query)),
    hosts: (query) => snapshots(() => listHosts(db, sqliteDialect, query)),
    host: (id) => snapshots(() => readHost(db, id)),
    sources: () => snapshots(() => listSources(db)),
    openCounts: () => snapshots(() => openCounts(db)),
    harbour: (limits) => snapshots(() => harbour(db, limits, common)),
    scanPlans: () => snapshots(() => listScanPlans(db)),
    scanRuns: (query) => snapshots(() => listScanRuns(db, query)),
    scanRun: (id) => snapshots(() => readScanRunRecord(db, id)),
    connectionHosts: () => snapshots(() => listConnectionHosts(db)),
    connectionLatest: (hostId) => snapshots(() => readConnectionLatest(db, hostId)),
    connectionFindings: () => snapshots(() => listConnectionFindings(db)),
    connectionFindingsOf: (hostId) => snapshots(() => readConnectionFindings(db, hostId)),
    connectionSlices: (query) => snapshots(() => readConnectionSlices(db, query)),
    metricRows: (query) => snapshots(() => metricRows(db, sqliteDialect, query)),
    blockDeeds: (query) => snapshots(() => listBlockDeeds(db, query)),
    openBlockDeeds: () => snapshots(() => listOpenBlockDeeds(db)),
    anyUser: () => snapshots(() => anyUser(db)),
    users: (query) => snapshots(() => listUsers(db, query)),
    user: (id) => snapshots(() => readUser(db, id)),
    credential: (name) => snapshots(() => readCredential(db, name)),
    session: (secretHash, nowMs, idleMs) => snapshots(() => readSession(db, secretHash, nowMs, idleMs)),
    tokenBySecret: (secretHash) => snapshots(() => readTokenBySecret(db, secretHash)),
    tokens: (query) => snapshots(() => listTokens(db, query)),
    audit: (query) => snapshots(() => listAudit(db, query)),
    meta: (key) => snapshots(() => readMeta(db, key)),
    close: () => snapshots(async () => void connection.close(), false),
  };
}

/**
 * One question after the other, each inside its own read transaction: the page, its total and its rows belong to one
 * moment. A transaction left open would keep the log from being moved into the file.
 */
function inSnapshots(connection: Database, path: string) {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(ask: () => Promise<T>, snapshot = true): Promise<T> => {
    const answer = last.then(async () => {
      try {
        if (!snapshot) return await ask();
        connection.exec("begin");
        try {
          return await ask();
        } finally {
          connection.exec("commit");
        }
      } catch (error) {
        throw storeFailure(error, path);
      }
    });
    last = answer.catch(() => undefined);
    return answer;
  };
}
