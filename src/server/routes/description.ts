import { z } from "zod";
import { route } from "../route.ts";

export const descriptionRoutes = [
  route({
    method: "GET",
    url: "/api/openapi.json",
    access: "anyone",
    name: "readDescription",
    summary: "This description of the API (OpenAPI 3.1)",
    answer: z.record(z.string(), z.unknown()),
    handle: ({ server }) => server.description(),
  }),
];
