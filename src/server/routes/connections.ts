import { z } from "zod";
import { idParams, moment, whole } from "../parameter.ts";
import {
  connectionHistorySchema,
  fleetConnectionsSchema,
  hostConnectionsSchema,
} from "../representation/connections.ts";
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
