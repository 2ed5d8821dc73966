import { z } from "zod";
import { roles, tokenScopes } from "../../model/account.ts";
import { id, moment, page } from "./scalar.ts";

export const sessionSchema = z
  .object({
    user: z.object({ id, name: z.string(), role: z.enum(roles) }),
    csrfToken: z.string().meta({ description: "Send it as X-CSRF-Token with every write" }),
    serverVersion: z.string(),
    timeMs: moment.meta({ description: "The server's clock" }),
  })
  .meta({ id: "Session" });

export const setupStateSchema = z.object({ needed: z.boolean() }).meta({ id: "SetupState" });

export const userSchema = z
  .object({
    id,
    name: z.string(),
    role: z.enum(roles),
    createdAtMs: moment,
    disabledAtMs: moment.nullable(),
  })
  .meta({ id: "User" });
export const userPageSchema = page(userSchema).meta({ id: "UserPage" });

const tokenShape = {
  id,
  name: z.string(),
  scope: z.enum(tokenScopes),
  hostId: id.nullable(),
  createdAtMs: moment,
  expiresAtMs: moment.nullable(),
  lastUsedAtMs: moment.nullable(),
  revokedAtMs: moment.nullable(),
};
export const tokenSchema = z
  .object(tokenShape)
  .meta({ id: "Token", description: "A token without its secret, which is shown once." });
export const tokenPageSchema = page(tokenSchema).meta({ id: "TokenPage" });
export const createdTokenSchema = z
  .object({ ...tokenShape, secret: z.string().meta({ description: "Shown now and never again" }) })
  .meta({ id: "CreatedToken" });

export const auditRowSchema = z
  .object({
    sequence: z.int(),
    atMs: moment,
    actor: z.string(),
    action: z.string(),
    target: z.string().nullable(),
    outcome: z.string(),
    details: z.record(z.string(), z.unknown()),
    hash: z.string(),
  })
  .meta({ id: "AuditRow", description: "One deed; its hash covers the row and the hash before it." });
export const auditPageSchema = page(auditRowSchema).meta({ id: "AuditPage" });
