import { withLoop } from "../loop-watch.ts";
import { healthSchema } from "../representation/health.ts";
import { route } from "../route.ts";

export const healthRoutes = [
  route({
    method: "GET",
    url: "/api/v1/health",
    access: "read",
    name: "readHealth",
    summary: "How the server itself fares",
    answer: healthSchema,
    handle: async ({ server }) => ({
      version: server.app.version,
      ...withLoop(await server.app.health(), server.loop),
    }),
  }),
  route({
    method: "GET",
    url: "/livez",
    access: "anyone",
    name: "readLiveness",
    summary: "The process answers",
    answer: { media: ["text/plain"] },
    handle: async ({ reply }) => reply.type("text/plain; charset=utf-8").send("alive\n"),
  }),
  route({
    method: "GET",
    url: "/readyz",
    access: "anyone",
    name: "readReadiness",
    summary: "The server takes work: 200, else 503",
    answer: { media: ["text/plain"] },
    handle: async ({ server, reply }) => {
      const ready = !server.closing() && (await server.app.ready());
      return reply
        .code(ready ? 200 : 503)
        .type("text/plain; charset=utf-8")
        .send(ready ? "ready\n" : "not ready\n");
    },
  }),
];
