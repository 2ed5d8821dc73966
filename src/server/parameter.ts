import { z } from "zod";
import { passwordCharactersMax } from "../app/secrets.ts";
import { bindingScopes, transports } from "../model/endpoint.ts";
import { eventKinds } from "../model/event.ts";
import { pageRowsMax, searchCharactersMax } from "../store/queries.ts";

/** Query and path parameters: text that must be right as a whole. An empty value is refused, it never means "all". */

export const offsetMax = 10_000_000;
export const cursorCharactersMax = 1_024;
export const labelCharactersMax = 512;
export const momentMax = 8.64e15;

const integerPattern = /^(0|[1-9]\d{0,15})$/;

export function whole(min: number, max: number) {
  return z
    .string()
    .regex(integerPattern, "a whole number")
    .transform(Number)
    .refine((value) => value >= min && value <= max, `between ${min} and ${max}`)
    .meta({ type: "integer", minimum: min, maximum: max, pattern: undefined });
}

/** Text without control characters. */
export function text(max: number) {
  return z
    .string()
    .min(1)
    .max(max)
    .refine((value) => !/[\u0000-\u001f\u007f]/.test(value), "no control characters");
}

export const identifier = z.string().regex(/^[0-9A-Za-z][0-9A-Za-z_.~-]{0,127}$/, "an id");
export const moment = whole(0, momentMax);
export const idParams = z.strictObject({ id: identifier });

/** `6379` or `8000-8100`. */
export const portRange = z
  .string()
  .regex(/^\d{1,5}(-\d{1,5})?$/, "a port, or two with a dash")
  .transform((value) => {
    const [first = 0, last = first] = value.split("-").map(Number);
    return { first, last };
  })
  .refine(({ first, last }) => first <= last && last <= 65_535, "0 to 65535, the lower one first")
  .meta({ type: "string" });

/** `stage=lab`: what follows the first `=` is the value. */
export const hostLabel = text(labelCharactersMax)
  .regex(/^[^=]+=/, "key=value")
  .transform((given) => {
    const at = given.indexOf("=");
    return { key: given.slice(0, at), value: given.slice(at + 1) };
  })
  .meta({ type: "string", description: "Of the host: key=value" });

/** `field` ascending, `-field` descending. */
export function sort<const Field extends string>(fields: readonly Field[]) {
  const allowed = fields.flatMap((field) => [field, `-${field}` as const]);
  return z.enum(allowed as [Field | `-${Field}`, ...(Field | `-${Field}`)[]]);
}

/** One value, or several by repeating the parameter; a repeated value counts once. */
export function several<const Value extends string>(values: readonly Value[]) {
  const one = z.enum(values as [Value, ...Value[]]);
  return z
    .union([
      one,
      z
        .array(one)
        .min(1)
        .max(values.length * 2),
    ])
    .transform((given) => [...new Set(Array.isArray(given) ? given : [given])]);
}

const paging = {
  limit: whole(1, pageRowsMax).optional(),
  cursor: z
    .string()
    .min(1)
    .max(cursorCharactersMax)
    .regex(/^[0-9A-Za-z_.=~-]+$/, "a cursor of an answer")
    .optional(),
  offset: whole(0, offsetMax).optional(),
};

/** What every list takes: its own filter, its sorts, and which page of it. */
export function listQuery<const Field extends string, Filter extends z.core.$ZodLooseShape = {}>(
  sorts: readonly Field[],
  filter: Filter = {} as Filter,
) {
  return z.strictObject({ ...filter, sort: sort(sorts).optional(), ...paging });
}

export const portFilter = {
  q: text(searchCharactersMax).optional(),
  state: z.enum(["up", "down"]).optional().meta({ description: "Default: up" }),
  transport: z.enum(transports).optional(),
  scope: z.enum(bindingScopes).optional(),
  host: identifier.optional(),
  port: portRange.optional(),
  owner: text(searchCharactersMax).optional(),
  risk: z.enum(["high"]).optional(),
  at: moment.optional().meta({ description: "The port map as it was then" }),
};

export const eventFilter = {
  kind: several(eventKinds).optional(),
  host: identifier.optional(),
  port: portRange.optional(),
  q: text(searchCharactersMax).optional(),
  risk: z.enum(["high"]).optional(),
  from: moment.optional(),
  to: moment.optional(),
};

export const format = z.enum(["csv", "json"]);

export const nameCharactersMax = 64;

/** A name of a user or token: visible text without leading or trailing blanks. */
export const nameText = text(nameCharactersMax).refine(
  (value) => value.trim() === value,
  "no blanks around it",
);
export const passwordText = z.string().min(1).max(passwordCharactersMax);

/** How files spell a moment. */
export function isoTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
