import { z } from "zod";
import { personOf } from "../caller.ts";
import { nameText, passwordText } from "../parameter.ts";
import { sessionSchema } from "../representation/account.ts";
import { peerOf } from "../peer.ts";
import { route } from "../route.ts";
import { beginSession, endSession, sessionAnswer } from "../session-cookie.ts";

export const sessionRoutes = [
  route({
    method: "POST",
    url: "/api/v1/session",
    access: "anyone",
    name: "signIn",
    summary: "Sign in; sets the session cookie",
    body: z.strictObject({ name: nameText, password: passwordText }),
    answer: sessionSchema,
    guessable: true,
    handle: async ({ server, request, reply, body }) =>
      beginSession(server, reply, await server.app.accounts.signIn({ ...body, peer: peerOf(request.ip) })),
  }),
  route({
    method: "GET",
    url: "/api/v1/session",
    access: "own-session",
    name: "readSession",
    summary: "Who is signed in, and the token for writes",
    answer: sessionSchema,
    handle: async ({ server, request }) => {
      const { principal, sessionSecret } = personOf(request);
      return sessionAnswer(server, principal.user, sessionSecret);
    },
  }),
  route({
    method: "DELETE",
    url: "/api/v1/session",
    access: "own-session",
    name: "signOut",
    summary: "End this session",
    answer: null,
    handle: async ({ server, request, reply }) => {
      await server.app.accounts.signOut(personOf(request).principal);
      endSession(server, reply);
    },
  }),
  route({
    method: "POST",
    url: "/api/v1/session/password",
    access: "own-session",
    name: "changeOwnPassword",
    summary: "Change one's own password; ends every other session of this user",
    body: z.strictObject({ currentPassword: passwordText, newPassword: passwordText }),
    answer: null,
    guessable: true,
    handle: async ({ server, request, body }) =>
      server.app.accounts.changeOwnPassword(personOf(request).principal, {
        current: body.currentPassword,
        next: body.newPassword,
        peer: peerOf(request.ip),
      }),
  }),
];
