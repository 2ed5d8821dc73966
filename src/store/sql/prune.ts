import { sql } from "kysely";
import { historySteps } from "../../model/connection-history.ts";
import type { Retention } from "../store.ts";
import { allOf, type Fragment, type Queries } from "./dialect.ts";

async function deleteSlice(
  db: Queries,
  table: string,
  key: string,
  conditions: readonly Fragment[],
  limit: number,
): Promise<number> {
  const { numAffectedRows } = await sql`delete from ${sql.table(table)} where ${sql.ref(key)} in
    (select ${sql.ref(key)} from ${sql.table(table)} where ${allOf(conditions)} limit ${limit})`.execute(db);
  return Number(numAffectedRows ?? 0);
}

/** Takes at most `sliceRows` of each kind, oldest conditions first; what was taken in all. */
export async function pruneSlice(db: Queries, retention: Retention, nowMs: number): Promise<number> {
  const { sliceRows } = retention;
  const before = (ageMs: number): number => nowMs - ageMs;
  return (
    (await deleteSlice(db, "events", "number", [sql`at_ms < ${before(retention.eventsMs)}`], sliceRows)) +
    (await deleteSlice(
      db,
      "intervals",
      "number",
      [sql`to_ms < ${before(retention.intervalsMs)}`],
      sliceRows,
    )) +
    (await deleteSlice(
      db,
      "sessions",
      "id",
      [sql`expires_at_ms < ${before(retention.sessionsMs)}`],
      sliceRows,
    )) +
    (await deleteSlice(
      db,
      "scan_runs",
      "number",
      [sql`created_at_ms < ${before(retention.eventsMs)}`],
      sliceRows,
    )) +
    (await deleteSlice(
      db,
      "block_deeds",
      "number",
      [sql`created_at_ms < ${before(retention.eventsMs)}`],
      sliceRows,
    )) +
    (await pruneConnections(db, nowMs, sliceRows)) +
    (await pruneEvidence(db, before(retention.evidenceMs), sliceRows)) +
    (await pruneDown(db, before(Math.max(retention.evidenceMs, retention.intervalsMs)), sliceRows)) +
    (await pruneAudit(db, before(retention.auditMs), sliceRows))
  );
}

/** Blocks that lie wholly behind what their step is kept for. */
async function pruneConnections(db: Queries, nowMs: number, limit: number): Promise<number> {
  let taken = 0;
  for (const { stepMs, keptMs, blockMs } of historySteps) {
    const conditions = [sql`step_ms = ${stepMs}`, sql`start_ms < ${nowMs - keptMs - blockMs}`];
    taken += await deleteSlice(db, "connection_blocks", "number", conditions, limit);
  }
  return taken;
}

/** Of endpoints that have been down for so long: that they were there is still history, how it was seen is not. */
async function pruneEvidence(db: Queries, beforeMs: number, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`update details set evidence = '[]' where belief in
    (select number from beliefs join details on belief = number
      where state = 'down' and since_ms < ${beforeMs} and evidence <> '[]' order by since_ms limit ${limit})`.execute(
    db,
  );
  return Number(numAffectedRows ?? 0);
}

/** Endpoints that have been down for longer than any past moment that can still be asked for. */
async function pruneDown(db: Queries, beforeMs: number, limit: number): Promise<number> {
  const { rows } = await sql<{ number: number; host: number; transport: string; scope: string }>`
    select number, host, transport, scope from beliefs where state = 'down' and since_ms < ${beforeMs} order by since_ms limit ${limit}`.execute(
    db,
  );
  if (rows.length === 0) return 0;
  const numbers = sql.join(rows.map((row) => row.number));
  for (const table of ["search", "details", "intervals"]) {
    await sql`delete from ${sql.table(table)} where belief in (${numbers})`.execute(db);
  }
  await sql`delete from beliefs where number in (${numbers})`.execute(db);
  for (const [host, gone] of Map.groupBy(rows, (row) => row.host)) {
    await sql`update hosts set down = down - ${gone.length} where number = ${host}`.execute(db);
    for (const { transport, scope } of gone) {
      await sql`update tallies set ports = ports - 1
        where host = ${host} and state = 'down' and transport = ${transport} and scope = ${scope}`.execute(
        db,
      );
    }
  }
  return rows.length;
}

/** The anchor moves first: it keeps the hash that the oldest remaining row is chained to. */
async function pruneAudit(db: Queries, beforeMs: number, limit: number): Promise<number> {
  const { rows } = await sql<{ sequence: number; hash: string }>`
    select sequence, hash from (select sequence, hash, at_ms from audit order by sequence limit ${limit}) oldest
    where at_ms < ${beforeMs} order by sequence desc limit 1`.execute(db);
  const [last] = rows;
  if (last === undefined) return 0;
  for (const [key, value] of [
    ["audit-anchor-sequence", String(last.sequence)],
    ["audit-anchor-hash", last.hash],
  ] as const) {
    await sql`insert into meta (key, value) values (${key}, ${value}) on conflict (key) do update set value = excluded.value`.execute(
      db,
    );
  }
  const { numAffectedRows } = await sql`delete from audit where sequence <= ${last.sequence}`.execute(db);
  return Number(numAffectedRows ?? 0);
}
