import { z } from "zod";
import type { Parsed } from "../base/parsed.ts";
import { hasUnsafeCharacters } from "../base/text.ts";
import { views } from "./coverage.ts";
import { transports } from "./endpoint.ts";
import { parsePortRange } from "./port-range.ts";
import { nameCharactersMax } from "./process.ts";
import { type Rule, ruleActions } from "./rule.ts";
import { parseHostSelector } from "./rule-host.ts";

export const ruleHostCharactersMax = 512;
export const rulePathCharactersMax = 4_096;
export const ruleNoteCharactersMax = 1_000;

/** Runs a parser inside a schema; the problem names the character that it begins at. */
export function reads<Value>(parse: (text: string) => Parsed<Value>) {
  return (text: string, context: z.RefinementCtx<string>): Value => {
    const parsed = parse(text);
    if ("value" in parsed) return parsed.value;
    const place = parsed.at > 0 ? ` (character ${parsed.at + 1})` : "";
    context.addIssue({ code: "custom", message: `${parsed.problem}${place}`, input: text });
    return z.NEVER;
  };
}

const safe = (charactersMax: number): z.ZodString =>
  z
    .string()
    .min(1, "is empty")
    .max(charactersMax, `is longer than ${charactersMax} characters`)
    .refine((text) => !hasUnsafeCharacters(text), "has control characters");

/** A host as text that `parseHostSelector` reads. */
const host = safe(ruleHostCharactersMax).superRefine((text, context) => {
  reads(parseHostSelector)(text, context);
});

function parseProcess(text: string): Parsed<string> {
  if (text.trim() !== text) return { problem: "begins or ends with white space", at: 0 };
  if (!text.startsWith("/")) {
    const slash = text.indexOf("/");
    if (slash !== -1) return { problem: "is neither a name nor a path from /", at: slash };
    return text.length <= nameCharactersMax
      ? { value: text }
      : { problem: `is a name longer than ${nameCharactersMax} characters`, at: nameCharactersMax };
  }
  const odd = /\/(?=\/)|\/\.{1,2}(?=\/|$)|\/$/.exec(text);
  return odd ? { problem: "is no plain path of a file", at: odd.index } : { value: text };
}

/** `2026-12-31` (its end, UTC) or an instant with its offset, `2026-12-31T18:00:00+08:00`. */
const instantPattern =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d))?$/;

export function parseExpiry(text: string): Parsed<number> {
  const wrong = { problem: "is no date (2026-12-31) or time with offset (2026-12-31T18:00:00Z)", at: 0 };
  if (!instantPattern.test(text)) return wrong;
  const day = text.slice(0, 10);
  const midnightMs = Date.parse(`${day}T00:00:00Z`);
  // 31 April would silently become 1 May.
  if (Number.isNaN(midnightMs) || new Date(midnightMs).toISOString().slice(0, 10) !== day) return wrong;
  return { value: text === day ? midnightMs + 86_400_000 : Date.parse(text) };
}

const fields = {
  host: host.nullable().default(null),
  process: safe(rulePathCharactersMax).transform(reads(parseProcess)).nullable().default(null),
  ports: z
    .union([z.int().transform(String), z.string()])
    .transform(reads(parsePortRange))
    .nullable()
    .default(null),
  transport: z.enum(transports).nullable().default(null),
  view: z.enum(views).nullable().default(null),
};

const fieldNames = Object.keys(fields) as readonly (keyof typeof fields)[];

/** A rule as people write it, to a rule without id and author. One that names nothing is refused: it would match all. */
export const ruleSchema = z
  .strictObject({
    action: z.enum(ruleActions),
    ...fields,
    expires: z.string().transform(reads(parseExpiry)).nullable().default(null),
    note: z
      .string()
      .max(ruleNoteCharactersMax)
      .refine((text) => !hasUnsafeCharacters(text), "has control characters")
      .default(""),
  })
  .superRefine((rule, context) => {
    if (fieldNames.every((field) => rule[field] === null)) {
      context.addIssue({
        code: "custom",
        message: `names none of ${fieldNames.join(", ")}, so it would match everything`,
      });
    }
  })
  .transform(({ expires, ...rule }): Omit<Rule, "id" | "author"> => ({ ...rule, expiresAtMs: expires }));
