/** What a person may do: read · read and decide · everything. Each includes the one before. */
export const roles = ["viewer", "operator", "admin"] as const;
export type Role = (typeof roles)[number];

/**
 * What a token may do. `intake` may only deliver looks at the one host it is bound to; `scan` makes a scan node, which
 * carries the token's name and speaks of nothing but the scans that it was given.
 */
export const tokenScopes = ["read", "operate", "admin", "intake", "scan"] as const;
export type TokenScope = (typeof tokenScopes)[number];

export interface User {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly createdAtMs: number;
  readonly disabledAtMs: number | null;
}

/** A token without its secret, which is shown once and kept only as a hash. */
export interface Token {
  readonly id: string;
  readonly name: string;
  readonly scope: TokenScope;
  /** Set for `intake`. */
  readonly hostId: string | null;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  readonly lastUsedAtMs: number | null;
  readonly revokedAtMs: number | null;
}
