import { z } from "zod";
import { portEventRowSchema } from "./event.ts";
import { evidenceSchema, intervalSchema, portRowSchema, portRowShape, processSchema } from "./port.ts";

export const portDetailSchema = z
  .object({
    ...portRowShape,
    processes: z.array(processSchema),
    evidence: z.array(evidenceSchema),
    intervals: z.array(intervalSchema),
    events: z.array(portEventRowSchema),
    similar: z.array(portRowSchema),
  })
  .meta({ id: "PortDetail", description: "One port: its holders, its history and what we know it from." });
