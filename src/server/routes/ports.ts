import { z } from "zod";
import { ownerLabel } from "../../model/owner.ts";
import type { PortRow } from "../../app/views.ts";
import { portSorts, type PortFilter } from "../../store/queries.ts";
import { sendDownload, type Column } from "../download.ts";
import { format, idParams, isoTime, listQuery, portFilter, sort } from "../parameter.ts";
import { portDetailSchema } from "../representation/port-detail.ts";
import { portFacetsSchema, portPageSchema, portRowSchema } from "../representation/port.ts";
import { route } from "../route.ts";

const filterSchema = z.strictObject(portFilter);

function toFilter({ host, risk, at, ...rest }: z.output<typeof filterSchema>): PortFilter {
  return { ...rest, hostId: host, atMs: at, highRisk: risk === undefined ? undefined : true };
}

const columns: readonly Column<PortRow>[] = [
  { name: "host", cell: (row) => row.hostName },
  { name: "transport", cell: (row) => row.transport },
  { name: "address", cell: (row) => row.address },
  { name: "port", cell: (row) => row.port },
  { name: "interface", cell: (row) => row.interface },
  { name: "networkNamespace", cell: (row) => row.networkNamespace },
  { name: "scope", cell: (row) => row.scope },
  { name: "state", cell: (row) => row.state },
  { name: "service", cell: (row) => row.service },
  { name: "process", cell: (row) => row.process },
  { name: "owners", cell: (row) => row.owners.map(ownerLabel).join("; ") },
  { name: "pids", cell: (row) => row.pids.join(" ") },
  { name: "user", cell: (row) => row.user },
  { name: "unit", cell: (row) => row.unit },
  { name: "containerId", cell: (row) => row.containerId },
  { name: "executablePath", cell: (row) => row.executablePath },
  { name: "commandLine", cell: (row) => row.commandLine },
  { name: "ownerUnknown", cell: (row) => row.ownerUnknown },
  { name: "firstSeen", cell: (row) => isoTime(row.firstSeenMs) },
  { name: "since", cell: (row) => isoTime(row.sinceMs) },
  { name: "lastSeen", cell: (row) => isoTime(row.lastSeenMs) },
  { name: "lastChange", cell: (row) => isoTime(row.lastChangeMs) },
  { name: "lastChangeKind", cell: (row) => row.lastChangeKind },
  { name: "highRisk", cell: (row) => row.highRisk },
  { name: "id", cell: (row) => row.id },
];

export const portRoutes = [
  route({
    method: "GET",
    url: "/api/v1/ports",
    access: "read",
    name: "listPorts",
    summary: "Ports that are open, or were, with their owners",
    query: listQuery(portSorts, portFilter),
    answer: portPageSchema,
    handle: async ({ server, query: { limit, cursor, offset, sort, ...filter } }) =>
      server.app.read.ports({ ...toFilter(filter), limit, cursor, offset, sort }),
  }),
  route({
    method: "GET",
    url: "/api/v1/ports/facets",
    access: "read",
    name: "countPortFacets",
    summary: "How many ports each further filter would leave",
    query: filterSchema,
    answer: portFacetsSchema,
    handle: async ({ server, query }) => server.app.read.portFacets(toFilter(query)),
  }),
  route({
    method: "GET",
    url: "/api/v1/ports/export",
    access: "read",
    name: "exportPorts",
    summary: "All ports that a filter leaves, as a file",
    query: z.strictObject({ format, ...portFilter, sort: sort(portSorts).optional() }),
    answer: { media: ["text/csv", "application/json"] },
    handle: async ({ server, reply, query: { format, sort, ...filter } }) =>
      sendDownload(server, reply, {
        noun: "ports",
        format,
        columns,
        shape: (row) => portRowSchema.parse(row),
        page: (cursor, limit) => server.app.read.ports({ ...toFilter(filter), sort, cursor, limit }),
      }),
  }),
  route({
    method: "GET",
    url: "/api/v1/ports/:id",
    access: "read",
    name: "readPort",
    summary: "One port: its holders, history and evidence",
    params: idParams,
    answer: portDetailSchema,
    handle: async ({ server, params }) => server.app.read.port(params.id),
  }),
];
