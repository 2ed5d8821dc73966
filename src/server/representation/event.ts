import { z } from "zod";
import { views } from "../../model/coverage.ts";
import { eventKinds, portEventKinds, troubleKinds, type EventKind } from "../../model/event.ts";
import { connectionVerdictSchema } from "./connection-verdict.ts";
import { endpointShape, ownerSchema } from "./port.ts";
import { count, id, moment, page } from "./scalar.ts";

const reasonSchema = z
  .discriminatedUnion("code", [
    z.object({ code: z.literal("first-seen-where-looked-before"), sightings: count }),
    z.object({ code: z.literal("back-after-look-back"), downForMs: z.number(), lookBackMs: z.number() }),
    z.object({ code: z.literal("not-seen"), misses: count, spanMs: z.number() }),
    z.object({ code: z.literal("back-within-look-back"), downForMs: z.number(), lookBackMs: z.number() }),
    z.object({ code: z.literal("owner-differs"), downForMs: z.number() }),
    z.object({ code: z.literal("owner-joined") }),
    z.object({ code: z.literal("owner-left") }),
  ])
  .meta({ id: "EventReason" });

const verdictSchema = z
  .object({
    action: z.enum(["allow", "forbid", "none"]),
    ruleId: z.string().nullable(),
    highRisk: z.string().nullable(),
  })
  .meta({ id: "Verdict" });

const toldShape = { id, atMs: moment, observedAtMs: moment, hostId: id, hostName: z.string() };

export const portEventRowSchema = z
  .object({
    ...toldShape,
    kind: z.enum(portEventKinds),
    view: z.enum(views),
    endpoint: z.object(endpointShape).meta({ id: "Endpoint" }),
    ownersBefore: z.array(ownerSchema),
    ownersAfter: z.array(ownerSchema),
    reason: reasonSchema,
    verdict: verdictSchema,
    portId: id.nullable(),
    service: z.string().nullable(),
  })
  .meta({ id: "PortEventRow", description: "A change of belief about one endpoint, with its reason." });

const troubleEventRowSchema = z
  .object({ ...toldShape, kind: z.enum(troubleKinds), trouble: connectionVerdictSchema })
  .meta({
    id: "TroubleEventRow",
    description: "Trouble with a host's connections that began, became worse or ended.",
  });

export const eventRowSchema = z
  .union([portEventRowSchema, troubleEventRowSchema])
  .meta({ id: "EventRow", description: "About a port, or, with `trouble`, about connections." });

export const eventPageSchema = page(eventRowSchema).meta({ id: "EventPage" });

export const eventCountsShape = Object.fromEntries(eventKinds.map((kind) => [kind, count])) as Record<
  EventKind,
  typeof count
>;
export const eventBucketSchema = z
  .object({ startMs: moment, ...eventCountsShape })
  .meta({ id: "EventBucket" });
export const eventHistogramSchema = z
  .object({ buckets: z.array(eventBucketSchema) })
  .meta({ id: "EventHistogram" });
