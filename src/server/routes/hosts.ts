import { z } from "zod";
import { hostSorts, searchCharactersMax } from "../../store/queries.ts";
import { idParams, listQuery, text } from "../parameter.ts";
import { hostPageSchema, hostRowSchema } from "../representation/host.ts";
import { route } from "../route.ts";

export const hostRoutes = [
  route({
    method: "GET",
    url: "/api/v1/hosts",
    access: "read",
    name: "listHosts",
    summary: "Machines, who looks at them, and when last",
    query: listQuery(hostSorts, {
      q: text(searchCharactersMax).optional(),
      retired: z
        .enum(["true", "false"])
        .transform((value) => value === "true")
        .optional()
        .meta({ description: "Also those that left the inventory" }),
    }),
    answer: hostPageSchema,
    handle: async ({ server, query }) => server.app.read.hosts(query),
  }),
  route({
    method: "GET",
    url: "/api/v1/hosts/:id",
    access: "read",
    name: "readHost",
    summary: "One machine",
    params: idParams,
    answer: hostRowSchema,
    handle: async ({ server, params }) => server.app.read.host(params.id),
  }),
];
