import { z } from "zod";
import { problemSchema } from "./representation/problem.ts";
import type { MediaAnswer, Route } from "./route.ts";

/** What fastify and the description need to know of a route. */
export function schemaOf(route: Route): Record<string, unknown> {
  const isMedia = route.answer !== null && !(route.answer instanceof z.ZodType);
  const status = route.answer === null ? 204 : (route.status ?? 200);
  return {
    operationId: route.name,
    summary: route.summary,
    tags: [route.url.split("/")[3] ?? "server"],
    security: securityOf(route),
    ...(route.params && { params: route.params }),
    ...(route.query && { querystring: route.query }),
    ...(route.body && { body: route.body }),
    response: {
      [status]: isMedia
        ? mediaResponse(route.answer)
        : (route.answer ?? z.null().meta({ description: "Done" })),
      "4xx": { description: "Refused", content: { "application/problem+json": { schema: problemSchema } } },
      "5xx": { description: "Failed", content: { "application/problem+json": { schema: problemSchema } } },
    },
  };
}

function securityOf(route: Route): Record<string, string[]>[] {
  if (route.access === "anyone") return [];
  if (route.access === "own-session") return [{ session: [] }];
  return route.access === "deliver" ? [{ token: [] }] : [{ session: [] }, { token: [] }];
}

function mediaResponse(answer: MediaAnswer): Record<string, unknown> {
  const content = Object.fromEntries(answer.media.map((type) => [type, { schema: z.string() }]));
  return { description: "A stream", content };
}
