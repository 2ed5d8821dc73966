import { sql } from "kysely";
import type { View } from "../../model/coverage.ts";
import type { Harbour, OpenCounts } from "../rows.ts";
import type { Queries } from "./dialect.ts";

/** Counters for what is whole, indexes for the rest. */
export async function openCounts(db: Queries): Promise<OpenCounts> {
  const { rows } = await sql<OpenCounts>`select
    (select coalesce(sum(up), 0) from hosts where retired_at_ms is null) as up,
    (select count(*) from hosts where retired_at_ms is null) as hosts,
    (select count(*) from beliefs where state = 'up' and high_risk is not null) as "highRisk",
    (select coalesce(sum(ports), 0) from tallies join hosts on number = host
      where retired_at_ms is null and state = 'up' and scope = 'all') as "allInterfaces"`.execute(db);
  return rows[0] ?? { up: 0, highRisk: 0, allInterfaces: 0, hosts: 0 };
}

const viewBits: Readonly<Record<View, number>> = { inside: 1, outside: 2, wire: 4 };

export interface HarbourLimits {
  readonly ports: number;
  readonly hosts: number;
}

/** Which ports are common changes slowly: remembered for so many times what counting them took, small fleets for no time. */
const commonTimes = 400;
const commonMsMax = 10_000;

/** The ports that are up most often, in their order. Walks an index: 8 ms per 100,000 rows. */
export function commonPorts(db: Queries): (max: number) => Promise<readonly number[]> {
  let known:
    | { readonly max: number; readonly untilMs: number; readonly ports: readonly number[] }
    | undefined;
  return async (max) => {
    const startMs = performance.now();
    if (known !== undefined && known.max === max && startMs < known.untilMs) return known.ports;
    const { rows } = await sql<{ port: number }>`
      select port from beliefs where state = 'up' group by port order by count(*) desc, port limit ${max}`.execute(
      db,
    );
    const nowMs = performance.now();
    const ports = rows.map((row) => row.port);
    known = { max, ports, untilMs: nowMs + Math.min((nowMs - startMs) * commonTimes, commonMsMax) };
    return ports;
  };
}

export async function harbour(
  db: Queries,
  limits: HarbourLimits,
  common: ReturnType<typeof commonPorts>,
): Promise<Harbour> {
  const ports = await common(limits.ports);
  const hosts = await sql<{ number: number; id: string; hostname: string }>`
    select number, id, hostname from hosts where retired_at_ms is null and up > 0
    order by up desc, number limit ${limits.hosts}`.execute(db);
  const cells = new Map(hosts.rows.map((host) => [host.number, Array<number>(ports.length).fill(0)]));
  if (ports.length > 0 && cells.size > 0) {
    const column = new Map(ports.map((port, index) => [port, index]));
    const { rows } = await sql<{ host: number; port: number; view: View }>`
      select distinct host, port, view from beliefs
      where state = 'up' and host in (${sql.join([...cells.keys()])}) and port in (${sql.join(ports)})`.execute(
      db,
    );
    for (const row of rows) {
      const line = cells.get(row.host);
      const index = column.get(row.port);
      if (line !== undefined && index !== undefined) line[index] = (line[index] ?? 0) | viewBits[row.view];
    }
  }
  return {
    ports,
    hosts: hosts.rows.map((host) => ({
      id: host.id,
      name: host.hostname,
      cells: cells.get(host.number) ?? [],
    })),
  };
}
