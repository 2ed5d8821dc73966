import type { Role, TokenScope } from "../model/account.ts";
import { PortolanError } from "../base/errors.ts";

/** What a route may ask for. Every route names one, or `anyone`; there is no default. */
export const permissions = ["read", "operate", "administer", "deliver", "scan", "own-session"] as const;
export type Permission = (typeof permissions)[number];
export type Access = Permission | "anyone";

/** Who can stand before a route: a person's role, or what a token was made for. */
export type Standing = Role | `token:${TokenScope}`;

/** The one table. What no row grants is refused. */
export const granted: Readonly<Record<Standing, readonly Permission[]>> = {
  viewer: ["read", "own-session"],
  operator: ["read", "operate", "own-session"],
  admin: ["read", "operate", "administer", "own-session"],
  "token:read": ["read"],
  "token:operate": ["read", "operate"],
  "token:admin": ["read", "operate", "administer"],
  "token:intake": ["deliver"],
  "token:scan": ["deliver", "scan"],
};

export function isAccess(value: unknown): value is Access {
  return value === "anyone" || permissions.some((permission) => permission === value);
}

export function mayPass(access: Access, standing: Standing | null): boolean {
  if (access === "anyone") return true;
  return standing !== null && granted[standing].includes(access);
}

/** Throws `unauthenticated` without a standing, `forbidden` with one that does not reach. */
export function requireAccess(access: Access, standing: Standing | null): void {
  if (mayPass(access, standing)) return;
  if (standing === null) {
    throw new PortolanError("unauthenticated", "This needs a session or a token.", {
      hint: "Sign in, or send Authorization: Bearer with a valid token.",
    });
  }
  throw new PortolanError("forbidden", `This needs the permission "${access}".`, {
    details: { needed: access, standing },
    hint: "Ask an administrator for a role or a token that includes it.",
  });
}
