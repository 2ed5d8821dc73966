import { sql } from "kysely";
import { PortolanError } from "../../base/errors.ts";
import { scanLanesMax, scanSamplesMax, type ScanRun } from "../../model/scan-plan.ts";
import type { Changes } from "../store.ts";
import type { Queries } from "./dialect.ts";
import { fromJson } from "./json.ts";
import { listScanPlans, readScanPlan, readScanRun, runOf, type RunBody } from "./scan-rows.ts";

type ScanChanges = Pick<
  Changes,
  | "scanPlans"
  | "scanPlan"
  | "saveScanPlan"
  | "removeScanPlan"
  | "scanRun"
  | "scanRunsUnderWay"
  | "saveScanRun"
  | "addScanSamples"
  | "saveScanLanes"
  | "outsideAddresses"
  | "addressesByLabel"
>;

export function scanChanges(db: Queries): ScanChanges {
  return { ...planChanges(db), ...runChanges(db) };
}

function planChanges(
  db: Queries,
): Pick<Changes, "scanPlans" | "scanPlan" | "saveScanPlan" | "removeScanPlan"> {
  return {
    scanPlans: () => listScanPlans(db),
    scanPlan: (id) => readScanPlan(db, id),
    async saveScanPlan(plan) {
      const { id, createdAtMs, changedAtMs, nextRunMs, ...order } = plan;
      const twin = await db
        .selectFrom("scan_plans")
        .select("id")
        .where("name", "=", plan.name)
        .where("id", "!=", id)
        .executeTakeFirst();
      if (twin !== undefined) {
        throw new PortolanError("conflict", `There is already a plan named "${plan.name}".`, {
          hint: "Choose another name.",
        });
      }
      const row = {
        name: plan.name,
        body: JSON.stringify(order),
        created_at_ms: createdAtMs,
        changed_at_ms: changedAtMs,
        next_run_ms: nextRunMs,
      };
      await db
        .insertInto("scan_plans")
        .values({ id, ...row })
        .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
        .execute();
    },
    async removeScanPlan(id) {
      await db.deleteFrom("scan_plans").where("id", "=", id).execute();
    },
  };
}

function runChanges(
  db: Queries,
): Omit<ScanChanges, "scanPlans" | "scanPlan" | "saveScanPlan" | "removeScanPlan"> {
  const numberOf = async (id: string): Promise<number> => {
    const row = await db.selectFrom("scan_runs").select("number").where("id", "=", id).executeTakeFirst();
    if (row === undefined)
      throw new PortolanError("not-found", "There is no such scan.", { details: { id } });
    return row.number;
  };
  return {
    scanRun: (id) => readScanRun(db, id),
    async scanRunsUnderWay() {
      const { rows } = await sql<Parameters<typeof runOf>[0]>`
        select * from scan_runs where state in ('waiting', 'running') order by number`.execute(db);
      return rows.map(runOf);
    },
    async saveScanRun(run) {
      const row = rowOf(run);
      await db
        .insertInto("scan_runs")
        .values({ id: run.id, ...row })
        .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
        .execute();
    },
    async addScanSamples(runId, samples) {
      const number = await numberOf(runId);
      for (const sample of samples) {
        await sql`insert into scan_samples (run, elapsed_ms, body)
          select ${number}, ${Math.round(sample.elapsedMs)}, ${JSON.stringify(sample)}
          where (select count(*) from scan_samples where run = ${number}) < ${scanSamplesMax}
          on conflict do nothing`.execute(db);
      }
    },
    async saveScanLanes(runId, lanes) {
      const number = await numberOf(runId);
      for (const lane of lanes) {
        await sql`insert into scan_lanes (run, address, open, body)
          select ${number}, ${lane.address}, ${lane.open}, ${JSON.stringify(lane)}
          where (select count(*) from scan_lanes where run = ${number}) < ${scanLanesMax}
          on conflict (run, address) do update set open = excluded.open, body = excluded.body`.execute(db);
      }
    },
    async addressesByLabel(key, value) {
      const rows = await db
        .selectFrom("hosts")
        .select(["addresses", "labels"])
        .where("retired_at_ms", "is", null)
        .where("labels", "!=", "{}")
        .execute();
      return rows
        .filter(({ labels }) => fromJson<Record<string, string>>(labels)[key] === value)
        .flatMap(({ addresses }) => fromJson<string[]>(addresses));
    },
    async outsideAddresses() {
      const { rows } = await sql<{ address: string }>`
        select distinct address from beliefs where view = 'outside' and state = 'up'`.execute(db);
      return rows.map(({ address }) => address);
    },
  };
}

function rowOf(run: ScanRun) {
  const { plan, attempt, hosts, packets, latest, outcome, problem } = run;
  return {
    plan_id: run.planId,
    state: run.state,
    asked_by: run.askedBy,
    created_at_ms: run.createdAtMs,
    started_at_ms: run.startedAtMs,
    ended_at_ms: run.endedAtMs,
    node: run.node,
    heard_at_ms: run.heardAtMs,
    body: JSON.stringify({ plan, attempt, hosts, packets, latest, outcome, problem } satisfies RunBody),
  };
}
