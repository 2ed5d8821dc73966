import { z } from "zod";
import { roles } from "../../model/account.ts";
import { callerOf } from "../caller.ts";
import { idParams, listQuery, nameText, passwordText } from "../parameter.ts";
import { userPageSchema, userSchema } from "../representation/account.ts";
import { route } from "../route.ts";

export const userRoutes = [
  route({
    method: "GET",
    url: "/api/v1/users",
    access: "administer",
    name: "listUsers",
    summary: "People who may sign in",
    query: listQuery(["name"]),
    answer: userPageSchema,
    handle: async ({ server, query }) => server.app.accounts.users(query),
  }),
  route({
    method: "POST",
    url: "/api/v1/users",
    access: "administer",
    name: "createUser",
    summary: "Add a person",
    body: z.strictObject({ name: nameText, password: passwordText, role: z.enum(roles) }),
    answer: userSchema,
    status: 201,
    handle: async ({ server, request, body }) => server.app.accounts.addUser(callerOf(request).actor, body),
  }),
  route({
    method: "PATCH",
    url: "/api/v1/users/:id",
    access: "administer",
    name: "changeUser",
    summary: "Change a role, disable or enable; ends the person's sessions",
    params: idParams,
    body: z
      .strictObject({ role: z.enum(roles).optional(), disabled: z.boolean().optional() })
      .refine((change) => Object.keys(change).length > 0, "role or disabled"),
    answer: userSchema,
    handle: async ({ server, request, params, body }) =>
      server.app.accounts.changeUser(callerOf(request).actor, params.id, body),
  }),
  route({
    method: "DELETE",
    url: "/api/v1/users/:id",
    access: "administer",
    name: "deleteUser",
    summary: "Remove a person",
    params: idParams,
    answer: null,
    handle: async ({ server, request, params }) =>
      server.app.accounts.removeUser(callerOf(request).actor, params.id),
  }),
  route({
    method: "POST",
    url: "/api/v1/users/:id/password",
    access: "administer",
    name: "setUserPassword",
    summary: "Give a person a new password; ends the person's sessions",
    params: idParams,
    body: z.strictObject({ password: passwordText }),
    answer: null,
    handle: async ({ server, request, params, body }) =>
      server.app.accounts.setPassword(callerOf(request).actor, params.id, body.password),
  }),
];
