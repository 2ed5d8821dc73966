import { z } from "zod";

/** Milliseconds since 1970-01-01 UTC. */
export const moment = z.int().meta({ description: "ms since 1970-01-01 UTC" });
export const count = z.int();
export const port = z.int().min(0).max(65_535);
/** UUIDv7, or the opaque id of a row. */
export const id = z.string();

/** What every list answers. `total` is null where counting would cost more than the page. */
export function page<Row extends z.ZodType>(row: Row) {
  return z.object({ rows: z.array(row), total: count.nullable(), nextCursor: z.string().nullable() });
}
