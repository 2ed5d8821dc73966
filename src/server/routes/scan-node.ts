import type { FastifyRequest } from "fastify";
import { PortolanError } from "../../base/errors.ts";
import { callerOf } from "../caller.ts";
import { idParams } from "../parameter.ts";
import { assignmentSchema, goOnSchema, scanReportBodySchema } from "../representation/scan.ts";
import { route } from "../route.ts";

/** What a scan node asks and tells; what it found goes to the intake, as from every source. */
export const scanNodeRoutes = [
  route({
    method: "POST",
    url: "/api/v1/scan-node/lease",
    access: "scan",
    name: "leaseScan",
    summary: "For a scan node: the next scan that is due",
    answer: assignmentSchema,
    handle: async ({ server, request }) => ({ assignment: await server.app.scans.lease(nodeOf(request)) }),
  }),
  route({
    method: "POST",
    url: "/api/v1/scan-node/scans/:id/report",
    access: "scan",
    name: "reportScan",
    summary: "For a scan node: how its scan fares",
    params: idParams,
    body: scanReportBodySchema,
    answer: goOnSchema,
    handle: async ({ server, request, params, body }) =>
      server.app.scans.report(nodeOf(request), params.id, body),
  }),
];

/** A node is named by its token: what it says of itself decides nothing. */
export function nodeOf(request: FastifyRequest): string {
  const { principal } = callerOf(request);
  if (principal?.kind === "token" && principal.token.scope === "scan") return principal.token.name;
  throw new PortolanError("forbidden", "This needs a token of a scan node.");
}
