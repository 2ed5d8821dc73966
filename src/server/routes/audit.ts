import { listQuery } from "../parameter.ts";
import { auditPageSchema } from "../representation/account.ts";
import { route } from "../route.ts";

export const auditRoutes = [
  route({
    method: "GET",
    url: "/api/v1/audit",
    access: "administer",
    name: "listAudit",
    summary: "Who did what, newest first",
    query: listQuery(["sequence"]),
    answer: auditPageSchema,
    handle: async ({ server, query }) => server.app.accounts.audit(query),
  }),
];
