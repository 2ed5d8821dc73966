import { sql } from "kysely";
import type { ScanLane, ScanPlan, ScanPlanOrder, ScanRun, ScanRunState } from "../../model/scan-plan.ts";
import { scanLanesMax, scanPlansMax, type ScanSample } from "../../model/scan-plan.ts";
import { pageRowsDefault, pageRowsMax, type ScanRunQuery } from "../queries.ts";
import type { Page, ScanRunRecord } from "../rows.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { allOf, type Queries } from "./dialect.ts";
import { fromJson } from "./json.ts";
import type { ScanPlanTable, ScanRunTable } from "./tables.ts";

export function planOf(row: ScanPlanTable): ScanPlan {
  return {
    ...fromJson<ScanPlanOrder>(row.body),
    id: row.id,
    name: row.name,
    createdAtMs: row.created_at_ms,
    changedAtMs: row.changed_at_ms,
    nextRunMs: row.next_run_ms,
  };
}

/** What of a run is read whole or not at all. */
export type RunBody = Pick<
  ScanRun,
  "plan" | "attempt" | "hosts" | "packets" | "latest" | "outcome" | "problem"
>;

type RunRow = Omit<ScanRunTable, "number">;

export function runOf(row: RunRow): ScanRun {
  return {
    ...fromJson<RunBody>(row.body),
    id: row.id,
    planId: row.plan_id,
    state: row.state as ScanRunState,
    askedBy: row.asked_by,
    createdAtMs: row.created_at_ms,
    startedAtMs: row.started_at_ms,
    endedAtMs: row.ended_at_ms,
    node: row.node,
    heardAtMs: row.heard_at_ms,
  };
}

/** By name. */
export async function listScanPlans(db: Queries): Promise<ScanPlan[]> {
  const rows = await db.selectFrom("scan_plans").selectAll().orderBy("name").limit(scanPlansMax).execute();
  return rows.map(planOf);
}

export async function readScanPlan(db: Queries, id: string): Promise<ScanPlan | undefined> {
  const row = await db.selectFrom("scan_plans").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : planOf(row);
}

export async function readScanRun(db: Queries, id: string): Promise<ScanRun | undefined> {
  const row = await db.selectFrom("scan_runs").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : runOf(row);
}

/** Newest first. */
export async function listScanRuns(db: Queries, query: ScanRunQuery): Promise<Page<ScanRun>> {
  const limit = Math.min(query.limit ?? pageRowsDefault, pageRowsMax);
  const of = query.planId === undefined ? [] : [sql`plan_id = ${query.planId}`];
  const [after] = query.cursor === undefined ? [] : decodeCursor(query.cursor, "-number", 1);
  const beyond = after === undefined ? [] : [sql`number < ${after}`];
  const { rows } = await sql<RunRow & { readonly number: number }>`
    select * from scan_runs where ${allOf([...of, ...beyond])} order by number desc limit ${limit + 1}`.execute(
    db,
  );
  const counted = await sql<{ n: number }>`select count(*) as n from scan_runs where ${allOf(of)}`.execute(
    db,
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    rows: page.map(runOf),
    total: counted.rows[0]?.n ?? 0,
    nextCursor: last === undefined || rows.length <= limit ? null : encodeCursor("-number", [last.number]),
  };
}

/** A run with its chart and its addresses, those with the most open ports first. */
export async function readScanRunRecord(db: Queries, id: string): Promise<ScanRunRecord | undefined> {
  const run = await readScanRun(db, id);
  if (run === undefined) return undefined;
  const number = sql`(select number from scan_runs where id = ${id})`;
  const samples = await sql<{ body: string }>`
    select body from scan_samples where run = ${number} order by elapsed_ms`.execute(db);
  const lanes = await sql<{ body: string }>`
    select body from scan_lanes where run = ${number} order by open desc, address limit ${scanLanesMax}`.execute(
    db,
  );
  return {
    ...run,
    samples: samples.rows.map(({ body }) => fromJson<ScanSample>(body)),
    lanes: lanes.rows.map(({ body }) => fromJson<ScanLane>(body)),
  };
}
