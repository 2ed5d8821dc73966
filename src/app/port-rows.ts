import type { EventRecord, PortDetailRecord, PortEventRecord, PortRecord } from "../store/rows.ts";
import { serviceName } from "./service-names.ts";
import { sourceState } from "./source-health.ts";
import type { EventRow, PortDetail, PortEventRow, PortRow } from "./views.ts";

export function portRow(record: PortRecord, nowMs: number): PortRow {
  const { view, lastLookMs } = record;
  const stale = sourceState({ view, lastLookMs, intervalMs: null }, nowMs) !== "ok";
  return { ...record, service: serviceName(record), stale };
}

export function eventRow(record: EventRecord): EventRow {
  return "trouble" in record ? record : portEventRow(record);
}

function portEventRow(record: PortEventRecord): PortEventRow {
  return { ...record, service: serviceName(record.endpoint) };
}

export function portDetailRow(record: PortDetailRecord, nowMs: number): PortDetail {
  return {
    ...record,
    ...portRow(record, nowMs),
    events: record.events.map(portEventRow),
    similar: record.similar.map((similar) => portRow(similar, nowMs)),
  };
}
