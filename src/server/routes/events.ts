import { z } from "zod";
import { endpointKey } from "../../model/endpoint.ts";
import { ownerLabel } from "../../model/owner.ts";
import type { EventRow, PortEventRow } from "../../app/views.ts";
import type { TroubleEventRecord } from "../../store/rows.ts";
import { eventSorts, histogramBucketsMax, type EventFilter } from "../../store/queries.ts";
import type { Cell } from "../csv.ts";
import { sendDownload, type Column } from "../download.ts";
import { eventFilter, format, isoTime, listQuery, moment, sort, whole } from "../parameter.ts";
import { eventHistogramSchema, eventPageSchema, eventRowSchema } from "../representation/event.ts";
import { route } from "../route.ts";

export const bucketMsMin = 60_000;
export const bucketMsMax = 31 * 86_400_000;

const filterSchema = z.strictObject(eventFilter);

function toFilter({ kind, host, risk, from, to, ...rest }: z.output<typeof filterSchema>): EventFilter {
  return {
    ...rest,
    kinds: kind,
    hostId: host,
    highRisk: risk === undefined ? undefined : true,
    fromMs: from,
    toMs: to,
  };
}

/** A cell that events about connections leave empty. */
const ofPort =
  (cell: (row: PortEventRow) => Cell) =>
  (row: EventRow): Cell =>
    "trouble" in row ? null : cell(row);
const ofTrouble =
  (cell: (row: TroubleEventRecord["trouble"]) => Cell) =>
  (row: EventRow): Cell =>
    "trouble" in row ? cell(row.trouble) : null;

const columns: readonly Column<EventRow>[] = [
  { name: "at", cell: (row) => isoTime(row.atMs) },
  { name: "kind", cell: (row) => row.kind },
  { name: "host", cell: (row) => row.hostName },
  { name: "endpoint", cell: ofPort((row) => endpointKey(row.endpoint)) },
  { name: "transport", cell: ofPort((row) => row.endpoint.transport) },
  { name: "address", cell: ofPort((row) => row.endpoint.address) },
  { name: "port", cell: (row) => ("trouble" in row ? row.trouble.port : row.endpoint.port) },
  { name: "service", cell: ofPort((row) => row.service) },
  { name: "ownersBefore", cell: ofPort((row) => row.ownersBefore.map(ownerLabel).join("; ")) },
  { name: "ownersAfter", cell: ofPort((row) => row.ownersAfter.map(ownerLabel).join("; ")) },
  { name: "reason", cell: (row) => ("trouble" in row ? row.trouble.kind : row.reason.code) },
  { name: "action", cell: ofPort((row) => row.verdict.action) },
  { name: "highRisk", cell: ofPort((row) => row.verdict.highRisk) },
  { name: "severity", cell: ofTrouble(({ severity }) => severity) },
  { name: "process", cell: ofTrouble(({ process }) => process?.name ?? null) },
  { name: "sources", cell: ofTrouble(({ sources }) => sources.map(({ remote }) => remote).join("; ")) },
  { name: "observedAt", cell: (row) => isoTime(row.observedAtMs) },
  { name: "id", cell: (row) => row.id },
];

export const eventRoutes = [
  route({
    method: "GET",
    url: "/api/v1/events",
    access: "read",
    name: "listEvents",
    summary: "What changed, newest first",
    query: listQuery(eventSorts, eventFilter),
    answer: eventPageSchema,
    handle: async ({ server, query: { limit, cursor, offset, sort, ...filter } }) =>
      server.app.read.events({ ...toFilter(filter), limit, cursor, offset, sort }),
  }),
  route({
    method: "GET",
    url: "/api/v1/events/histogram",
    access: "read",
    name: "countEvents",
    summary: "How many events of each kind per stretch of time",
    query: z
      .strictObject({ from: moment, to: moment, bucketMs: whole(bucketMsMin, bucketMsMax) })
      .refine(({ from, to }) => from < to, { path: ["to"], message: "later than from" })
      .refine(({ from, to, bucketMs }) => (to - from) / bucketMs <= histogramBucketsMax, {
        path: ["bucketMs"],
        message: `at most ${histogramBucketsMax} buckets`,
      }),
    answer: eventHistogramSchema,
    handle: async ({ server, query: { from, to, bucketMs } }) => ({
      buckets: await server.app.read.eventHistogram({ fromMs: from, toMs: to, bucketMs }),
    }),
  }),
  route({
    method: "GET",
    url: "/api/v1/events/export",
    access: "read",
    name: "exportEvents",
    summary: "All events that a filter leaves, as a file",
    query: z.strictObject({ format, ...eventFilter, sort: sort(eventSorts).optional() }),
    answer: { media: ["text/csv", "application/json"] },
    handle: async ({ server, reply, query: { format, sort, ...filter } }) =>
      sendDownload(server, reply, {
        noun: "events",
        format,
        columns,
        shape: (row) => eventRowSchema.parse(row),
        page: (cursor, limit) => server.app.read.events({ ...toFilter(filter), sort, cursor, limit }),
      }),
  }),
];
