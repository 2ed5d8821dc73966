import { sql } from "kysely";
import { pageRowsDefault, pageRowsMax, type PortFilter, type PortQuery, type PortSort } from "../queries.ts";
import type { Page, PortRecord } from "../rows.ts";
import { decodeCursor, encodeCursor, type CursorValue } from "./cursor.ts";
import { allOf, type Dialect, type Fragment, type Queries } from "./dialect.ts";
import { selectPorts, type PortSelection } from "./port-filter.ts";
import { portParts, type PastState } from "./port-rows.ts";
import { countFoundUp, findPorts, type FoundPorts } from "./port-search.ts";
import { sortOf } from "./sort.ts";

/** What each sort goes by; the row's number makes every order total. The indexes `beliefs_by_*` serve them. */
const presentColumns: Readonly<Record<PortSort, readonly Fragment[]>> = {
  port: [sql`b.port`],
  address: [sql`b.address_order`, sql`b.port`],
  host: [sql`h.hostname`, sql`b.host`, sql`b.port`],
  process: [sql`b.process`, sql`b.port`],
  user: [sql`b.user_name`, sql`b.port`],
  unit: [sql`b.unit`, sql`b.port`],
  scope: [sql`b.scope`, sql`b.port`],
  transport: [sql`b.transport`, sql`b.port`],
  since: [sql`b.since_ms`],
  lastChange: [sql`b.last_change_ms`],
};

const pastColumns: Readonly<Record<PortSort, readonly Fragment[]>> = {
  ...presentColumns,
  process: [sql`p.process`, sql`b.port`],
  since: [sql`p.since_ms`],
};

/** Up to so many matches are sorted by themselves instead of being picked out of the sort's index. */
const sortedMatchesMax = 20_000;

interface Match {
  readonly number: number;
  readonly interval: number | null;
  readonly total: number | null;
  readonly [sortValue: `s${number}`]: CursorValue;
}

/** One page: which rows (narrow, by index), then the rows themselves. */
export async function listPorts(db: Queries, dialect: Dialect, query: PortQuery): Promise<Page<PortRecord>> {
  const limit = Math.min(query.limit ?? pageRowsDefault, pageRowsMax);
  const found = query.q === undefined ? null : await findPorts(db, dialect, query.q);
  const counted = await countPorts(db, dialect, query, found);
  const many = counted.total !== null && (found !== null || counted.total > sortedMatchesMax);
  const loose = many && !counted.selective;
  const selection = await selectPorts(db, dialect, query, { found, loose });
  // Said, not left to the planner: without statistics, as on a new database, it would walk the sort's index to its end.
  const byHand = counted.selective && !loose;
  const { name, descending } = sortOf(query.sort, "port");
  const sorted = (selection.past ? pastColumns : presentColumns)[name];
  const columns = byHand ? sorted.map((column) => dialect.unindexed(column)) : sorted;
  const matches = await matchPorts(db, { selection, columns, query, limit, count: counted.total === null });
  const page = matches.slice(0, limit);
  const records = await portParts(
    db,
    page.map((match) => match.number),
    await pastStates(db, page),
  );
  const last = page.at(-1);
  return {
    rows: records.map((parts) => parts.record),
    total: counted.total ?? matches[0]?.total ?? 0,
    nextCursor:
      last === undefined || matches.length <= limit
        ? null
        : encodeCursor(`${descending ? "-" : ""}${name}`, [
            ...columns.map((_, index) => last[`s${index}`] as CursorValue),
            last.number,
          ]),
  };
}

/** null: counted while matching, because counting would go through the whole past a second time. */
async function countPorts(
  db: Queries,
  dialect: Dialect,
  filter: PortFilter,
  found: FoundPorts | null,
): Promise<{ readonly total: number | null; readonly selective: boolean }> {
  const selection = await selectPorts(db, dialect, filter, { found, loose: false });
  const { selective } = selection;
  if (selection.past) return { total: null, selective };
  if (found !== null && selection.whole && !selective && filter.state !== "down") {
    const total = await countFoundUp(db, dialect, found);
    if (total !== null) return { total, selective };
  }
  const { rows } = selection.tallies
    ? await sql<{ n: number | null }>`select sum(t.ports) as n from ${selection.tallies}`.execute(db)
    : await sql<{ n: number }>`
        select count(*) as n from ${selection.from} where ${allOf(selection.conditions)}`.execute(db);
  return { total: rows[0]?.n ?? 0, selective };
}

interface Matching {
  readonly selection: PortSelection;
  /** What to sort by, before the row's number. */
  readonly columns: readonly Fragment[];
  readonly query: PortQuery;
  readonly limit: number;
  /** Whether each match is to say how many there are. */
  readonly count: boolean;
}

async function matchPorts(db: Queries, matching: Matching): Promise<readonly Match[]> {
  const { selection, query, limit, count } = matching;
  const { name, descending } = sortOf(query.sort, "port");
  const columns = [...matching.columns, sql`b.number`];
  const direction = descending ? sql`desc` : sql`asc`;
  const after =
    query.cursor === undefined
      ? undefined
      : decodeCursor(query.cursor, `${descending ? "-" : ""}${name}`, columns.length);
  const beyond =
    after === undefined
      ? []
      : [sql`(${sql.join(columns)}) ${descending ? sql`<` : sql`>`} (${sql.join(after)})`];
  const from = name === "host" ? hostsFirst(selection) : selection.from;
  const counted = count && after === undefined ? sql`count(*) over ()` : sql`null`;
  const { rows } = await sql<Match>`
    select b.number, ${selection.past ? sql`p.interval` : sql`null`} as interval, ${counted} as total,
      ${sql.join(columns.slice(0, -1).map((column, index) => sql`${column} as ${sql.ref(`s${index}`)}`))}
    from ${from}
    where ${allOf([...selection.conditions, ...beyond])}
    order by ${sql.join(columns.map((column) => sql`${column} ${direction}`))}
    limit ${limit + 1} offset ${after === undefined ? (query.offset ?? 0) : 0}`.execute(db);
  return rows;
}

/** Hosts in the order of their names, and within each its ports: two indexes instead of a sort. */
function hostsFirst(selection: PortSelection): Fragment {
  return selection.past
    ? sql`${selection.from} join hosts h on h.number = b.host`
    : sql`hosts h cross join beliefs b on b.host = h.number`;
}

async function pastStates(db: Queries, matches: readonly Match[]): Promise<Map<number, PastState>> {
  const intervals = matches.flatMap((match) => (match.interval === null ? [] : [match.interval]));
  if (intervals.length === 0) return new Map();
  const { rows } = await sql<{ belief: number; from_ms: number; state: string; owners: string }>`
    select belief, from_ms, state, owners from intervals where number in (${sql.join(intervals)})`.execute(
    db,
  );
  return new Map(
    rows.map((row) => [row.belief, { sinceMs: row.from_ms, state: row.state, owners: row.owners }] as const),
  );
}
