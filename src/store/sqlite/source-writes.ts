import type { Database, Statement } from "better-sqlite3";
import type { View } from "../../model/coverage.ts";
import { sourceRecord, type SourceRow } from "../sql/source-rows.ts";
import type { SourceTable } from "../sql/tables.ts";
import type { SourceRecord } from "../rows.ts";

export interface SourceWrites {
  find(host: number, hostId: string, view: View, vantage: string | null): SourceRecord | undefined;
  save(host: number, source: SourceRecord): void;
}

/** What stays as the first look made it. */
const kept: readonly string[] = ["id", "host", "view", "vantage", "first_look_ms"];

function columnsOf(host: number, source: SourceRecord): Omit<SourceTable, "number"> {
  return {
    id: source.id,
    host,
    kind: source.kind,
    version: source.version,
    view: source.view,
    vantage: source.vantage ?? "",
    run_id: source.runId,
    former_run_ids: JSON.stringify(source.formerRunIds),
    sequence: source.sequence,
    last_batch_id: source.lastBatchId,
    last_batch_hash: source.lastBatchHash,
    last_answer: source.lastAnswer,
    revision: source.revision,
    coverage: JSON.stringify(source.coverage),
    covered: JSON.stringify(source.covered),
    first_look_ms: source.firstLookMs,
    last_look_ms: source.lastLookMs,
    interval_ms: source.intervalMs,
    clock_skew_ms: source.clockSkewMs,
    limits: JSON.stringify(source.limits),
    ignore_rules: source.ignoreRules,
  };
}

/** Every quiet look writes this row and nothing else. */
export function sourceWrites(db: Database): SourceWrites {
  const find = db.prepare<unknown[], Omit<SourceRow, "host_id">>(
    "select * from sources where host = ? and view = ? and vantage = ?",
  );
  let statement: Statement | undefined;
  const prepare = (columns: readonly string[]): Statement =>
    db.prepare(`insert into sources (${columns.join(", ")}) values (${columns.map(() => "?").join(", ")})
      on conflict do update set ${columns
        .filter((column) => !kept.includes(column))
        .map((column) => `${column} = excluded.${column}`)
        .join(", ")}`);
  return {
    find(host, hostId, view, vantage) {
      const row = find.get(host, view, vantage ?? "");
      return row === undefined ? undefined : sourceRecord({ ...row, host_id: hostId });
    },
    save(host, source) {
      const columns = columnsOf(host, source);
      statement ??= prepare(Object.keys(columns));
      statement.run(Object.values(columns));
    },
  };
}
