import type { IncomingMessage } from "node:http";
import type { FastifyRequest } from "fastify";
import { actorOf, type Actor, type Principal } from "../app/account-book.ts";
import type { AccountBook } from "../app/account-book.ts";
import { tokenPrefix } from "../app/secrets.ts";
import { PortolanError } from "../base/errors.ts";
import type { Standing } from "./access.ts";

/** Who sent a request, after the secret was checked. */
export interface Caller {
  readonly standing: Standing;
  readonly actor: Actor;
  /** Null for the machine's own administrator, who came through the data folder's socket. */
  readonly principal: Principal | null;
  /** Set when the caller came by cookie: writes then need the CSRF token. */
  readonly sessionSecret: string | null;
}

declare module "fastify" {
  interface FastifyRequest {
    caller: Caller | null;
  }
}

export const cookieName = "portolan_session";
/** Secrets of ours are far shorter; a longer one is not hashed at all. */
export const secretCharactersMax = 256;

const secretPattern = /^[0-9A-Za-z_.~-]+$/;

/** Requests that came through the data folder's socket: whoever may open it owns the data anyway. */
export type LocalRequests = WeakSet<IncomingMessage>;

export const localCaller: Caller = {
  standing: "admin",
  actor: "local",
  principal: null,
  sessionSecret: null,
};

/** Null when there is no secret or it does not hold: one answer for both, so that guesses learn nothing. */
export async function identify(request: FastifyRequest, accounts: AccountBook): Promise<Caller | null> {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const secret = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    if (secret === undefined || !secret.startsWith(tokenPrefix) || !isPlausible(secret)) return null;
    const principal = await accounts.token(secret);
    if (principal === null) return null;
    return {
      standing: `token:${principal.token.scope}`,
      actor: actorOf(principal),
      principal,
      sessionSecret: null,
    };
  }
  const secret = request.cookies[cookieName];
  if (secret === undefined || !isPlausible(secret)) return null;
  const principal = await accounts.session(secret);
  if (principal === null) return null;
  return {
    standing: principal.user.role,
    actor: actorOf(principal),
    principal,
    sessionSecret: secret,
  };
}

function isPlausible(secret: string): boolean {
  return secret.length > 0 && secret.length <= secretCharactersMax && secretPattern.test(secret);
}

/** Of a route that only signed-in people and the machine's own administrator pass. */
export function callerOf(request: FastifyRequest): Caller {
  if (request.caller === null) throw new PortolanError("unauthenticated", "This needs a session or a token.");
  return request.caller;
}

/** Of a route with access `own-session`. */
export function personOf(request: FastifyRequest): {
  readonly principal: Extract<Principal, { kind: "user" }>;
  readonly sessionSecret: string;
} {
  const caller = callerOf(request);
  if (caller.principal?.kind !== "user" || caller.sessionSecret === null) {
    throw new PortolanError("forbidden", "This belongs to a browser's session; there is none.");
  }
  return { principal: caller.principal, sessionSecret: caller.sessionSecret };
}
