import { PortolanError } from "../base/errors.ts";
import { newId } from "../base/id.ts";
import { scanAttemptsMax, type ScanAssignment, type ScanReport, type ScanRun } from "../model/scan-plan.ts";
import { sizeOf, type TargetSet } from "../sources/scan/target-set.ts";
import { parseTarget } from "../sources/scan/targets.ts";
import { without } from "../sources/scan/target-set.ts";
import type { Changes } from "../store/store.ts";
import { deed } from "./deed.ts";
import { nextRun, isInWindow } from "./scan-schedule.ts";
import { orderOf, waitingRun } from "./scan-plans.ts";
import { planTargets, portCount, targetTexts } from "./scan-scope.ts";
import type { Moment } from "./thread-messages.ts";
import type { WriteContext } from "./write-context.ts";

/** A node speaks every 2 s; after so long without a word its scan is given up. */
export const nodeSilentMs = 60_000;
/** Addresses whose silence a node is asked to tell. */
const knownMax = 100_000;
/** Scans whose targets are remembered, so that not every look works them out again. */
const leasedMax = 16;

/** A token for the node of this machine, made anew with every start; those from before end. */
export async function enrolNode(
  { writer }: WriteContext,
  request: { readonly name: string; readonly tokenId: string; readonly secretHash: string },
  moment: Moment,
): Promise<void> {
  const { name, tokenId, secretHash } = request;
  const { nowMs } = moment;
  await deed(
    { writer },
    moment,
    { actor: "system", action: "scan-node.enrol", target: `node:${name}` },
    async (changes) => {
      await changes.revokeNodeTokens(name, nowMs);
      const token = {
        id: tokenId,
        name,
        scope: "scan",
        hostId: null,
        createdBy: "system",
        createdAtMs: nowMs,
        expiresAtMs: null,
        lastUsedAtMs: null,
        revokedAtMs: null,
      } as const;
      await changes.addToken(token, secretHash);
    },
  );
}

/** The next scan for a node, or null when nothing is due. Plans become due by being asked for. */
export async function leaseScan(
  context: WriteContext,
  { node }: { readonly node: string },
  moment: Moment,
): Promise<ScanAssignment | null> {
  const { nowMs } = moment;
  return context.writer.transaction({ durable: false }, async (changes) => {
    await giveUpSilent(changes, node, nowMs);
    await queueDue(changes, nowMs);
    for (const run of await changes.scanRunsUnderWay()) {
      if (run.state !== "waiting" || !isInWindow(run.plan.window, nowMs)) continue;
      const assignment = await assign(context, changes, run, node, nowMs);
      if (assignment !== null) return assignment;
    }
    return null;
  });
}

/**
 * A node asks for work only when it has none: what it was doing before has ended without a word, and is begun anew by
 * whoever asks first, unless it has cost several nodes already.
 */
async function giveUpSilent(changes: Changes, node: string, nowMs: number): Promise<void> {
  for (const run of await changes.scanRunsUnderWay()) {
    if (run.state !== "running") continue;
    const silent = nowMs - (run.heardAtMs ?? run.createdAtMs) > nodeSilentMs;
    if (run.node !== node && !silent) continue;
    await changes.saveScanRun({
      ...run,
      state: "failed",
      endedAtMs: nowMs,
      problem: "The scan node ended while it was scanning.",
    });
    if (run.attempt >= scanAttemptsMax) continue;
    const { planId, plan, askedBy, attempt } = run;
    // Under a name of its own: looks of the lost one that still come are another scan's.
    await changes.saveScanRun(
      waitingRun({ id: newId(), planId, plan, askedBy, attempt: attempt + 1, createdAtMs: nowMs }),
    );
  }
}

async function queueDue(changes: Changes, nowMs: number): Promise<void> {
  const busy = new Set((await changes.scanRunsUnderWay()).map(({ planId }) => planId));
  for (const plan of await changes.scanPlans()) {
    if (!plan.enabled || plan.nextRunMs === null || plan.nextRunMs > nowMs) continue;
    if (!isInWindow(plan.window, nowMs)) continue;
    await changes.saveScanPlan({ ...plan, nextRunMs: nextRun(plan.schedule, nowMs) });
    // One that takes longer than its interval is not started on top of itself.
    if (busy.has(plan.id)) continue;
    await changes.saveScanRun(
      waitingRun({
        id: newId(),
        planId: plan.id,
        plan: orderOf(plan),
        askedBy: "schedule",
        attempt: 1,
        createdAtMs: nowMs,
      }),
    );
  }
}

async function assign(
  { scope }: WriteContext,
  changes: Changes,
  run: ScanRun,
  node: string,
  nowMs: number,
): Promise<ScanAssignment | null> {
  let targets: TargetSet;
  try {
    // Once more: the scope may be another one than when the plan was saved.
    targets = await planTargets(run.plan, scope, changes.addressesByLabel);
  } catch (error) {
    if (!(error instanceof PortolanError)) throw error;
    await changes.saveScanRun({ ...run, state: "failed", endedAtMs: nowMs, problem: error.message });
    return null;
  }
  const { ports, excludePorts, engine, bandwidth, missTarget, name } = run.plan;
  const hosts = sizeOf(targets);
  await changes.saveScanRun({
    ...run,
    state: "running",
    node,
    startedAtMs: nowMs,
    heardAtMs: nowMs,
    hosts,
    packets: hosts * portCount(run.plan),
  });
  const holds = among(targets);
  return {
    runId: run.id,
    node,
    planName: name,
    targets: targetTexts(targets),
    ports,
    excludePorts,
    engine,
    bandwidth,
    missTarget,
    known: (await changes.outsideAddresses()).filter(holds).slice(0, knownMax),
  };
}

/** What a node says of its scan. Answers whether it is to go on. */
export async function reportScan(
  context: WriteContext,
  request: { readonly node: string; readonly runId: string; readonly report: ScanReport },
  moment: Moment,
): Promise<{ readonly goOn: boolean }> {
  const { node, runId, report } = request;
  return context.writer.transaction({ durable: false }, async (changes) => {
    const run = await runOfNode(changes, runId, node);
    await changes.addScanSamples(runId, report.samples);
    await changes.saveScanLanes(runId, report.lanes);
    const { end } = report;
    const isOver = run.state !== "running";
    await changes.saveScanRun({
      ...run,
      heardAtMs: moment.nowMs,
      latest: report.samples.at(-1) ?? run.latest,
      outcome: report.outcome ?? run.outcome,
      ...(end === null || isOver
        ? {}
        : {
            state: end.state,
            endedAtMs: moment.nowMs,
            problem: end.state === "failed" ? end.problem : null,
          }),
    });
    return { goOn: run.state === "running" };
  });
}

async function runOfNode(changes: Changes, runId: string, node: string): Promise<ScanRun> {
  const run = await changes.scanRun(runId);
  if (run?.node === node) return run;
  throw new PortolanError("forbidden", "This scan was not given to this node.", { details: { runId } });
}

/**
 * Whether a node may speak of an address: it lies in the targets of a scan that was given to it, and that began not
 * long ago. A stolen key of a node can say nothing of anything else.
 */
export async function mayTell(
  { scope, leased }: WriteContext,
  changes: Changes,
  claim: { readonly node: string; readonly runId: string; readonly address: string },
): Promise<boolean> {
  const run = await changes.scanRun(claim.runId);
  if (run === undefined || run.node !== claim.node) return false;
  const holds = leased.get(run.id) ?? among(await planTargets(run.plan, scope, changes.addressesByLabel));
  leased.delete(run.id);
  leased.set(run.id, holds);
  const [oldest] = leased.keys();
  if (leased.size > leasedMax && oldest !== undefined) leased.delete(oldest);
  return holds(claim.address);
}

export function among(targets: TargetSet): (address: string) => boolean {
  return (address) => {
    const parsed = parseTarget(address);
    return "value" in parsed && sizeOf(without(parsed.value, targets)) === 0;
  };
}
