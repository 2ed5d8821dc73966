import type { Database } from "better-sqlite3";
import { addressBytes } from "../../base/ip.ts";
import { remembering } from "../../base/remember.ts";
import { isPending, type Belief } from "../../model/belief.ts";
import type { View } from "../../model/coverage.ts";
import { endpointKey } from "../../model/endpoint.ts";
import { ownerLabel } from "../../model/owner.ts";
import { foldedPort } from "../sql/fold.ts";
import { fromJson } from "../sql/json.ts";
import { listedState } from "../listed-state.ts";
import { evidenceMax, type Evidence } from "../rows.ts";
import type { BeliefWrite } from "../store.ts";
import { beliefUpdate, type IndexedColumns } from "./belief-update.ts";
import { eventInsert } from "./event-writes.ts";
import type { BeliefReads } from "./belief-reads.ts";
import type { Stored, StoredDetails, StoredRow } from "./stored-belief.ts";
import { tallies } from "./tally.ts";

type ListedColumns = Omit<IndexedColumns, "high_risk" | "last_change_ms">;

/** What the lists sort and filter by. */
function listedColumns(belief: Belief): ListedColumns {
  const [owner] = belief.owners;
  const [holder] = belief.processes;
  return {
    state: listedState(belief),
    scope: belief.scope,
    process: owner === undefined ? (holder?.name ?? "") : ownerLabel(owner),
    user_name: owner?.user ?? holder?.user ?? "",
    unit: owner?.unit ?? holder?.unit ?? "",
    since_ms: belief.sinceMs,
  };
}

const noDetails: StoredDetails = { owners: "[]", processes: "[]", owner_unknown: null, evidence: "[]" };

export interface BeliefWrites {
  save(host: number, writes: readonly BeliefWrite[]): void;
  forget(host: number, view: View, keys: readonly string[]): void;
}

const noAddress = new Uint8Array(16).fill(0xff);
/** In this order lists sort addresses. */
const addressOrder = remembering((address) => addressBytes(address) ?? noAddress);

/** The hot path of intake: one statement per table, prepared once, rows in the order of the unique index. */
export function beliefWrites(db: Database, storedOf: BeliefReads["storedOf"]): BeliefWrites {
  // Two statements instead of a join: a join by key takes ten times as long, measured with better-sqlite3 13.
  const findRow = db.prepare<
    unknown[],
    StoredRow & { readonly transport: string }
  >(`select number, transport, state, scope, high_risk, process, user_name, unit, since_ms, last_change_ms,
    turned_ms, last_change_kind
    from beliefs where host = ? and view = ? and key = ?`);
  const findDetails = db.prepare<unknown[], StoredDetails>(
    "select owners, processes, owner_unknown, evidence from details where belief = ?",
  );
  const insert =
    db.prepare(`insert into beliefs (host, view, key, transport, address, address_order, port, interface,
    network_namespace, scope, state, process, user_name, unit, high_risk, sockets, first_seen_ms, since_ms, last_seen_ms,
    turned_ms, last_change_ms, last_change_kind, misses, missing_since_ms, sightings, pending)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const update = beliefUpdate(db);
  const insertDetails = db.prepare(
    "insert into details (belief, owners, processes, owner_unknown, evidence) values (?, ?, ?, ?, ?)",
  );
  const updateDetails = db.prepare(
    "update details set owners = ?, processes = ?, owner_unknown = ?, evidence = ? where belief = ?",
  );
  const insertSearch = db.prepare("insert into search (belief, folded) values (?, ?)");
  const updateSearch = db.prepare("update search set folded = ? where belief = ?");
  const insertInterval = db.prepare(
    "insert into intervals (belief, from_ms, to_ms, state, process, owners) values (?, ?, ?, ?, ?, ?)",
  );
  const openTally = tallies(db);
  const insertEvent = eventInsert(db);
  const deleteFrom = ["search", "details", "intervals"].map((table) =>
    db.prepare(`delete from ${table} where belief = ?`),
  );
  const deleteBelief = db.prepare("delete from beliefs where number = ?");

  function add(host: number, key: string, write: BeliefWrite, columns: ListedColumns): number {
    const { belief, event } = write;
    const { state, scope, process, user_name: user, unit } = columns;
    const { lastInsertRowid } = insert.run(
      host,
      belief.view,
      key,
      belief.transport,
      belief.address,
      addressOrder(belief.address),
      belief.port,
      belief.interface,
      belief.networkNamespace,
      scope,
      state,
      process,
      user,
      unit,
      write.highRisk,
      belief.sockets,
      belief.firstSeenMs,
      belief.sinceMs,
      belief.lastSeenMs,
      write.turnedAtMs ?? belief.sinceMs,
      event?.atMs ?? belief.firstSeenMs,
      event?.kind ?? null,
      belief.misses,
      belief.missingSinceMs,
      belief.sightings,
      isPending(belief) ? 1 : 0,
    );
    const number = Number(lastInsertRowid);
    insertDetails.run(
      number,
      JSON.stringify(belief.owners),
      JSON.stringify(belief.processes),
      belief.ownerUnknown,
      withEvidence("[]", write.evidence),
    );
    insertSearch.run(number, foldedPort(belief, belief.owners, belief.processes));
    return number;
  }

  /** What a read of this transaction brought along, or a look for it. */
  function find(host: number, key: string, { before, belief }: BeliefWrite): Stored | undefined {
    if (before === null) return undefined;
    const brought = before === undefined ? undefined : storedOf(before);
    if (brought !== undefined) return brought;
    const row = findRow.get(host, belief.view, key);
    return row === undefined ? undefined : { row, details: findDetails.get(row.number) ?? noDetails };
  }

  function change({ row: stored, details }: Stored, write: BeliefWrite, columns: ListedColumns): void {
    const { belief, event, turnedAtMs } = write;
    const settledBefore = stored.state !== "unverified";
    // A clock that went back must not make an interval that ends before it begins.
    const turned =
      turnedAtMs === null
        ? stored.turned_ms
        : settledBefore
          ? Math.max(turnedAtMs, stored.turned_ms)
          : turnedAtMs;
    if (turnedAtMs !== null && settledBefore) {
      insertInterval.run(
        stored.number,
        stored.turned_ms,
        turned,
        stored.state,
        stored.process,
        details.owners,
      );
    }
    const after = {
      ...columns,
      high_risk: write.highRisk,
      last_change_ms: event?.atMs ?? stored.last_change_ms,
    };
    update(stored.number, stored, after, {
      sockets: belief.sockets,
      first_seen_ms: belief.firstSeenMs,
      last_seen_ms: belief.lastSeenMs,
      turned_ms: turned,
      last_change_kind: event?.kind ?? stored.last_change_kind,
      misses: belief.misses,
      missing_since_ms: belief.missingSinceMs,
      sightings: belief.sightings,
      pending: isPending(belief) ? 1 : 0,
    });
    const owners = JSON.stringify(belief.owners);
    const processes = JSON.stringify(belief.processes);
    const same = owners === details.owners && processes === details.processes;
    if (same && belief.ownerUnknown === details.owner_unknown && write.evidence.length === 0) return;
    const evidence = withEvidence(details.evidence, write.evidence);
    updateDetails.run(owners, processes, belief.ownerUnknown, evidence, stored.number);
    if (!same) updateSearch.run(foldedPort(belief, belief.owners, belief.processes), stored.number);
  }

  return {
    save(host, writes) {
      const keyed = writes
        .map((write) => [endpointKey(write.belief), write] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1));
      const tally = openTally();
      for (const [key, write] of keyed) {
        const { belief } = write;
        const stored = find(host, key, write);
        const columns = listedColumns(belief);
        const number = stored?.row.number ?? add(host, key, write, columns);
        if (stored !== undefined) {
          change(stored, write, columns);
          const { state, scope, process } = stored.row;
          tally.add({ transport: belief.transport, scope, process }, state, -1);
        }
        tally.add({ ...columns, transport: belief.transport }, columns.state, 1);
        if (write.event !== null) insertEvent(host, number, write.event);
      }
      tally.write(host);
    },
    forget(host, view, keys) {
      const tally = openTally();
      for (const key of keys) {
        const stored = findRow.get(host, view, key);
        if (stored === undefined) continue;
        for (const statement of deleteFrom) statement.run(stored.number);
        deleteBelief.run(stored.number);
        tally.add(stored, stored.state, -1);
      }
      tally.write(host);
    },
  };
}

/** No piece of evidence is written in fewer characters: shorter than so many of them, there are not too many. */
const evidenceCharactersMin = 60;

/** Of too many the first stays, whatever follows: since when we know of it must not be forgotten. */
function withEvidence(stored: string, added: readonly Evidence[]): string {
  if (added.length === 0) return stored;
  if (stored === "[]" && added.length <= evidenceMax) return JSON.stringify(added);
  if (stored.length < (evidenceMax - added.length) * evidenceCharactersMin) {
    return `${stored.slice(0, -1)},${JSON.stringify(added).slice(1)}`;
  }
  const all = [...fromJson<Evidence[]>(stored), ...added];
  return JSON.stringify(
    all.length <= evidenceMax ? all : [...all.slice(0, 1), ...all.slice(1 - evidenceMax)],
  );
}
