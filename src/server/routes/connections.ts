import { z } from "zod";
import { connectionVerdictKinds } from "../../model/connection-verdict.ts";
import { callerOf } from "../caller.ts";
import { idParams, moment, whole } from "../parameter.ts";
import {
  connectionHistorySchema,
  fleetConnectionsSchema,
  hostConnectionsSchema,
} from "../representation/connections.ts";
import { fleetFindingsSchema, hostFindingsSchema } from "../representation/connection-verdict.ts";
import { route } from "../route.ts";

const pointsMax = 1_000;
const pointsDefault = 300;

const span = z
  .strictObject({
    from: moment,
    to: moment,
    points: whole(2, pointsMax)
      .optional()
      .meta({ description: `At most so many; default ${pointsDefault}` }),
  })
  .refine(({ from, to }) => from < to, { path: ["to"], message: "later than from" })
  .transform(({ from, to, points = pointsDefault }) => ({ fromMs: from, toMs: to, points }));

export const connectionRoutes = [
  route({
    method: "GET",
    url: "/api/v1/connections",
    access: "read",
    name: "readConnections",
    summary: "How many connections there are now, in all and on the busiest hosts",
    answer: fleetConnectionsSchema,
    handle: async ({ server }) => server.app.read.connections(),
  }),
  route({
    method: "GET",
    url: "/api/v1/connections/history",
    access: "read",
    name: "readConnectionHistory",
    summary: "How many connections all hosts had over a span of time",
    query: span,
    answer: connectionHistorySchema,
    handle: async ({ server, query }) => server.app.read.connectionHistory({ ...query, hostId: null }),
  }),
  route({
    method: "GET",
    url: "/api/v1/connections/findings",
    access: "read",
    name: "readFindings",
    summary: "What is wrong with connections now, and which addresses are odd, over all hosts",
    answer: fleetFindingsSchema,
    handle: async ({ server }) => server.app.read.findings(),
  }),
  route({
    method: "GET",
    url: "/api/v1/hosts/:id/connections/findings",
    access: "read",
    name: "readHostFindings",
    summary: "What is wrong with a host's connections now, and which addresses are odd",
    params: idParams,
    answer: hostFindingsSchema,
    handle: async ({ server, params }) => server.app.read.findingsOfHost(params.id),
  }),
  route({
    method: "POST",
    url: "/api/v1/hosts/:id/connections/accept",
    access: "operate",
    name: "acceptVerdict",
    summary: "Say that what fires of one kind is normal on this host; refused when nothing of it fires",
    params: idParams,
    body: z.strictObject({ kind: z.enum(connectionVerdictKinds) }),
    answer: null,
    handle: async ({ server, request, params, body }) =>
      server.app.acceptVerdict(callerOf(request).actor, params.id, body.kind),
  }),
  route({
    method: "GET",
    url: "/api/v1/hosts/:id/connections",
    access: "read",
    name: "readHostConnections",
    summary: "A host's connections when it was last heard, by port, remote, prefix and process",
    params: idParams,
    answer: hostConnectionsSchema,
    handle: async ({ server, params }) => ({ latest: await server.app.read.connectionsOfHost(params.id) }),
  }),
  route({
    method: "GET",
    url: "/api/v1/hosts/:id/connections/history",
    access: "read",
    name: "readHostConnectionHistory",
    summary: "How many connections a host had over a span of time, and the busiest in it",
    params: idParams,
    query: span,
    answer: connectionHistorySchema,
    handle: async ({ server, params, query }) =>
      server.app.read.connectionHistory({ ...query, hostId: params.id }),
  }),
];
