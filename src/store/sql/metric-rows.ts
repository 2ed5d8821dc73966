import { sql } from "kysely";
import type { View } from "../../model/coverage.ts";
import type { ScanRunState } from "../../model/scan-plan.ts";
import type { MetricQuery } from "../queries.ts";
import type { MetricRows } from "../rows.ts";
import { listConnectionFindings, listConnectionHosts, listConnectionLatest } from "./connection-rows.ts";
import type { Dialect, Queries } from "./dialect.ts";
import { listHosts } from "./host-list.ts";

/** Of the `hostsMax` hosts that have been known longest; one walk along an index counts all ports, 8 ms per 100,000. */
export async function metricRows(
  db: Queries,
  dialect: Dialect,
  { hostsMax, ports }: MetricQuery,
): Promise<MetricRows> {
  const { rows: hosts, total } = await listHosts(db, dialect, { sort: "firstSeen", limit: hostsMax });
  return {
    hosts,
    hostsInAll: total ?? hosts.length,
    connections: ports
      ? (await listConnectionLatest(db, hostsMax)).map(({ sample, ...host }) => ({
          ...host,
          ports: sample.ports,
        }))
      : (await listConnectionHosts(db, hostsMax)).map((host) => ({ ...host, ports: [] })),
    findings: await listConnectionFindings(db),
    ports: await portCounts(db),
    ...(await scanCounts(db)),
  };
}

async function portCounts(db: Queries): Promise<MetricRows["ports"]> {
  const { rows } = await sql<{ id: string; view: View; up: number; down: number; risky: number }>`
    select id, view, sum(counted.up) as up, sum(counted.down) as down, sum(risky) as risky from (
      select host, view, count(*) as up, 0 as down, 0 as risky from beliefs where state = 'up' group by host, view
      union all
      select host, view, 0, count(*), 0 from beliefs where state = 'down' group by host, view
      union all
      select host, view, 0, 0, count(*) from beliefs where state = 'up' and high_risk is not null
      group by host, view
    ) counted join hosts on number = host where retired_at_ms is null group by host, view`.execute(db);
  return rows.map(({ id, view, up, down, risky }) => ({ hostId: id, view, up, down, highRisk: risky }));
}

async function scanCounts(db: Queries): Promise<Pick<MetricRows, "scanRuns" | "scanPlans">> {
  const runs = await sql<{ state: ScanRunState; runs: number }>`
    select state, count(*) as runs from scan_runs group by state`.execute(db);
  const plans = await sql<{ id: string; name: string; done: number | null }>`
    select id, name, (select max(ended_at_ms) from scan_runs where plan_id = scan_plans.id and state = 'done') as done
    from scan_plans order by created_at_ms, id`.execute(db);
  return {
    scanRuns: runs.rows,
    scanPlans: plans.rows.map(({ id, name, done }) => ({ id, name, doneAtMs: done })),
  };
}
