import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import fastify, { LogController, type ConnectionError, type FastifyInstance } from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import { PortolanError } from "../base/errors.ts";
import { joinHostPort } from "../base/ip.ts";
import { configDefaults } from "../config/defaults.ts";
import { isAccess, type Access } from "./access.ts";
import type { LocalRequests } from "./caller.ts";
import { changeStreams } from "./change-streams.ts";
import { limitConnections } from "./connections.ts";
import { gate } from "./gate.ts";
import { registerGuards } from "./guards.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import { watchLoop } from "./loop-watch.ts";
import { methodsAt, noSuchRoute, wrongMethod } from "./methods.ts";
import type { OpenApiDocument } from "./openapi.ts";
import { handleError } from "./problem.ts";
import type { Call, Route } from "./route.ts";
import { routeList } from "./route-list.ts";
import { schemaOf } from "./route-schema.ts";
import type { Server, ServerOptions } from "./state.ts";
import { registerWebFiles } from "./web-files.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    access?: Access;
  }
}

const sweepMs = 50;
// Not by `import`, which reads every export of node:http, among them those that load a second HTTP client.
const { STATUS_CODES } = process.getBuiltinModule("node:http");

export interface Listening {
  /** `http://127.0.0.1:7411`, with the address that was truly taken. */
  readonly url: string;
  readonly port: number;
}

/** The HTTP server, before and while it listens. Works without listening, too: see `handleLocal`. */
export interface RunningServer {
  /** Rejects with the system's own error (`EADDRINUSE`), so that the caller can name the holder. */
  listen(at: { readonly host: string; readonly port: number }): Promise<Listening>;
  /** Serves one request as the machine's own administrator: no cookie, no token, no CSRF, no limit. */
  handleLocal(request: IncomingMessage, response: ServerResponse): void;
  /** A request without a socket, for tests. */
  readonly inject: FastifyInstance["inject"];
  /** What is registered, for the test of the table. */
  readonly routes: readonly { readonly method: string; readonly url: string; readonly access: Access }[];
  readonly state: Server;
  /** Takes no new connection, ends streams, lets running requests finish, at most `drainMs`. */
  close(): Promise<void>;
}

export async function createServer(
  options: ServerOptions,
  routes: readonly Route[] = routeList,
): Promise<RunningServer> {
  const limits: Limits = { ...defaultLimits, ...options.limits };
  const { app, clock, log } = options;
  let closing = false;
  let description: Promise<OpenApiDocument> | undefined;
  const state: Server = {
    app,
    clock,
    log,
    limits,
    secureCookies: options.publicUrl?.startsWith("https:") ?? false,
    streams: changeStreams(app.feed, limits),
    loop: watchLoop(clock, log),
    setUp: {
      program: "portolan",
      zabbix: configDefaults.zabbix,
      ...options.setUp,
      publicUrl: options.publicUrl,
    },
    exports: gate(limits.exportsAtOnce, "Too many exports run already."),
    description: () => (description ??= describe(app.version, routes)),
    closing: () => closing,
  };
  const locals: LocalRequests = new WeakSet();
  const instance = createInstance(options, limits);
  const registered: { method: string; url: string; access: Access }[] = [];
  instance.addHook("onRoute", ({ method, url, config }) => {
    const access = config?.access;
    if (!isAccess(access)) {
      throw new PortolanError("internal", `Route ${String(method)} ${url} does not say who may pass.`);
    }
    for (const one of [method].flat()) registered.push({ method: one, url, access });
  });
  try {
    await registerGuards(instance, state, options, locals);
    for (const route of routes) await registerRoute(instance, route, state);
    const allowed = methodsAt(routes);
    const allowedByPage = registerWebFiles(instance, options.webFolder, allowed);
    instance.setNotFoundHandler(async ({ url }) => {
      const path = url.split("?", 1)[0] ?? "";
      const allow = [allowed(path), allowedByPage(path)].find((methods) => methods.length > 0);
      throw allow === undefined ? noSuchRoute() : wrongMethod(allow);
    });
    await instance.ready();
  } catch (error) {
    state.streams.close();
    await state.loop.close();
    throw error;
  }
  limitConnections(instance.server, limits, options.trustedProxies);

  return {
    listen: async (at) => {
      await instance.listen({ ...at, listenTextResolver: () => "listening" });
      const address = instance.server.address();
      const port = typeof address === "object" && address !== null ? address.port : at.port;
      return { url: `http://${joinHostPort(at.host, port)}`, port };
    },
    handleLocal: (request, response) => {
      locals.add(request);
      instance.routing(request, response);
    },
    inject: instance.inject.bind(instance),
    routes: registered,
    state,
    close: async () => {
      closing = true;
      const force = setTimeout(() => instance.server.closeAllConnections(), limits.drainMs);
      // A connection whose last answer has gone is idle only then, and would be kept alive for more.
      const sweep = setInterval(() => instance.server.closeIdleConnections(), sweepMs);
      state.streams.close();
      app.blocks.endWaits();
      await instance.close();
      clearTimeout(force);
      clearInterval(sweep);
      await state.loop.close();
    },
  };
}

async function describe(version: string, routes: readonly Route[]): Promise<OpenApiDocument> {
  const { describeApi } = await import("./openapi.ts");
  return describeApi(version, routes);
}

function createInstance({ log, trustedProxies }: ServerOptions, limits: Limits): FastifyInstance {
  const instance = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "requestId" }),
    genReqId: () => randomUUID(),
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    bodyLimit: limits.bodyBytes,
    routerOptions: { maxParamLength: 200 },
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    exposeHeadRoutes: false,
    // Answers are cut to what their representation names: a field forgotten in a row never leaves the house. Named
    // here, fastify does not load compilers of its own: a fifth of all the code at start-up.
    schemaController: {
      compilersFactory: {
        buildValidator: () => validatorCompiler as never,
        buildSerializer: () => serializerCompiler as never,
      },
    },
    http: {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMs,
      connectionsCheckingInterval: Math.min(1_000, limits.headersMs),
    },
    return503OnClosing: true,
    forceCloseConnections: "idle",
    clientErrorHandler: answerUnreadable,
    frameworkErrors: (error, request, reply) => {
      handleError(error, request, reply);
    },
  });
  instance.removeContentTypeParser("text/plain");
  instance.setErrorHandler(handleError);
  instance.decorateRequest("caller", null);
  return instance;
}

/** Bytes that are no request: one line of answer, no log, and the connection goes. */
function answerUnreadable({ code }: ConnectionError, socket: Socket): void {
  if (code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const statuses: Readonly<Record<string, number>> = {
    HPE_HEADER_OVERFLOW: 431,
    ERR_HTTP_REQUEST_TIMEOUT: 408,
  };
  const status = statuses[code] ?? 400;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    () => socket.destroySoon(),
  );
}

async function registerRoute(instance: FastifyInstance, route: Route, server: Server): Promise<void> {
  await instance.register(async (scope) => {
    if (route.rawBody === true) readBytes(scope, server.limits.intakeBytes);
    scope.route({
      method: route.method,
      url: route.url,
      schema: schemaOf(route),
      config: { access: route.access },
      handler: async (request, reply) => {
        const isStream = route.answer !== null && "media" in route.answer;
        if (!isStream) void reply.header("cache-control", "no-store");
        const { params, query, body } = request;
        const answer = await route.handle({ server, params, query, body, request, reply } as unknown as Call<
          never,
          never,
          never
        >);
        if (isStream) return reply;
        return route.answer === null ? reply.code(204).send() : reply.code(route.status ?? 200).send(answer);
      },
    });
  });
}

/** The body goes to the writer's thread unread: what is in it never holds up this loop. */
function readBytes(scope: FastifyInstance, bodyLimit: number): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("application/json", { parseAs: "buffer", bodyLimit }, (_request, body, done) => {
    done(null, body);
  });
}
