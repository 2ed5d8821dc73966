import { z } from "zod";
import { nameText, passwordText } from "../parameter.ts";
import { sessionSchema, setupStateSchema } from "../representation/account.ts";
import { peerOf } from "../peer.ts";
import { route } from "../route.ts";
import { beginSession } from "../session-cookie.ts";

export const setupRoutes = [
  route({
    method: "GET",
    url: "/api/v1/setup",
    access: "anyone",
    name: "readSetup",
    summary: "Whether the first administrator is still to be made",
    answer: setupStateSchema,
    handle: async ({ server }) => ({ needed: await server.app.accounts.setupNeeded() }),
  }),
  route({
    method: "POST",
    url: "/api/v1/setup",
    access: "anyone",
    name: "setUp",
    summary: "Make the first administrator with the token of the first-start link",
    body: z.strictObject({ token: z.string().min(1).max(256), name: nameText, password: passwordText }),
    answer: sessionSchema,
    guessable: true,
    handle: async ({ server, request, reply, body }) =>
      beginSession(server, reply, await server.app.accounts.setUp({ ...body, peer: peerOf(request.ip) })),
  }),
];
