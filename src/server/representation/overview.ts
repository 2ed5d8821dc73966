import { z } from "zod";
import { eventBucketSchema, eventCountsShape, eventRowSchema } from "./event.ts";
import { portRowSchema } from "./port.ts";
import { count, id, moment, port } from "./scalar.ts";

export const overviewSchema = z
  .object({
    open: z.object({ up: count, highRisk: count, allInterfaces: count, hosts: count }),
    now: z
      .array(portRowSchema)
      .meta({ description: "High-risk ports reachable from outside loopback, at most 20" }),
    changed: z.object({
      histogram: z.array(eventBucketSchema).meta({ description: "The last 24 h, by the hour" }),
      latest: z.array(eventRowSchema).meta({ description: "At most 20" }),
      newSince: z.object(eventCountsShape).meta({ description: "Events of the last 24 h by kind" }),
    }),
    blind: z
      .array(
        z.object({
          hostId: id,
          hostName: z.string(),
          code: z.string(),
          params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
          sinceMs: moment.nullable(),
        }),
      )
      .meta({ description: "What we cannot see, and why" }),
    harbour: z
      .object({
        ports: z.array(port).meta({ description: "Most common first, at most 60" }),
        hosts: z.array(
          z.object({
            id,
            name: z.string(),
            cells: z
              .array(z.int())
              .meta({ description: "Per port, bits: 1 inside, 2 outside, 4 on the wire; 0 = closed" }),
          }),
        ),
      })
      .meta({ description: "Hosts × ports, at most 200 × 60" }),
  })
  .meta({ id: "Overview" });
