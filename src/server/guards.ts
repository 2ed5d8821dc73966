import compress from "@fastify/compress";
import cookie from "@fastify/cookie";
import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { PortolanError } from "../base/errors.ts";
import { requireAccess, type Access } from "./access.ts";
import { identify, localCaller, type LocalRequests } from "./caller.ts";
import { requireCsrfToken, requireOwnName, requireOwnOrigin, type Names } from "./origin.ts";
import { peerOf } from "./peer.ts";
import type { Server } from "./state.ts";

/**
 * In the order in which a request meets them: length of the address, own name, who is it, how often may a stranger
 * ask, may they pass, did it come from our own page; only then is a body read.
 */
export async function registerGuards(
  instance: FastifyInstance,
  { app, limits }: Server,
  names: Names,
  locals: LocalRequests,
): Promise<void> {
  await instance.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { "default-src": ["'none'"], "frame-ancestors": ["'none'"], "base-uri": ["'none'"] },
    },
    referrerPolicy: { policy: "no-referrer" },
    xFrameOptions: { action: "deny" },
    strictTransportSecurity: names.publicUrl?.startsWith("https:") ?? false,
  });
  await instance.register(cookie);
  instance.addHook("onRequest", async (request, reply) => {
    void reply.header("x-request-id", request.id);
    if (request.url.length > limits.urlCharacters) throw tooLong(limits.urlCharacters);
    if (locals.has(request.raw)) {
      request.caller = localCaller;
      return;
    }
    requireOwnName(request, names);
    request.caller = await identify(request, app.accounts);
  });
  await instance.register(rateLimit, {
    global: true,
    max: limits.strangerRequestsPerMinute,
    timeWindow: 60_000,
    cache: limits.strangersRemembered,
    keyGenerator: (request) => peerOf(request.ip),
    allowList: (request) => request.caller !== null || !request.url.startsWith("/api/"),
    errorResponseBuilder: (_request, { ttl }) =>
      new PortolanError("unavailable", "Too many requests without a session or token.", {
        details: { httpStatus: 429, retryAfterMs: ttl },
      }),
    addHeadersOnExceeding: {
      "x-ratelimit-limit": false,
      "x-ratelimit-remaining": false,
      "x-ratelimit-reset": false,
    },
    addHeaders: {
      "x-ratelimit-limit": false,
      "x-ratelimit-remaining": false,
      "x-ratelimit-reset": false,
      "retry-after": true,
    },
  });
  await instance.register(compress, {
    global: true,
    threshold: 2_048,
    encodings: ["gzip"],
    requestEncodings: ["gzip"],
  });
  instance.addHook("preParsing", async (request) => {
    const { caller } = request;
    requireAccess(accessOf(request), caller?.standing ?? null);
    if (request.method === "GET" || request.method === "HEAD" || caller === localCaller) return;
    if (caller === null || caller.sessionSecret !== null) requireOwnOrigin(request, names);
    if (caller !== null && caller.sessionSecret !== null) {
      requireCsrfToken(request, caller.sessionSecret, app.accounts);
    }
  });
  instance.addHook("onResponse", async (request, reply) => {
    request.log.debug(
      {
        method: request.method,
        route: request.routeOptions.url ?? null,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        peer: request.ip,
      },
      "answered",
    );
  });
}

/** Default deny: whatever bears no word about access is for nobody. An unknown address has no route, and nothing to hide. */
function accessOf(request: FastifyRequest): Access {
  if (request.is404) return "anyone";
  const { access } = request.routeOptions.config;
  if (access === undefined) throw new PortolanError("forbidden", "Nobody may pass here.");
  return access;
}

function tooLong(max: number): PortolanError {
  return new PortolanError("invalid", `The address is longer than ${max} characters.`, {
    details: { httpStatus: 414 },
  });
}
