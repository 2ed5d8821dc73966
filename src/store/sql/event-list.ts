import { sql } from "kysely";
import { PortolanError } from "../../base/errors.ts";
import type { View } from "../../model/coverage.ts";
import type { Transport } from "../../model/endpoint.ts";
import type { ConnectionVerdict } from "../../model/connection-verdict.ts";
import {
  eventKinds,
  type EventKind,
  type EventReason,
  type PortEventKind,
  type TroubleKind,
  type Verdict,
} from "../../model/event.ts";
import type { Owner } from "../../model/owner.ts";
import {
  histogramBucketsMax,
  pageRowsDefault,
  pageRowsMax,
  type EventFilter,
  type EventQuery,
  type HistogramQuery,
} from "../queries.ts";
import type {
  EventBucket,
  EventCounts,
  EventRecord,
  Page,
  PortEventRecord,
  TroubleEventRecord,
} from "../rows.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { allOf, type Dialect, type Fragment, type Queries } from "./dialect.ts";
import { fold } from "./fold.ts";
import { fromJson } from "./json.ts";
import { sortOf } from "./sort.ts";
import type { EventTable } from "./tables.ts";

type Row = Omit<EventTable, "number"> & {
  readonly number: number;
  readonly host_id: string;
  readonly hostname: string;
  readonly belief_number: number | null;
};

/** Newest first unless asked otherwise. Only without `q` is the total known. */
export async function listEvents(
  db: Queries,
  dialect: Dialect,
  query: EventQuery,
): Promise<Page<EventRecord>> {
  const limit = Math.min(query.limit ?? pageRowsDefault, pageRowsMax);
  const { descending } = sortOf(query.sort, "-atMs");
  const sort = descending ? "-atMs" : "atMs";
  const direction = descending ? sql`desc` : sql`asc`;
  const conditions = eventConditions(dialect, query);
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, sort, 2);
  const beyond =
    after === undefined
      ? []
      : [sql`(e.at_ms, e.number) ${descending ? sql`<` : sql`>`} (${sql.join(after)})`];
  const { rows } = await sql<{ number: number; at_ms: number }>`
    select e.number, e.at_ms from events e where ${allOf([...conditions, ...beyond])}
    order by e.at_ms ${direction}, e.number ${direction}
    limit ${limit + 1} offset ${after === undefined ? (query.offset ?? 0) : 0}`.execute(db);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    rows: await eventRecords(
      db,
      page.map((row) => row.number),
    ),
    total: query.q === undefined ? await countEvents(db, conditions) : null,
    nextCursor:
      last === undefined || rows.length <= limit ? null : encodeCursor(sort, [last.at_ms, last.number]),
  };
}

async function countEvents(db: Queries, conditions: readonly Fragment[]): Promise<number> {
  const { rows } = await sql<{
    n: number;
  }>`select count(*) as n from events e where ${allOf(conditions)}`.execute(db);
  return rows[0]?.n ?? 0;
}

function eventConditions(dialect: Dialect, filter: EventFilter): Fragment[] {
  const conditions: Fragment[] = [];
  if (filter.kinds !== undefined) {
    conditions.push(filter.kinds.length === 0 ? sql`false` : sql`e.kind in (${sql.join(filter.kinds)})`);
  }
  if (filter.hostId !== undefined)
    conditions.push(sql`e.host = (select number from hosts where id = ${filter.hostId})`);
  if (filter.port !== undefined) {
    const { first, last } = filter.port;
    conditions.push(
      first === last
        ? sql`e.port = ${first}`
        : sql`${dialect.unindexed(sql`e.port`)} between ${first} and ${last}`,
    );
  }
  if (filter.highRisk === true) conditions.push(sql`e.high_risk is not null`);
  if (filter.fromMs !== undefined) conditions.push(sql`e.at_ms >= ${filter.fromMs}`);
  if (filter.toMs !== undefined) conditions.push(sql`e.at_ms < ${filter.toMs}`);
  if (filter.q !== undefined) {
    const text = fold(filter.q);
    conditions.push(sql`(${dialect.contains(sql`e.folded`, text)}
      or e.host in (select number from hosts where ${dialect.contains(sql`folded`, text)}))`);
  }
  return conditions;
}

/** The last events of one belief. */
export async function eventsOfPort(
  db: Queries,
  host: number,
  belief: number,
  limit: number,
): Promise<PortEventRecord[]> {
  const { rows } = await sql<{ number: number }>`
    select number from events where host = ${host} and belief = ${belief} order by at_ms desc, number desc limit ${limit}`.execute(
    db,
  );
  const found = await eventRecords(
    db,
    rows.map((row) => row.number),
  );
  return found.filter((event): event is PortEventRecord => !("trouble" in event));
}

async function eventRecords(db: Queries, numbers: readonly number[]): Promise<EventRecord[]> {
  if (numbers.length === 0) return [];
  const { rows } = await sql<Row>`
    select e.*, h.id as host_id, h.hostname, b.number as belief_number
    from events e join hosts h on h.number = e.host left join beliefs b on b.number = e.belief
    where e.number in (${sql.join(numbers)})`.execute(db);
  const byNumber = new Map(rows.map((row) => [row.number, row]));
  return numbers.flatMap((number) => {
    const row = byNumber.get(number);
    return row === undefined ? [] : [eventRecord(row)];
  });
}

const eventRecord = (row: Row): EventRecord =>
  row.trouble === null ? portEvent(row) : troubleEvent(row, fromJson<ConnectionVerdict>(row.trouble));

const toldIn = (row: Row) => ({
  id: row.id,
  atMs: row.at_ms,
  observedAtMs: row.observed_at_ms,
  hostId: row.host_id,
  hostName: row.hostname,
});

function troubleEvent(row: Row, trouble: ConnectionVerdict): TroubleEventRecord {
  return { ...toldIn(row), kind: row.kind as TroubleKind, trouble };
}

function portEvent(row: Row): PortEventRecord {
  return {
    ...toldIn(row),
    kind: row.kind as PortEventKind,
    portId: row.belief_number === null ? null : String(row.belief_number),
    view: row.view as View,
    endpoint: {
      transport: row.transport as Transport,
      address: row.address,
      port: row.port,
      interface: row.interface,
      networkNamespace: row.network_namespace,
    },
    ownersBefore: fromJson<Owner[]>(row.owners_before),
    ownersAfter: fromJson<Owner[]>(row.owners_after),
    reason: fromJson<EventReason>(row.reason),
    verdict: { action: row.action as Verdict["action"], ruleId: row.rule_id, highRisk: row.high_risk },
  };
}

const noEvents = Object.fromEntries(eventKinds.map((kind) => [kind, 0])) as Record<EventKind, number>;

/** Counts per bucket, each a walk over its part of the index (at_ms, kind): 0.1 s per 1,000,000 events. */
export async function eventHistogram(db: Queries, query: HistogramQuery): Promise<EventBucket[]> {
  const { fromMs, toMs, bucketMs } = query;
  const count = Math.ceil((toMs - fromMs) / bucketMs);
  if (!(bucketMs > 0) || !(toMs > fromMs) || count > histogramBucketsMax) {
    throw new PortolanError("invalid", "This span and bucket give no histogram.", {
      hint: `Ask for 1 to ${histogramBucketsMax} buckets, from before to.`,
      details: { fromMs, toMs, bucketMs },
    });
  }
  const counters = sql.join(
    eventKinds.map((kind) => sql`count(*) filter (where kind = ${kind}) as ${sql.ref(kind)}`),
  );
  const buckets: EventBucket[] = [];
  for (let index = 0; index < count; index += 1) {
    const startMs = fromMs + index * bucketMs;
    const { rows } = await sql<EventCounts>`select ${counters} from events
      where at_ms >= ${startMs} and at_ms < ${Math.min(startMs + bucketMs, toMs)}`.execute(db);
    buckets.push({ startMs, ...(rows[0] ?? noEvents) });
  }
  return buckets;
}
