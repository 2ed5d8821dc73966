import type { Coverage, View } from "../../model/coverage.ts";
import type { SourceRecord } from "../rows.ts";
import { remembering } from "../../base/remember.ts";
import { fromJson } from "./json.ts";
import type { SourceTable } from "./tables.ts";

export type SourceRow = Omit<SourceTable, "number"> & { readonly host_id: string };

const coverage = remembering(fromJson<Coverage>);

export function sourceRecord(row: SourceRow): SourceRecord {
  return {
    id: row.id,
    hostId: row.host_id,
    kind: row.kind,
    version: row.version,
    view: row.view as View,
    vantage: row.vantage === "" ? null : row.vantage,
    runId: row.run_id,
    formerRunIds: fromJson<string[]>(row.former_run_ids),
    sequence: row.sequence,
    lastBatchId: row.last_batch_id,
    lastBatchHash: row.last_batch_hash,
    lastAnswer: row.last_answer,
    revision: row.revision,
    coverage: coverage(row.coverage),
    covered: coverage(row.covered),
    firstLookMs: row.first_look_ms,
    lastLookMs: row.last_look_ms,
    intervalMs: row.interval_ms,
    clockSkewMs: row.clock_skew_ms,
    limits: fromJson<string[]>(row.limits),
    ignoreRules: row.ignore_rules,
  };
}
