import { z } from "zod";
import { scanPlanSchema } from "../../model/scan-plan-schema.ts";
import { pageRowsMax } from "../../store/queries.ts";
import { callerOf } from "../caller.ts";
import { cursorCharactersMax, identifier, idParams, whole } from "../parameter.ts";
import {
  scanPlanAnswerSchema,
  scanPlanListSchema,
  scanRunDetailSchema,
  scanRunPageSchema,
  scanRunSchema,
} from "../representation/scan.ts";
import { route } from "../route.ts";

export const scanRoutes = [
  route({
    method: "GET",
    url: "/api/v1/scan-plans",
    access: "read",
    name: "listScanPlans",
    summary: "What is scanned, how often, and where scanning is allowed at all",
    answer: scanPlanListSchema,
    handle: async ({ server }) => ({
      rows: await server.app.read.scanPlans(),
      scope: server.app.scans.scope(),
    }),
  }),
  route({
    method: "POST",
    url: "/api/v1/scan-plans",
    access: "operate",
    name: "createScanPlan",
    summary: "Add a plan; refused when a target lies outside of the scope",
    body: scanPlanSchema,
    answer: scanPlanAnswerSchema,
    status: 201,
    handle: async ({ server, request, body }) => server.app.scans.add(callerOf(request).actor, body),
  }),
  route({
    method: "PATCH",
    url: "/api/v1/scan-plans/:id",
    access: "operate",
    name: "changeScanPlan",
    summary: "Replace a plan by another; scans under way go on as they were begun",
    params: idParams,
    body: scanPlanSchema,
    answer: scanPlanAnswerSchema,
    handle: async ({ server, request, params, body }) =>
      server.app.scans.change(callerOf(request).actor, params.id, body),
  }),
  route({
    method: "DELETE",
    url: "/api/v1/scan-plans/:id",
    access: "operate",
    name: "removeScanPlan",
    summary: "Remove a plan; its scans stay",
    params: idParams,
    answer: null,
    handle: async ({ server, request, params }) =>
      server.app.scans.remove(callerOf(request).actor, params.id),
  }),
  route({
    method: "POST",
    url: "/api/v1/scan-plans/:id/scans",
    access: "operate",
    name: "startScan",
    summary: "Scan now instead of when it is due",
    params: idParams,
    answer: scanRunSchema,
    status: 201,
    handle: async ({ server, request, params }) => server.app.scans.start(callerOf(request).actor, params.id),
  }),
  route({
    method: "GET",
    url: "/api/v1/scans",
    access: "read",
    name: "listScans",
    summary: "Scans that are waiting, running or over; newest first",
    query: z.strictObject({
      planId: identifier.optional(),
      limit: whole(1, pageRowsMax).optional(),
      cursor: z.string().min(1).max(cursorCharactersMax).optional(),
    }),
    answer: scanRunPageSchema,
    handle: async ({ server, query }) => server.app.read.scanRuns(query),
  }),
  route({
    method: "GET",
    url: "/api/v1/scans/:id",
    access: "read",
    name: "getScan",
    summary: "One scan with its course over time and its addresses",
    params: idParams,
    answer: scanRunDetailSchema,
    handle: async ({ server, params }) => server.app.read.scanRun(params.id),
  }),
  route({
    method: "POST",
    url: "/api/v1/scans/:id/stop",
    access: "operate",
    name: "stopScan",
    summary: "Stop a scan; what it found stays",
    params: idParams,
    answer: scanRunSchema,
    handle: async ({ server, request, params }) => server.app.scans.stop(callerOf(request).actor, params.id),
  }),
];
