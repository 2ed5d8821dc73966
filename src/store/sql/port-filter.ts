import { sql } from "kysely";
import type { PortFilter } from "../queries.ts";
import { allOf, type Dialect, type Fragment, type Queries } from "./dialect.ts";
import { foundFewMax, type FoundPorts } from "./port-search.ts";

/**
 * From where a port list is taken, and what holds for its rows. Aliases: b the beliefs, p the candidates with the
 * columns number, since_ms, process and interval (null: as it is now).
 */
export interface PortSelection {
  readonly from: Fragment;
  readonly conditions: readonly Fragment[];
  /** Conditions that leave few rows: their index beats that of the sort. */
  readonly selective: boolean;
  /** Only the state, as it is now, is asked for, and perhaps a text. */
  readonly whole: boolean;
  /** Where counters know how many: the sum of their `ports`. */
  readonly tallies: Fragment | null;
  readonly past: boolean;
  /** Some host is: what belongs to it is left out. */
  readonly retired: boolean;
}

/** `found`: by `q`, null without. `loose`: a weak filter must not keep the sort's index from being used. */
export async function selectPorts(
  db: Queries,
  dialect: Dialect,
  filter: PortFilter,
  { found, loose }: { readonly found: FoundPorts | null; readonly loose: boolean },
): Promise<PortSelection> {
  const weak = (column: Fragment): Fragment => (loose ? dialect.unindexed(column) : column);
  const past = filter.atMs !== undefined;
  const retired = await anyRetired(db);
  const plain = plainConditions(sql.ref("b"), filter, retired, weak);
  const others: Fragment[] = [];
  if (filter.port !== undefined) {
    const { first, last } = filter.port;
    others.push(
      first === last
        ? sql`${weak(sql`b.port`)} = ${first}`
        : sql`${weak(sql`b.port`)} between ${first} and ${last}`,
    );
  }
  if (filter.owner !== undefined) {
    const process = past ? sql`p.process` : sql`b.process`;
    others.push(sql`${weak(process)} = ${filter.owner}`);
  }
  if (filter.highRisk === true) others.push(sql`b.high_risk is not null`);
  if (filter.highRisk === false) others.push(sql`b.high_risk is null`);
  const present = !past && others.length === 0;
  if (found !== null) others.push(sql`${weak(sql`b.number`)} in (${dialect.numbersOf(found.numbers)})`);
  const { transport, scope, hostId } = filter;
  return {
    from: past
      ? sql`(${candidatesAt(filter.atMs ?? 0, stateOf(filter))}) p join beliefs b on b.number = p.number`
      : sql`beliefs b`,
    conditions: [...plain, ...others],
    selective:
      hostId !== undefined ||
      filter.port !== undefined ||
      filter.owner !== undefined ||
      filter.highRisk === true ||
      (found !== null && found.count <= foundFewMax),
    whole: present && transport === undefined && scope === undefined && hostId === undefined,
    tallies:
      present && found === null
        ? sql`tallies t where ${allOf(plainConditions(sql.ref("t"), filter, retired, (column) => column))}`
        : null,
    past,
    retired,
  };
}

const stateOf = ({ state }: PortFilter): "up" | "down" => (state === "down" ? "down" : "up");

/** What counters are kept by as well; `from`: the beliefs or the counters. */
function plainConditions(
  from: Fragment,
  filter: PortFilter,
  retired: boolean,
  weak: (column: Fragment) => Fragment,
): Fragment[] {
  const { atMs, transport, scope, hostId } = filter;
  const conditions: Fragment[] = [];
  // Literally: an index of what is up is only chosen when the statement itself says so.
  if (atMs === undefined) conditions.push(sql`${from}.state = ${sql.lit(stateOf(filter))}`);
  if (transport !== undefined) conditions.push(sql`${weak(sql`${from}.transport`)} = ${transport}`);
  if (scope !== undefined) conditions.push(sql`${weak(sql`${from}.scope`)} = ${scope}`);
  if (hostId !== undefined) {
    conditions.push(sql`${weak(sql`${from}.host`)} = (select number from hosts where id = ${hostId})`);
  }
  if (retired) {
    conditions.push(sql`${from}.host not in (select number from hosts where retired_at_ms is not null)`);
  }
  return conditions;
}

/** Endpoints that have not turned since then are as they are; the others are as the interval says that ended after it. */
function candidatesAt(atMs: number, state: "up" | "down"): Fragment {
  return sql`
    select number, since_ms, process, null as interval from beliefs where state = ${sql.lit(state)} and turned_ms <= ${atMs}
    union all
    select belief as number, from_ms as since_ms, process, number as interval from intervals
    where to_ms > ${atMs} and from_ms <= ${atMs} and state = ${state}`;
}

async function anyRetired(db: Queries): Promise<boolean> {
  const { rows } = await sql`select 1 from hosts where retired_at_ms is not null limit 1`.execute(db);
  return rows.length > 0;
}
