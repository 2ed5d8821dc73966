import { PortolanError } from "../../base/errors.ts";
import { callerOf } from "../caller.ts";
import { intakeAnswerSchema } from "../representation/intake.ts";
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
      if (!Buffer.isBuffer(request.body)) throw new PortolanError("invalid", "The body is empty.");
      if (principal?.kind === "token" && principal.token.scope === "scan") {
        return server.app.scans.ingest(principal.token.name, request.body);
      }
      if (principal?.kind !== "token" || principal.token.hostId === null) {
        throw new PortolanError("forbidden", "This needs a token that is bound to a host.");
      }
      return server.app.ingest({ hostId: principal.token.hostId, body: request.body });
    },
  }),
];
