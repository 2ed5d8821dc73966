import { sql } from "kysely";
import type { Host } from "../../model/host.ts";
import { hostSorts, pageRowsDefault, pageRowsMax, type HostQuery } from "../queries.ts";
import type { HostRecord, Page, SourceRecord } from "../rows.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { allOf, type Dialect, type Fragment, type Queries } from "./dialect.ts";
import { fold } from "./fold.ts";
import { fromJson } from "./json.ts";
import { sortOf } from "./sort.ts";
import { sourceRecord, type SourceRow } from "./source-rows.ts";
import type { HostTable } from "./tables.ts";

type Row = Omit<HostTable, "number" | "up" | "down"> & {
  readonly number: number;
  readonly up: number;
  readonly down: number;
};

const columns: Readonly<Record<(typeof hostSorts)[number], keyof Row>> = {
  hostname: "hostname",
  firstSeen: "first_seen_ms",
  up: "up",
};

export async function listHosts(db: Queries, dialect: Dialect, query: HostQuery): Promise<Page<HostRecord>> {
  const limit = Math.min(query.limit ?? pageRowsDefault, pageRowsMax);
  const { name, descending } = sortOf(query.sort, "hostname");
  const sort = `${descending ? "-" : ""}${name}`;
  const column = sql`${sql.ref(columns[name])}`;
  const direction = descending ? sql`desc` : sql`asc`;
  const conditions = hostConditions(dialect, query);
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, sort, 2);
  const beyond =
    after === undefined
      ? []
      : [sql`(${column}, number) ${descending ? sql`<` : sql`>`} (${sql.join(after)})`];
  const { rows } = await sql<Row>`
    select * from hosts where ${allOf([...conditions, ...beyond])}
    order by ${column} ${direction}, number ${direction}
    limit ${limit + 1} offset ${after === undefined ? (query.offset ?? 0) : 0}`.execute(db);
  const counted = await sql<{
    n: number;
  }>`select count(*) as n from hosts where ${allOf(conditions)}`.execute(db);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    rows: await withSources(db, page),
    total: counted.rows[0]?.n ?? 0,
    nextCursor:
      last === undefined || rows.length <= limit
        ? null
        : encodeCursor(sort, [last[columns[name]] as string | number, last.number]),
  };
}

function hostConditions(dialect: Dialect, query: HostQuery): Fragment[] {
  const conditions: Fragment[] = [];
  if (query.retired !== true) conditions.push(sql`retired_at_ms is null`);
  if (query.q !== undefined) conditions.push(dialect.contains(sql`folded`, fold(query.q)));
  return conditions;
}

export async function readHost(db: Queries, id: string): Promise<HostRecord | undefined> {
  const { rows } = await sql<Row>`select * from hosts where id = ${id}`.execute(db);
  return (await withSources(db, rows))[0];
}

export async function listSources(db: Queries): Promise<SourceRecord[]> {
  const { rows } = await sql<SourceRow>`
    select s.*, h.id as host_id from sources s join hosts h on h.number = s.host
    where h.retired_at_ms is null order by s.number`.execute(db);
  return rows.map(sourceRecord);
}

async function withSources(db: Queries, hosts: readonly Row[]): Promise<HostRecord[]> {
  if (hosts.length === 0) return [];
  const { rows } = await sql<SourceRow>`
    select s.*, h.id as host_id from sources s join hosts h on h.number = s.host
    where s.host in (${sql.join(hosts.map((host) => host.number))}) order by s.number`.execute(db);
  const sources = Map.groupBy(rows.map(sourceRecord), (source) => source.hostId);
  return hosts.map((host) => ({
    ...hostOf(host),
    ports: { up: host.up, down: host.down },
    sources: sources.get(host.id) ?? [],
  }));
}

export function hostOf(row: Omit<HostTable, "number" | "up" | "down">): Host {
  return {
    id: row.id,
    hostname: row.hostname,
    machineId: row.machine_id,
    addresses: fromJson<string[]>(row.addresses),
    operatingSystem: row.operating_system,
    labels: fromJson<Record<string, string>>(row.labels),
    firstSeenMs: row.first_seen_ms,
    retiredAtMs: row.retired_at_ms,
  };
}
