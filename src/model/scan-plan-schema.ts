import { z } from "zod";
import { hasUnsafeCharacters } from "../base/text.ts";
import { scanEngines, scanTargetsMax, type ScanPlanOrder } from "./scan-plan.ts";

const targetCharactersMax = 256;
const portsCharactersMax = 4_096;
const minutesMax = 366 * 24 * 60;

const text = (charactersMax: number): z.ZodString =>
  z
    .string()
    .trim()
    .min(1, "is empty")
    .max(charactersMax, `is longer than ${charactersMax} characters`)
    .refine((value) => !hasUnsafeCharacters(value), "has control characters");

const timeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, "is no time of day like 02:30");

const targets = z
  .array(text(targetCharactersMax))
  .max(scanTargetsMax, `has more than ${scanTargetsMax} entries`);

/** The shape of a plan; whether its targets lie inside the scope is judged where the scope is known. */
export const scanPlanSchema: z.ZodType<ScanPlanOrder> = z.strictObject({
  name: text(100),
  targets: targets.min(1, "is empty"),
  exclude: targets.default([]),
  ports: text(portsCharactersMax),
  excludePorts: text(portsCharactersMax).nullable().default(null),
  engine: z.enum(scanEngines).default("auto"),
  bandwidth: text(32).nullable().default(null),
  missTarget: z.number().min(1e-6).max(0.5).default(0.001),
  schedule: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("manual") }),
      z.strictObject({ kind: z.literal("every"), minutes: z.int().min(1).max(minutesMax) }),
      z.strictObject({ kind: z.literal("daily"), at: timeOfDay }),
    ])
    .default({ kind: "manual" }),
  window: z.strictObject({ from: timeOfDay, to: timeOfDay }).nullable().default(null),
  enabled: z.boolean().default(true),
});
