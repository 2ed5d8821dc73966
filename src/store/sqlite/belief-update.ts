import type { Database, Statement } from "better-sqlite3";

/** Columns that an index holds, as they stand in a row. */
export interface IndexedColumns {
  readonly state: string;
  readonly scope: string;
  readonly high_risk: string | null;
  readonly process: string;
  readonly user_name: string;
  readonly unit: string;
  readonly since_ms: number;
  readonly last_change_ms: number;
}

/** Columns that no index of the lists holds. */
export interface PlainColumns {
  readonly sockets: number;
  readonly first_seen_ms: number;
  readonly last_seen_ms: number;
  readonly turned_ms: number;
  readonly last_change_kind: string | null;
  readonly misses: number;
  readonly missing_since_ms: number | null;
  readonly sightings: number;
  readonly pending: number;
}

export type BeliefUpdate = (
  number: number,
  before: IndexedColumns,
  after: IndexedColumns,
  plain: PlainColumns,
) => void;

/** What an index holds, in parts that change together. */
const indexedParts = [
  ["state", "scope", "high_risk"],
  ["process", "user_name", "unit"],
  ["since_ms"],
  ["last_change_ms"],
] as const satisfies readonly (readonly (keyof IndexedColumns)[])[];

const plainColumns = [
  "sockets",
  "first_seen_ms",
  "last_seen_ms",
  "turned_ms",
  "last_change_kind",
  "misses",
  "missing_since_ms",
  "sightings",
  "pending",
] as const satisfies readonly (keyof PlainColumns)[];

/**
 * Writes only the indexed columns that differ. SQLite writes every index that holds a column named in SET, also when
 * the value stays: one statement for all columns would touch six pages for a missed look that needs one. So there is a
 * statement for each choice of parts, made when it is first needed.
 */
export function beliefUpdate(db: Database): BeliefUpdate {
  const statements = new Map<number, Statement>();
  const prepare = (choice: number): Statement => {
    const columns: string[] = [...plainColumns];
    for (const [index, part] of indexedParts.entries()) {
      if ((choice & (1 << index)) !== 0) columns.push(...part);
    }
    const statement = db.prepare(
      `update beliefs set ${columns.map((column) => `${column} = ?`).join(", ")} where number = ?`,
    );
    statements.set(choice, statement);
    return statement;
  };
  return (number, before, after, plain) => {
    const values: (string | number | null)[] = plainColumns.map((column) => plain[column]);
    let choice = 0;
    for (const [index, part] of indexedParts.entries()) {
      if (part.every((column) => before[column] === after[column])) continue;
      choice |= 1 << index;
      for (const column of part) values.push(after[column]);
    }
    (statements.get(choice) ?? prepare(choice)).run(...values, number);
  };
}
