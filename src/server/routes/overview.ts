import { overviewSchema } from "../representation/overview.ts";
import { route } from "../route.ts";

export const overviewRoutes = [
  route({
    method: "GET",
    url: "/api/v1/overview",
    access: "read",
    name: "readOverview",
    summary: "What is open, what changed, what we are blind to",
    answer: overviewSchema,
    handle: async ({ server }) => server.app.read.overview(),
  }),
];
