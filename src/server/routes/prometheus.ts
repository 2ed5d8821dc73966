import { z } from "zod";
import { transports } from "../../model/endpoint.ts";
import { expositionOf } from "../exposition-format.ts";
import { hostLabel, identifier, portRange, text } from "../parameter.ts";
import { targetGroupsSchema } from "../representation/target-group.ts";
import { route } from "../route.ts";
import { searchCharactersMax } from "../../store/queries.ts";

const mediaTypes = {
  prometheus: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
} as const;

export const prometheusRoutes = [
  route({
    method: "GET",
    url: "/metrics",
    access: "read",
    name: "readMetrics",
    summary: "Metrics for Prometheus; as OpenMetrics where Accept asks for it",
    answer: { media: ["text/plain", "application/openmetrics-text"] },
    handle: async ({ server, request, reply }) => {
      const format = expositionOf(request.headers.accept);
      const page = await server.app.metrics(format);
      return reply.type(mediaTypes[format]).header("cache-control", "no-store").send(page);
    },
  }),
  route({
    method: "GET",
    url: "/api/v1/prometheus/targets",
    access: "read",
    name: "listScrapeTargets",
    summary: "Ports that are up and can be reached, for Prometheus' HTTP service discovery",
    query: z.strictObject({
      transport: z.enum(transports).optional().meta({ description: "Default: tcp" }),
      port: portRange.optional(),
      process: text(searchCharactersMax).optional(),
      host: identifier.optional(),
      label: hostLabel.optional(),
      risk: z.enum(["high"]).optional(),
    }),
    answer: targetGroupsSchema,
    handle: async ({ server, query: { transport = "tcp", port, process, host, label, risk } }) =>
      server.app.read.scrapeTargets({
        transport,
        port,
        owner: process,
        hostId: host,
        label,
        highRisk: risk === undefined ? undefined : true,
      }),
  }),
];
