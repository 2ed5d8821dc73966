import { z } from "zod";
import { tokenScopes } from "../../model/account.ts";
import { callerOf } from "../caller.ts";
import { identifier, idParams, listQuery, momentMax, nameText } from "../parameter.ts";
import { createdTokenSchema, tokenPageSchema } from "../representation/account.ts";
import { route } from "../route.ts";

export const tokenRoutes = [
  route({
    method: "GET",
    url: "/api/v1/tokens",
    access: "administer",
    name: "listTokens",
    summary: "Tokens, without their secrets",
    query: listQuery(["name"]),
    answer: tokenPageSchema,
    handle: async ({ server, query }) => server.app.accounts.tokens(query),
  }),
  route({
    method: "POST",
    url: "/api/v1/tokens",
    access: "administer",
    name: "createToken",
    summary: "Make a token; its secret is answered this once",
    body: z
      .strictObject({
        name: nameText,
        scope: z.enum(tokenScopes),
        hostId: identifier.nullable().default(null),
        expiresAtMs: z.int().min(0).max(momentMax).nullable().default(null),
      })
      .refine(({ scope, hostId }) => (scope === "intake") === (hostId !== null), {
        path: ["hostId"],
        message: "set for scope intake, and only for it",
      }),
    answer: createdTokenSchema,
    status: 201,
    handle: async ({ server, request, body }) => server.app.accounts.addToken(callerOf(request).actor, body),
  }),
  route({
    method: "DELETE",
    url: "/api/v1/tokens/:id",
    access: "administer",
    name: "revokeToken",
    summary: "Revoke a token",
    params: idParams,
    answer: null,
    handle: async ({ server, request, params }) =>
      server.app.accounts.revokeToken(callerOf(request).actor, params.id),
  }),
];
