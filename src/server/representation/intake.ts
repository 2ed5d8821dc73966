import { z } from "zod";
import { count } from "./scalar.ts";

export const intakeAnswerSchema = z
  .object({
    batchId: z.string(),
    replayed: z.boolean().meta({ description: "This batch had been applied before" }),
    events: count,
    lookAgainInMs: z
      .number()
      .nullable()
      .meta({ description: "Look again sooner than planned; null: no hurry" }),
  })
  .meta({ id: "IntakeAnswer" });
