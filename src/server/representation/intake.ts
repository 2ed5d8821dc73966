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
    verify: z.array(z.string()).meta({ description: "Endpoints that a scan node is to ask once more" }),
  })
  .meta({ id: "IntakeAnswer" });

export const connectionsTakenSchema = z
  .object({
    stored: count,
    known: count.meta({ description: "Not newer than what is held" }),
    tooOld: count.meta({ description: "Older than the finest step is kept" }),
    lookAgainInMs: z
      .number()
      .nullable()
      .meta({ description: "Count again sooner than planned; null: no hurry" }),
  })
  .meta({ id: "ConnectionsTaken" });
