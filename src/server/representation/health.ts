import { z } from "zod";
import { moment } from "./scalar.ts";

export const healthSchema = z
  .object({
    version: z.string(),
    status: z.enum(["ok", "degraded", "failing"]),
    checks: z.array(
      z.object({
        name: z.string(),
        status: z.enum(["ok", "degraded", "failing"]),
        code: z.string(),
        params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
        what: z.string().meta({ description: "One sentence in English" }),
        mend: z.string().nullable().meta({ description: "What a person can do" }),
        sinceMs: moment.nullable(),
      }),
    ),
  })
  .meta({ id: "Health" });
