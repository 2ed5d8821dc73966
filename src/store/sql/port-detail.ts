import { sql } from "kysely";
import type { Owner } from "../../model/owner.ts";
import type { Interval, PortDetailRecord, PortRecord } from "../rows.ts";
import type { Dialect, Queries } from "./dialect.ts";
import { eventsOfPort } from "./event-list.ts";
import { fromJson } from "./json.ts";
import { portParts } from "./port-rows.ts";

const eventsShownMax = 50;
const similarShownMax = 10;
/** Newest ones; a port that flaps for 90 days has more than anybody reads. */
const intervalsShownMax = 1_000;

export async function portDetail(
  db: Queries,
  dialect: Dialect,
  id: string,
  historyFromMs: number,
): Promise<PortDetailRecord | undefined> {
  const number = /^[1-9]\d{0,15}$/.test(id) ? Number(id) : undefined;
  if (number === undefined) return undefined;
  const settled = await sql<{ turned_ms: number; host: number }>`
    select turned_ms, host from beliefs where number = ${number} and state in ('up', 'down')`.execute(db);
  const [now] = settled.rows;
  const [parts] = await portParts(db, now === undefined ? [] : [number]);
  if (now === undefined || parts === undefined) return undefined;
  const { record, processes, evidence } = parts;
  const open: Interval = {
    fromMs: now.turned_ms,
    toMs: null,
    state: record.state,
    owners: record.owners,
  };
  return {
    ...record,
    processes,
    evidence,
    intervals: [open, ...(await pastIntervals(db, number, historyFromMs))],
    events: await eventsOfPort(db, now.host, number, eventsShownMax),
    similar: await similarPorts(db, dialect, record),
  };
}

async function pastIntervals(db: Queries, belief: number, fromMs: number): Promise<Interval[]> {
  const { rows } = await sql<{ from_ms: number; to_ms: number; state: string; owners: string }>`
    select from_ms, to_ms, state, owners from intervals where belief = ${belief} and to_ms > ${fromMs}
    order by from_ms desc, number desc limit ${intervalsShownMax}`.execute(db);
  return rows.map((row) => ({
    fromMs: row.from_ms,
    toMs: row.to_ms,
    state: row.state === "down" ? "down" : "up",
    owners: fromJson<Owner[]>(row.owners),
  }));
}

/** First those with the same owner, then those with the same port, each on other hosts. */
async function similarPorts(db: Queries, dialect: Dialect, record: PortRecord): Promise<PortRecord[]> {
  const elsewhere = sql`${dialect.unindexed(sql`b.host`)} <> (select number from hosts where id = ${record.hostId}) and b.number <> ${record.id}`;
  const { rows } = await sql<{ number: number }>`
    select number from (select b.number from beliefs b
      where b.state = 'up' and b.process = ${record.process ?? ""} and b.process <> '' and ${elsewhere}
      limit ${similarShownMax}) first
    union all
    select number from (select b.number from beliefs b
      where b.state = 'up' and b.port = ${record.port} and ${elsewhere} limit ${similarShownMax}) second`.execute(
    db,
  );
  const numbers = [...new Set(rows.map((row) => row.number))].slice(0, similarShownMax);
  return (await portParts(db, numbers)).map((parts) => parts.record);
}
