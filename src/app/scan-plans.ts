import { PortolanError } from "../base/errors.ts";
import type { ScanPlan, ScanPlanOrder, ScanRun } from "../model/scan-plan.ts";
import { scanPlansMax } from "../model/scan-plan.ts";
import type { Changes } from "../store/store.ts";
import type { Actor } from "./account-book.ts";
import { deed } from "./deed.ts";
import { nextRun } from "./scan-schedule.ts";
import { checkPlan, planTargets } from "./scan-scope.ts";
import type { Moment } from "./thread-messages.ts";
import type { WriteContext } from "./write-context.ts";

/** A plan that breaks a rule is refused when it is saved, not when it is due at night. */
async function judge({ scope }: WriteContext, changes: Changes, order: ScanPlanOrder): Promise<void> {
  checkPlan(order);
  await planTargets(order, scope, changes.addressesByLabel);
}

function found<Row>(row: Row | undefined, id: string): Row {
  if (row !== undefined) return row;
  throw new PortolanError("not-found", "There is no such plan.", { details: { id } });
}

export async function addScanPlan(
  context: WriteContext,
  request: { readonly actor: Actor; readonly id: string; readonly order: ScanPlanOrder },
  moment: Moment,
): Promise<ScanPlan> {
  const { actor, id, order } = request;
  const done = { actor, action: "scan-plan.add", target: `scan-plan:${id}`, details: { ...order } };
  return deed(context, moment, done, async (changes) => {
    await judge(context, changes, order);
    const plans = await changes.scanPlans();
    if (plans.length >= scanPlansMax) {
      throw new PortolanError("conflict", `There are ${scanPlansMax} plans already; no more are kept.`);
    }
    const { nowMs } = moment;
    const plan = { ...order, id, createdAtMs: nowMs, changedAtMs: nowMs, nextRunMs: due(order, nowMs) };
    await changes.saveScanPlan(plan);
    return plan;
  });
}

export async function changeScanPlan(
  context: WriteContext,
  request: { readonly actor: Actor; readonly id: string; readonly order: ScanPlanOrder },
  moment: Moment,
): Promise<ScanPlan> {
  const { actor, id, order } = request;
  const done = { actor, action: "scan-plan.change", target: `scan-plan:${id}`, details: { ...order } };
  return deed(context, moment, done, async (changes) => {
    const before = found(await changes.scanPlan(id), id);
    await judge(context, changes, order);
    const plan = { ...before, ...order, changedAtMs: moment.nowMs, nextRunMs: due(order, moment.nowMs) };
    await changes.saveScanPlan(plan);
    return plan;
  });
}

export async function removeScanPlan(
  context: WriteContext,
  request: { readonly actor: Actor; readonly id: string },
  moment: Moment,
): Promise<void> {
  const { actor, id } = request;
  await deed(
    context,
    moment,
    { actor, action: "scan-plan.remove", target: `scan-plan:${id}` },
    async (changes) => {
      found(await changes.scanPlan(id), id);
      await changes.removeScanPlan(id);
    },
  );
}

/** Now instead of when it is due; `conflict` while one of the same plan is under way. */
export async function startScan(
  context: WriteContext,
  request: { readonly actor: Actor; readonly planId: string; readonly runId: string },
  moment: Moment,
): Promise<ScanRun> {
  const { actor, planId, runId } = request;
  const done = { actor, action: "scan.start", target: `scan-plan:${planId}`, details: { runId } };
  return deed(context, moment, done, async (changes) => {
    const plan = found(await changes.scanPlan(planId), planId);
    await judge(context, changes, plan);
    const underWay = await changes.scanRunsUnderWay();
    if (underWay.some((run) => run.planId === planId)) {
      throw new PortolanError("conflict", "A scan of this plan is under way already.", {
        details: { reason: "scan-under-way" },
      });
    }
    const run = waitingRun({
      id: runId,
      planId,
      plan: orderOf(plan),
      askedBy: actor,
      attempt: 1,
      createdAtMs: moment.nowMs,
    });
    await changes.saveScanRun(run);
    return run;
  });
}

/** A waiting one never begins; a running one ends with the next word of its node. */
export async function stopScan(
  context: WriteContext,
  request: { readonly actor: Actor; readonly runId: string },
  moment: Moment,
): Promise<ScanRun> {
  const { actor, runId } = request;
  return deed(context, moment, { actor, action: "scan.stop", target: `scan:${runId}` }, async (changes) => {
    const run = await changes.scanRun(runId);
    if (run === undefined) {
      throw new PortolanError("not-found", "There is no such scan.", { details: { id: runId } });
    }
    if (run.state !== "waiting" && run.state !== "running") return run;
    const stopped: ScanRun = { ...run, state: "stopped", endedAtMs: moment.nowMs };
    await changes.saveScanRun(stopped);
    return stopped;
  });
}

/** A scan as it waits for a node. */
export function waitingRun(
  what: Pick<ScanRun, "id" | "planId" | "plan" | "askedBy" | "attempt" | "createdAtMs">,
): ScanRun {
  return {
    ...what,
    state: "waiting",
    startedAtMs: null,
    endedAtMs: null,
    node: null,
    heardAtMs: null,
    hosts: null,
    packets: null,
    latest: null,
    outcome: null,
    problem: null,
  };
}

/** The plan as a scan keeps it: without what changes with time. */
export function orderOf(plan: ScanPlan): ScanPlanOrder {
  const { id: _id, createdAtMs: _created, changedAtMs: _changed, nextRunMs: _next, ...order } = plan;
  return order;
}

function due(order: ScanPlanOrder, nowMs: number): number | null {
  return order.enabled ? nextRun(order.schedule, nowMs) : null;
}
