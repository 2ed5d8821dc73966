import { sql } from "kysely";
import type { Dialect, Fragment, Queries } from "./dialect.ts";
import { fold } from "./fold.ts";

/** Ports in which a typed text stands, of any state. Found once per question, and then a list of numbers like any. */
export interface FoundPorts {
  readonly count: number;
  /** A JSON array: one parameter, however many they are. */
  readonly numbers: string;
}

/** Up to so many are looked up one by one; of more, a page is picked out of the sort's index sooner. */
export const foundFewMax = 1_000;

/** The text may stand in the port's own words or in its host's name. */
export async function findPorts(db: Queries, dialect: Dialect, q: string): Promise<FoundPorts> {
  const text = fold(q);
  const hosts = await sql<{ number: number }>`
    select number from hosts where ${dialect.contains(sql`folded`, text)}`.execute(db);
  const ofHosts = JSON.stringify(hosts.rows.map((host) => host.number));
  const inHostName =
    hosts.rows.length === 0
      ? sql`false`
      : sql`belief in (select number from beliefs where host in (${dialect.numbersOf(ofHosts)}))`;
  const { rows } = await sql<FoundPorts>`
    select count(*) as count, ${dialect.asNumbers(sql`belief`)} as numbers
    from search where ${dialect.contains(sql`folded`, text)} or ${inHostName}`.execute(db);
  return rows[0] ?? { count: 0, numbers: "[]" };
}

/**
 * How many of them are up, at hosts that have not left, by counting those that are not: mostly few, and each is met on
 * an index. null when more are down than were found: then they had better be looked up.
 */
export async function countFoundUp(db: Queries, dialect: Dialect, found: FoundPorts): Promise<number | null> {
  const { down } = await db
    .selectFrom("hosts")
    .select((of) => of.fn.sum<number | null>("down").as("down"))
    .executeTakeFirstOrThrow();
  if ((down ?? 0) > found.count) return null;
  const others: readonly Fragment[] = [
    sql`state = 'down'`,
    sql`pending = 1 and state = 'unverified'`,
    sql`state = 'up' and host in (select number from hosts where retired_at_ms is not null)`,
  ];
  const counts = others.map(
    (other) => sql`(select count(*) from beliefs where ${other}
      and ${dialect.unindexed(sql`number`)} in (${dialect.numbersOf(found.numbers)}))`,
  );
  const { rows } = await sql<{ n: number }>`select ${sql.join(counts, sql` + `)} as n`.execute(db);
  return found.count - (rows[0]?.n ?? 0);
}
