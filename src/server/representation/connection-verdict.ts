import { z } from "zod";
import {
  connectionAdvices,
  connectionMeanings,
  connectionSeverities,
  connectionVerdictKinds,
} from "../../model/connection-verdict.ts";
import { count, id, moment, port } from "./scalar.ts";

const figure = z.number();
const usual = z.number().nullable().meta({ description: "null: nothing was learned yet" });
const source = z.string();

const reason = z
  .discriminatedUnion("code", [
    z.object({ code: z.literal("half-open"), count: figure, usual }),
    z.object({ code: z.literal("handshake-lasts"), ms: figure, usualMs: usual }),
    z.object({ code: z.literal("half-open-share"), perMille: figure, usualPerMille: usual }),
    z.object({ code: z.literal("cookies"), sentPerSecond: figure, returnedPerSecond: figure }),
    z.object({ code: z.literal("syns-dropped"), perSecond: figure }),
    z.object({ code: z.literal("few-sources"), sources: figure, halfOpen: figure }),
    z.object({ code: z.literal("many-sources"), sources: figure, halfOpen: figure }),
    z.object({ code: z.literal("source-connections"), source, count: figure, usual }),
    z.object({ code: z.literal("stranger"), source }),
    z.object({ code: z.literal("queue"), port, waiting: figure, max: figure }),
    z.object({ code: z.literal("overflows"), perSecond: figure }),
    z.object({ code: z.literal("conntrack"), count: figure, max: figure }),
    z.object({ code: z.literal("close-wait"), count: figure, usual, forMs: figure }),
    z.object({ code: z.literal("close-wait-grows"), from: figure, to: figure, hours: figure }),
    z.object({ code: z.literal("time-wait"), count: figure, usual }),
    z.object({ code: z.literal("ports-used"), used: figure, size: figure }),
    z.object({ code: z.literal("tried"), remotes: figure, usual }),
    z.object({ code: z.literal("nothing-learned"), watchedMs: figure }),
  ])
  .meta({ id: "ConnectionReason" });

export const connectionVerdictSchema = z
  .object({
    kind: z.enum(connectionVerdictKinds),
    subject: z.string().meta({ description: "Which of its kind: a process, `tcp/443`; empty: the host" }),
    severity: z.enum(connectionSeverities),
    sources: z
      .array(z.object({ remote: z.string(), count }))
      .meta({ description: "Addresses or prefixes; empty: nobody can be named" }),
    process: z.object({ name: z.string(), pid: count.nullable() }).nullable(),
    port: port.nullable(),
    reasons: z.array(reason),
    meaning: z.enum(connectionMeanings),
    advice: z.array(z.enum(connectionAdvices)),
    state: z.enum(["firing", "resolved"]),
    sinceMs: moment,
    changedMs: moment,
  })
  .meta({ id: "ConnectionVerdict", description: "What is wrong with a host's connections" });

const oddReason = z
  .discriminatedUnion("code", [
    z.object({ code: z.literal("half-open-share"), halfOpen: figure, sockets: figure }),
    z.object({ code: z.literal("above-own-past"), count: figure, usual: figure }),
    z.object({ code: z.literal("above-strangers"), count: figure, usual: figure }),
    z.object({ code: z.literal("many-ports"), ports: figure }),
    z.object({ code: z.literal("spread"), count: figure }),
    z.object({ code: z.literal("never-seen") }),
  ])
  .meta({ id: "OddReason" });

const oddRemote = z
  .object({
    remote: z.string(),
    isPrefix: z.boolean(),
    sockets: count,
    score: z.number().meta({ description: "From 1; each doubling beyond what is usual adds 1" }),
    reasons: z.array(oddReason),
  })
  .meta({ id: "OddRemote", description: "An address or prefix that stands out" });

const hostShape = {
  hostId: id,
  hostName: z.string(),
  atMs: moment.meta({ description: "Of the last sample" }),
  stale: z.boolean().meta({ description: "Not heard lately" }),
};

export const fleetFindingsSchema = z
  .object({
    firing: z
      .array(z.object({ ...hostShape, verdict: connectionVerdictSchema }).meta({ id: "HostVerdict" }))
      .meta({ description: "Worst first, at most 200" }),
    firingTotal: count,
    odd: z
      .array(z.object({ ...hostShape, odd: oddRemote }).meta({ id: "HostOddRemote" }))
      .meta({ description: "Oddest first, at most 50" }),
  })
  .meta({ id: "FleetFindings" });

export const hostFindingsSchema = z
  .object({
    firing: z.array(connectionVerdictSchema).meta({ description: "Worst first" }),
    odd: z.array(oddRemote).meta({ description: "Oddest first" }),
  })
  .meta({ id: "HostFindings" });
