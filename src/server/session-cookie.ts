import type { CookieSerializeOptions } from "@fastify/cookie";
import type { FastifyReply } from "fastify";
import type { SignedIn } from "../app/account-book.ts";
import type { User } from "../model/account.ts";
import { cookieName } from "./caller.ts";
import type { Server } from "./state.ts";

interface SessionAnswer {
  readonly user: Pick<User, "id" | "name" | "role">;
  readonly csrfToken: string;
  readonly serverVersion: string;
  readonly timeMs: number;
}

/** Sets the cookie, which no script can read, and answers with what the UI needs. */
export function beginSession(server: Server, reply: FastifyReply, signedIn: SignedIn): SessionAnswer {
  void reply.setCookie(cookieName, signedIn.sessionSecret, {
    ...attributes(server, reply),
    expires: new Date(signedIn.expiresAtMs),
  });
  return sessionAnswer(server, signedIn.user, signedIn.sessionSecret);
}

export function endSession(server: Server, reply: FastifyReply): void {
  void reply.clearCookie(cookieName, attributes(server, reply));
}

export function sessionAnswer(
  server: Server,
  { id, name, role }: User,
  sessionSecret: string,
): SessionAnswer {
  return {
    user: { id, name, role },
    csrfToken: server.app.accounts.csrfToken(sessionSecret),
    serverVersion: server.app.version,
    timeMs: server.clock.nowMs(),
  };
}

function attributes(server: Server, { request }: FastifyReply): CookieSerializeOptions {
  // Behind a trusted proxy the protocol is the browser's.
  const secure = server.secureCookies || request.protocol === "https";
  return { httpOnly: true, sameSite: "strict", secure, path: "/" };
}
