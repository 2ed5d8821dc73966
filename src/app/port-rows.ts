import type { EventRecord, PortDetailRecord, PortRecord } from "../store/rows.ts";
import { serviceName } from "./service-names.ts";
import { sourceState } from "./source-health.ts";
import type { EventRow, PortDetail, PortRow } from "./views.ts";

export function portRow(record: PortRecord, nowMs: number): PortRow {
  const { view, lastLookMs } = record;
  const stale = sourceState({ view, lastLookMs, intervalMs: null }, nowMs) !== "ok";
  return { ...record, service: serviceName(record), stale };
}

export function eventRow(record: EventRecord): EventRow {
  return { ...record, service: serviceName(record.endpoint) };
}

export function portDetailRow(record: PortDetailRecord, nowMs: number): PortDetail {
  return {
    ...record,
    ...portRow(record, nowMs),
    events: record.events.map(eventRow),
    similar: record.similar.map((similar) => portRow(similar, nowMs)),
  };
}
