import { z } from "zod";
import { views } from "../../model/coverage.ts";
import { count, id, moment, page } from "./scalar.ts";

export const sourceRowSchema = z
  .object({
    id,
    kind: z.string(),
    view: z.enum(views),
    vantage: z.string().nullable(),
    lastLookMs: moment.nullable(),
    intervalMs: z.number().nullable(),
    clockSkewMs: z.number().nullable(),
    limits: z.array(z.string()),
    version: z.string().nullable(),
    state: z.string(),
  })
  .meta({ id: "SourceRow", description: "Who looks at a host, from where, and when last." });

export const hostRowSchema = z
  .object({
    id,
    hostname: z.string(),
    addresses: z.array(z.string()),
    operatingSystem: z.string().nullable(),
    machineId: z.string().nullable(),
    labels: z.record(z.string(), z.string()),
    firstSeenMs: moment,
    retiredAtMs: moment.nullable(),
    ports: z.object({ up: count, down: count }),
    sources: z.array(sourceRowSchema),
    health: z.enum(["ok", "late", "silent", "limited"]),
  })
  .meta({ id: "HostRow" });

export const hostPageSchema = page(hostRowSchema).meta({ id: "HostPage" });
