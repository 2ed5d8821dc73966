import { sql, type Kysely, type RawBuilder } from "kysely";
import type { Tables } from "./tables.ts";

export type Queries = Kysely<Tables>;

/** The few words in which the dialects differ. */
export interface Dialect {
  /** `text` occurs in `column`, both already folded. */
  contains(column: RawBuilder<unknown>, text: string): RawBuilder<boolean>;
  /** Numbers of the ports whose folded text holds this one, where they are known sooner than by a query. */
  portsHolding?(text: string): readonly number[] | null;
  /** The same value, but no index of the column is chosen for it. */
  unindexed(column: RawBuilder<unknown>): RawBuilder<unknown>;
  /** All values of a column of integers as one JSON array. */
  asNumbers(column: RawBuilder<unknown>): RawBuilder<string>;
  /** A query of one column: the numbers of such an array. */
  numbersOf(array: string): RawBuilder<unknown>;
}

export const sqliteDialect: Dialect = {
  // Half the time of instr, which counts characters, and less than LIKE, which folds case once more.
  contains: (column, text) => sql<boolean>`${column} glob ${`*${text.replace(/[*?[]/g, "[$&]")}*`}`,
  unindexed: (column) => sql`+${column}`,
  asNumbers: (column) => sql<string>`json_group_array(${column})`,
  numbersOf: (array) => sql`select value from json_each(${array})`,
};

export type Fragment = RawBuilder<unknown>;

export function allOf(conditions: readonly Fragment[]): Fragment {
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
}
