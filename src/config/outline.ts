import { z } from "zod";
import { configSchema } from "./schema.ts";

/** One key that holds a value, with all that the schema says of it. */
export interface Leaf {
  readonly path: readonly string[];
  /** How text from a variable or a flag becomes a value; `structure`: only a file can hold it. */
  readonly kind: "text" | "number" | "switch" | "list" | "structure";
  readonly description: string;
  readonly zh: string;
  readonly allowed: string;
  /** As a file would say it; null: unset. */
  readonly fallback: unknown;
}

/** Every leaf of the schema, in its order. */
export function leavesOf(schema: z.ZodType = configSchema, path: readonly string[] = []): readonly Leaf[] {
  const { inner, fallback } = unwrap(schema);
  if (inner instanceof z.ZodObject) {
    return Object.entries(inner.shape as Record<string, z.ZodType>).flatMap(([key, child]) =>
      leavesOf(child, [...path, key]),
    );
  }
  const { description = "", zh = "", allowed = "" } = (schema.meta() ?? {}) as Record<string, string>;
  return [{ path, kind: kindOf(inner), description, zh, allowed, fallback }];
}

/** The keys that may stand under a path; undefined where the schema takes no keys. Numbers step into lists. */
export function keysAt(path: readonly PropertyKey[]): readonly string[] | undefined {
  let schema: z.ZodType = configSchema;
  for (const step of path) {
    const { inner } = unwrap(schema);
    if (inner instanceof z.ZodObject)
      schema = (inner.shape as Record<string, z.ZodType>)[String(step)] ?? z.never();
    else if (inner instanceof z.ZodArray && typeof step === "number") schema = inner.element as z.ZodType;
    else return undefined;
  }
  const { inner } = unwrap(schema);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : undefined;
}

/** What is behind defaults, null and conversions, and the default. */
function unwrap(schema: z.ZodType): { inner: z.ZodType; fallback: unknown } {
  let fallback: unknown = null;
  for (let inner = schema; ;) {
    if (inner instanceof z.ZodPrefault) {
      fallback = inner.def.defaultValue;
      inner = inner.unwrap() as z.ZodType;
    } else if (inner instanceof z.ZodDefault || inner instanceof z.ZodNullable) {
      inner = inner.unwrap() as z.ZodType;
    } else if (inner instanceof z.ZodPipe) {
      inner = inner.in as z.ZodType;
    } else {
      return { inner, fallback };
    }
  }
}

function kindOf(schema: z.ZodType): Leaf["kind"] {
  if (schema instanceof z.ZodNumber) return "number";
  if (schema instanceof z.ZodBoolean) return "switch";
  if (!(schema instanceof z.ZodArray)) return "text";
  return unwrap(schema.element as z.ZodType).inner instanceof z.ZodObject ? "structure" : "list";
}
