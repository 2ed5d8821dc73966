import type { Database } from "better-sqlite3";
import type { Belief } from "../../model/belief.ts";
import type { View } from "../../model/coverage.ts";
import type { Owner } from "../../model/owner.ts";
import { remembering } from "../../base/remember.ts";
import { fromJson } from "../sql/json.ts";
import { beliefColumns, storedBelief, type BeliefRow, type Stored } from "./stored-belief.ts";

type HolderColumns = readonly [owners: string, processes: string, ownerUnknown: string | null];

/** Behind the columns of a belief: what only its row knows. */
type SingleRow = readonly [
  ...BeliefRow,
  highRisk: string | null,
  process: string,
  userName: string,
  unit: string,
  lastChangeMs: number,
  turnedMs: number,
  lastChangeKind: string | null,
];

const singleColumns = `${beliefColumns}, high_risk, process, user_name, unit, last_change_ms, turned_ms,
  last_change_kind`;

type DetailRow = readonly [...HolderColumns, evidence: string];

const noDetails: DetailRow = ["[]", "[]", null, "[]"];

export interface BeliefReads {
  all(host: number, hostId: string, view: View): Belief[];
  byKey(host: number, hostId: string, view: View, keys: readonly string[]): Belief[];
  pending(host: number, hostId: string, view: View): Belief[];
  /** What was read beside a belief that `byKey` or `pending` gave: good within the same transaction. */
  storedOf(belief: Belief): Stored | undefined;
}

/**
 * The hot path of intake: prepared statements, rows as arrays. Single rows are read from one table after the other: a
 * join of one row takes 20 µs, both its halves 4 (better-sqlite3 13, SQLite 3.54), and with all that a change of them
 * must know. A whole host is one join.
 */
export function beliefReads(db: Database): BeliefReads {
  const all = db
    .prepare<unknown[], [...BeliefRow, ...HolderColumns]>(
      `select ${beliefColumns}, owners, processes, owner_unknown from beliefs join details on belief = number
       where host = ? and view = ?`,
    )
    .raw();
  const one = db
    .prepare<unknown[], SingleRow>(
      `select ${singleColumns} from beliefs where host = ? and view = ? and key = ?`,
    )
    .raw();
  const waiting = db
    .prepare<unknown[], SingleRow>(
      `select ${singleColumns} from beliefs where host = ? and view = ? and pending = 1`,
    )
    .raw();
  const details = db
    .prepare<unknown[], DetailRow>(
      "select owners, processes, owner_unknown, evidence from details where belief = ?",
    )
    .raw();
  const parseOwners = remembering(fromJson<readonly Owner[]>);
  const stored = new WeakMap<Belief, Stored>();
  const single = (hostId: string, view: View, row: SingleRow): Belief => {
    const [number, , , , , , scope, state, , , since] = row;
    const [owners, processes, ownerUnknown, evidence] = details.get(number) ?? noDetails;
    const holders = { owners: parseOwners(owners), processes, ownerUnknown };
    const belief = storedBelief(hostId, view, row as unknown as BeliefRow, holders);
    stored.set(belief, {
      row: {
        number,
        state,
        scope,
        high_risk: row[15],
        process: row[16],
        user_name: row[17],
        unit: row[18],
        since_ms: since,
        last_change_ms: row[19],
        turned_ms: row[20],
        last_change_kind: row[21],
      },
      details: { owners, processes, owner_unknown: ownerUnknown, evidence },
    });
    return belief;
  };
  return {
    all: (host, hostId, view) =>
      all.all(host, view).map((row) => {
        const holders = { owners: parseOwners(row[15]), processes: row[16], ownerUnknown: row[17] };
        return storedBelief(hostId, view, row as unknown as BeliefRow, holders);
      }),
    byKey: (host, hostId, view, keys) =>
      keys.flatMap((key) => {
        const row = one.get(host, view, key);
        return row === undefined ? [] : [single(hostId, view, row)];
      }),
    pending: (host, hostId, view) => waiting.all(host, view).map((row) => single(hostId, view, row)),
    storedOf: (belief) => stored.get(belief),
  };
}
