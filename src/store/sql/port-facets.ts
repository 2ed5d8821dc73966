import { sql } from "kysely";
import type { PortFilter } from "../queries.ts";
import type { PortFacets } from "../rows.ts";
import { allOf, type Dialect, type Fragment, type Queries } from "./dialect.ts";
import { selectPorts, type PortSelection } from "./port-filter.ts";
import { findPorts } from "./port-search.ts";

/** Values kept per facet that has many. */
export const facetValuesMax = 20;

interface Counted {
  readonly facet: string;
  readonly value: string | number;
  readonly n: number;
}

/** Counts every row that the filter leaves: unfiltered over counters and indexes, else over the matches, found once. */
export async function portFacets(db: Queries, dialect: Dialect, filter: PortFilter): Promise<PortFacets> {
  const found = filter.q === undefined ? null : await findPorts(db, dialect, filter.q);
  const selection = await selectPorts(db, dialect, filter, { found, loose: false });
  const { tallies } = selection;
  const counting =
    selection.whole && tallies !== null
      ? countWhole({ ...selection, tallies }, filter)
      : countMatches(selection);
  const { rows } = await counting.execute(db);
  const of = (facet: string) => rows.filter((row) => row.facet === facet && row.n > 0);
  return {
    transport: Object.fromEntries(of("transport").map((row) => [row.value, row.n])),
    scope: Object.fromEntries(of("scope").map((row) => [row.value, row.n])),
    host: await namedHosts(db, of("host")),
    process: of("process").map((row) => ({ name: String(row.value), count: row.n })),
    port: of("port").map((row) => ({ port: Number(row.value), count: row.n })),
  };
}

/** Hosts, processes and what has few values have counters; the rest is counted in one walk of an index. */
function countWhole(
  { from, conditions, tallies, retired }: PortSelection & { readonly tallies: Fragment },
  filter: PortFilter,
) {
  const where = sql`from ${from} where ${allOf(conditions)}`;
  const down = filter.state === "down";
  const counter = down ? sql`down` : sql`up`;
  const processes =
    down || retired
      ? mostOf("process", sql`b.process`, sql`${where} and b.process <> ''`)
      : sql`select * from (select 'process' as facet, process as value, ports as n from process_tallies
          where ports > 0 order by ports desc, process limit ${facetValuesMax})`;
  return sql<Counted>`
    select 'transport' as facet, t.transport as value, sum(t.ports) as n from ${tallies} group by t.transport
    union all select 'scope' as facet, t.scope as value, sum(t.ports) as n from ${tallies} group by t.scope
    union all select * from (select 'host' as facet, number as value, ${counter} as n from hosts
      where retired_at_ms is null order by ${counter} desc, number limit ${facetValuesMax})
    union all ${processes}
    union all ${mostOf("port", sql`b.port`, where)}`;
}

function countMatches({ from, conditions, past }: PortSelection) {
  const process = past ? sql`p.process` : sql`b.process`;
  const all = sql`from matches b`;
  return sql<Counted>`
    with matches as materialized (select b.transport, b.scope, b.host, ${process} as process, b.port
      from ${from} where ${allOf(conditions)})
    ${mostOf("transport", sql`b.transport`, all)} union all ${mostOf("scope", sql`b.scope`, all)}
    union all ${mostOf("host", sql`b.host`, all)} union all ${mostOf("port", sql`b.port`, all)}
    union all ${mostOf("process", sql`b.process`, sql`${all} where b.process <> ''`)}`;
}

function mostOf(facet: string, column: Fragment, source: Fragment): Fragment {
  return sql`select * from (select ${facet} as facet, ${column} as value, count(*) as n ${source}
    group by ${column} order by n desc, value limit ${facetValuesMax})`;
}

async function namedHosts(db: Queries, counted: readonly Counted[]): Promise<PortFacets["host"]> {
  if (counted.length === 0) return [];
  const { rows } = await sql<{ number: number; id: string; hostname: string }>`
    select number, id, hostname from hosts where number in (${sql.join(counted.map((row) => row.value))})`.execute(
    db,
  );
  const byNumber = new Map(rows.map((row) => [row.number, row]));
  return counted.flatMap((row) => {
    const host = byNumber.get(Number(row.value));
    return host === undefined ? [] : [{ id: host.id, name: host.hostname, count: row.n }];
  });
}
