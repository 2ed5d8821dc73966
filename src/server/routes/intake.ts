import type { FastifyRequest } from "fastify";
import type { Delivery } from "../../app/application.ts";
import { PortolanError } from "../../base/errors.ts";
import { callerOf } from "../caller.ts";
import { connectionsTakenSchema, intakeAnswerSchema } from "../representation/intake.ts";
import { route } from "../route.ts";

export const intakeRoutes = [
  route({
    method: "POST",
    url: "/api/v1/intake",
    access: "deliver",
    name: "deliverLook",
    summary: "Deliver one batch of one source; the same batch again is harmless",
    rawBody: true,
    answer: intakeAnswerSchema,
    handle: async ({ server, request }) => {
      const { principal } = callerOf(request);
      if (principal?.kind === "token" && principal.token.scope === "scan") {
        return server.app.scans.ingest(principal.token.name, bytesOf(request));
      }
      return server.app.ingest(deliveryOf(request));
    },
  }),
  route({
    method: "POST",
    url: "/api/v1/intake/connections",
    access: "deliver",
    name: "deliverConnections",
    summary: "Deliver samples of one host's connections; the same samples again are harmless",
    rawBody: true,
    answer: connectionsTakenSchema,
    handle: async ({ server, request }) => server.app.takeConnections(deliveryOf(request)),
  }),
];

function bytesOf({ body }: FastifyRequest): Uint8Array {
  if (!Buffer.isBuffer(body)) throw new PortolanError("invalid", "The body is empty.");
  return body;
}

/** The token says which host it is about, never the body. */
export function deliveryOf(request: FastifyRequest): Delivery {
  const { principal } = callerOf(request);
  const body = bytesOf(request);
  if (principal?.kind !== "token" || principal.token.hostId === null) {
    throw new PortolanError("forbidden", "This needs a token that is bound to a host.");
  }
  return { hostId: principal.token.hostId, body };
}
