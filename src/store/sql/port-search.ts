import { sql } from "kysely";
import type { Dialect, Fragment, Queries } from "./dialect.ts";
import { fold } from "./fold.ts";
import { fromJson } from "./json.ts";

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
  const named = JSON.stringify(hosts.rows.map((host) => host.number));
  const ofNamed =
    hosts.rows.length === 0
      ? null
      : sql`select number from beliefs where host in (${dialect.numbersOf(named)})`;
  const held = dialect.portsHolding?.(text) ?? null;
  if (held === null) {
    const inNamed = ofNamed === null ? sql`false` : sql`belief in (${ofNamed})`;
    const own = dialect.contains(sql`folded`, text);
    return collected(db, dialect, sql`select belief as number from search where ${own} or ${inNamed}`);
  }
  if (ofNamed === null) return { count: held.length, numbers: JSON.stringify(held) };
  const { numbers } = await collected(db, dialect, ofNamed);
  const all = [...new Set([...held, ...fromJson<number[]>(numbers)])];
  return { count: all.length, numbers: JSON.stringify(all) };
}

async function collected(db: Queries, dialect: Dialect, numbers: Fragment): Promise<FoundPorts> {
  const { rows } = await sql<FoundPorts>`
    select count(*) as count, ${dialect.asNumbers(sql`number`)} as numbers from (${numbers}) found`.execute(
    db,
  );
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
