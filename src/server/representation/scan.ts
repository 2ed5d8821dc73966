import { z } from "zod";
import { scanEngines, scanRunStates } from "../../model/scan-plan.ts";
import { count, id, moment, page } from "./scalar.ts";

const share = z.number().min(0).max(1);

const orderShape = {
  name: z.string(),
  targets: z.array(z.string()),
  exclude: z.array(z.string()),
  ports: z.string(),
  excludePorts: z.string().nullable(),
  engine: z.enum(scanEngines),
  bandwidth: z.string().nullable(),
  missTarget: share,
  schedule: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("manual") }),
    z.object({ kind: z.literal("every"), minutes: count }),
    z.object({ kind: z.literal("daily"), at: z.string() }),
  ]),
  window: z.object({ from: z.string(), to: z.string() }).nullable(),
  enabled: z.boolean(),
};

export const scanPlanAnswerSchema = z
  .object({
    id,
    ...orderShape,
    createdAtMs: moment,
    changedAtMs: moment,
    nextRunMs: moment.nullable().meta({ description: "null: only by hand" }),
  })
  .meta({ id: "ScanPlan" });

export const scanPlanListSchema = z
  .object({
    rows: z.array(scanPlanAnswerSchema),
    scope: z
      .object({ scope: z.array(z.string()), exclude: z.array(z.string()) })
      .meta({ description: "Where may be scanned, as the configuration says" }),
  })
  .meta({ id: "ScanPlanList" });

const sampleShape = {
  elapsedMs: z.number().min(0),
  done: share,
  pass: count,
  probes: z.number().min(0),
  packetsPerSecond: z.number().min(0),
  bytesPerSecond: z.number().min(0),
  open: z.number().min(0),
  closed: z.number().min(0),
  filtered: z.number().min(0),
  loss: share.nullable(),
};
const sample = z.object(sampleShape).meta({ id: "ScanSample" });

const laneShape = {
  address: z.string().max(64),
  open: z.int().min(0),
  closed: z.int().min(0),
  filtered: z.int().min(0),
  silent: z.int().min(0),
  everywhere: z.boolean(),
};
const lane = z.object(laneShape).meta({ id: "ScanLane" });

const outcomeShape = {
  engine: z.string().max(32),
  command: z.string().max(100_000).nullable(),
  probes: z.number().min(0),
  durationMs: z.number().min(0),
  open: z.int().min(0),
  loss: share.nullable(),
  recall: share.nullable(),
  unreachable: z.int().min(0),
  blocked: z.boolean(),
};

const runShape = {
  id,
  planId: id,
  plan: z.object(orderShape).meta({ description: "The plan as it was" }),
  state: z.enum(scanRunStates),
  askedBy: z.string(),
  attempt: count.meta({ description: "More than 1: a node was lost over it, and it was begun anew" }),
  createdAtMs: moment,
  startedAtMs: moment.nullable(),
  endedAtMs: moment.nullable(),
  node: z.string().nullable(),
  heardAtMs: moment.nullable(),
  hosts: count.nullable(),
  packets: count.nullable().meta({ description: "Of one pass" }),
  latest: sample.nullable(),
  outcome: z.object(outcomeShape).nullable(),
  problem: z.string().nullable(),
};
export const scanRunSchema = z.object(runShape).meta({ id: "ScanRun" });
export const scanRunPageSchema = page(scanRunSchema).meta({ id: "ScanRunPage" });
export const scanRunDetailSchema = z
  .object({ ...runShape, samples: z.array(sample), lanes: z.array(lane) })
  .meta({ id: "ScanRunDetail" });

export const assignmentSchema = z
  .object({
    assignment: z
      .object({
        runId: id,
        node: z.string(),
        planName: z.string(),
        targets: z.array(z.string()),
        ports: z.string(),
        excludePorts: z.string().nullable(),
        engine: z.enum(scanEngines),
        bandwidth: z.string().nullable(),
        missTarget: share,
        known: z.array(z.string()),
      })
      .nullable(),
  })
  .meta({ id: "ScanAssignment" });

const samplesPerReportMax = 100;
const lanesPerReportMax = 2_000;

/** What a node sends. */
export const scanReportBodySchema = z.strictObject({
  samples: z.array(z.strictObject(sampleShape)).max(samplesPerReportMax),
  lanes: z.array(z.strictObject(laneShape)).max(lanesPerReportMax),
  end: z
    .discriminatedUnion("state", [
      z.strictObject({ state: z.literal("done") }),
      z.strictObject({ state: z.literal("stopped") }),
      z.strictObject({ state: z.literal("failed"), problem: z.string().max(2_000) }),
    ])
    .nullable(),
  outcome: z.strictObject(outcomeShape).nullable(),
});

export const importAnswerSchema = z
  .object({
    hosts: count,
    ports: count,
    events: count,
    older: z
      .array(z.string())
      .meta({ description: "Addresses of which something newer is known by that name" }),
  })
  .meta({ id: "ImportAnswer" });

export const goOnSchema = z
  .object({ goOn: z.boolean().meta({ description: "false: stop scanning" }) })
  .meta({ id: "ScanGoOn" });
