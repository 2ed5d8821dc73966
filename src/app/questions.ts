import { PortolanError } from "../base/errors.ts";
import type {
  AuditQuery,
  BlockDeedQuery,
  EventQuery,
  HistogramQuery,
  HostQuery,
  PortFilter,
  PortQuery,
  ScanRunQuery,
  TokenQuery,
  UserQuery,
} from "../store/queries.ts";
import type { Page, ScanRunRecord } from "../store/rows.ts";
import type { Reader } from "../store/store.ts";
import { familiarRemotes } from "./familiar-remotes.ts";
import { verifyAudit } from "./audit-chain.ts";
import { findingsOfHost, fleetFindings } from "./connection-findings.ts";
import { connectionHistory, connectionHosts, connectionsOfHost, fleetConnections } from "./connections.ts";
import { metrics } from "./metrics.ts";
import { everyBlindSpot, overview } from "./overview.ts";
import { eventRow, portDetailRow, portRow } from "./port-rows.ts";
import { scrapeTargets } from "./scrape-targets.ts";
import { hostRow } from "./source-health.ts";
import type { Moment } from "./thread-messages.ts";
import type { EventRow, HostRow, PortDetail, PortRow } from "./views.ts";

const historyShownMs = 90 * 86_400_000;

function mapPage<From, To>(page: Page<From>, map: (row: From) => To): Page<To> {
  return { ...page, rows: page.rows.map(map) };
}

async function ports(reader: Reader, query: PortQuery, { nowMs }: Moment): Promise<Page<PortRow>> {
  return mapPage(await reader.ports(query), (record) => portRow(record, nowMs));
}

async function port(reader: Reader, id: string, { nowMs }: Moment): Promise<PortDetail> {
  const record = await reader.port(id, { historyFromMs: nowMs - historyShownMs });
  if (record === undefined)
    throw new PortolanError("not-found", "There is no such port.", { details: { id } });
  return portDetailRow(record, nowMs);
}

async function events(reader: Reader, query: EventQuery): Promise<Page<EventRow>> {
  return mapPage(await reader.events(query), eventRow);
}

async function hosts(reader: Reader, query: HostQuery, { nowMs }: Moment): Promise<Page<HostRow>> {
  return mapPage(await reader.hosts(query), (record) => hostRow(record, nowMs));
}

async function host(reader: Reader, id: string, { nowMs }: Moment): Promise<HostRow> {
  const record = await reader.host(id);
  if (record === undefined)
    throw new PortolanError("not-found", "There is no such host.", { details: { id } });
  return hostRow(record, nowMs);
}

async function scanRun(reader: Reader, id: string): Promise<ScanRunRecord> {
  const record = await reader.scanRun(id);
  if (record === undefined)
    throw new PortolanError("not-found", "There is no such scan.", { details: { id } });
  return record;
}

/** Everything that can be asked: what a reading thread answers. */
export const questions = {
  ports,
  portFacets: (reader: Reader, filter: PortFilter) => reader.portFacets(filter),
  port,
  events,
  eventHistogram: (reader: Reader, query: HistogramQuery) => reader.eventHistogram(query),
  hosts,
  host,
  overview: (reader: Reader, _: null, { nowMs }: Moment) => overview(reader, nowMs),
  blindSpots: (reader: Reader, _: null, { nowMs }: Moment) => everyBlindSpot(reader, nowMs),
  scanPlans: (reader: Reader) => reader.scanPlans(),
  scanRuns: (reader: Reader, query: ScanRunQuery) => reader.scanRuns(query),
  scanRun,
  fleetConnections,
  connectionHosts,
  connectionsOfHost,
  connectionHistory,
  metrics,
  scrapeTargets,
  fleetFindings,
  findingsOfHost,
  blockDeeds: (reader: Reader, query: BlockDeedQuery) => reader.blockDeeds(query),
  openBlockDeeds: (reader: Reader) => reader.openBlockDeeds(),
  familiarRemotes,
  anyUser: (reader: Reader) => reader.anyUser(),
  users: (reader: Reader, query: UserQuery) => reader.users(query),
  credential: (reader: Reader, name: string) => reader.credential(name),
  credentialOf: async (reader: Reader, userId: string) => {
    const user = await reader.user(userId);
    return user === undefined ? undefined : reader.credential(user.name);
  },
  session: (
    reader: Reader,
    ask: { readonly secretHash: string; readonly idleMs: number },
    { nowMs }: Moment,
  ) => reader.session(ask.secretHash, nowMs, ask.idleMs),
  tokenBySecret: (reader: Reader, secretHash: string) => reader.tokenBySecret(secretHash),
  tokens: (reader: Reader, query: TokenQuery) => reader.tokens(query),
  audit: (reader: Reader, query: AuditQuery) => reader.audit(query),
  verifyAudit: (reader: Reader) => verifyAudit(reader),
  meta: (reader: Reader, key: string) => reader.meta(key),
} as const;

export type Questions = typeof questions;
