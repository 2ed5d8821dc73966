import type { Role, Token, TokenScope, User } from "../model/account.ts";
import type { AuditQuery, TokenQuery, UserQuery } from "../store/queries.ts";
import type { AuditRecord, Page } from "../store/rows.ts";

/** Who stands behind a request, after its secret was checked. */
export type Principal =
  | { readonly kind: "user"; readonly user: User; readonly sessionId: string }
  | { readonly kind: "token"; readonly token: Token };

/** Who did it, as the audit log names them: `user:alice`, `token:ci`, `setup`, `system`. */
export type Actor = string;

export function actorOf(principal: Principal): Actor {
  return principal.kind === "user" ? `user:${principal.user.name}` : `token:${principal.token.name}`;
}

/** A session just opened. The secret goes into the cookie and nowhere else. */
export interface SignedIn {
  readonly sessionSecret: string;
  readonly sessionId: string;
  readonly user: User;
  readonly expiresAtMs: number;
}

export interface SignInAttempt {
  readonly name: string;
  readonly password: string;
  /** Address of the real peer: tries are limited per account and per peer. */
  readonly peer: string;
}

export interface NewUser {
  readonly name: string;
  readonly role: Role;
  readonly password: string;
}

export interface UserChange {
  readonly role?: Role | undefined;
  readonly disabled?: boolean | undefined;
}

export interface NewToken {
  readonly name: string;
  readonly scope: TokenScope;
  /** Needed for `intake`, forbidden for the others. */
  readonly hostId?: string | null | undefined;
  readonly expiresAtMs?: number | null | undefined;
}

export interface CreatedToken extends Token {
  /** `ptl_…`, shown once. */
  readonly secret: string;
}

/** Everything about people and secrets. Every write is audited with its actor, refused ones too. */
export interface AccountBook {
  setupNeeded(): Promise<boolean>;
  /**
   * A fresh one-time set-up token; the one before stops working. Undefined once any user exists.
   * The first-start link is `http://ADDR/setup#token=…`.
   */
  issueSetupToken(): Promise<string | undefined>;
  /** Makes the administrator and signs in. `forbidden`: wrong or used token; of many at once exactly one succeeds. */
  setUp(request: {
    readonly token: string;
    readonly name: string;
    readonly password: string;
    readonly peer: string;
  }): Promise<SignedIn>;

  /** `unauthenticated`: wrong name or password, in the same time; `unavailable` with details.retryAfterMs: too many tries. */
  signIn(attempt: SignInAttempt): Promise<SignedIn>;
  /** Null when the session is unknown, has run out or was ended. Remembered for at most 2 s. */
  session(secret: string): Promise<Extract<Principal, { kind: "user" }> | null>;
  /** Null when the token is unknown, has run out or is revoked. */
  token(secret: string): Promise<Extract<Principal, { kind: "token" }> | null>;
  /** The value for `X-CSRF-Token`, derived from the session's secret. */
  csrfToken(sessionSecret: string): string;
  /** In constant time. */
  csrfTokenHolds(sessionSecret: string, given: string): boolean;
  signOut(principal: Principal): Promise<void>;
  /** Ends every other session of theirs. */
  changeOwnPassword(
    principal: Principal,
    request: { readonly current: string; readonly next: string; readonly peer: string },
  ): Promise<void>;

  users(query: UserQuery): Promise<Page<User>>;
  addUser(actor: Actor, user: NewUser): Promise<User>;
  /** Ends their sessions. `conflict` when no administrator would be left. */
  changeUser(actor: Actor, id: string, change: UserChange): Promise<User>;
  removeUser(actor: Actor, id: string): Promise<void>;
  setPassword(actor: Actor, id: string, password: string): Promise<void>;

  tokens(query: TokenQuery): Promise<Page<Token>>;
  addToken(actor: Actor, token: NewToken): Promise<CreatedToken>;
  revokeToken(actor: Actor, id: string): Promise<void>;

  audit(query: AuditQuery): Promise<Page<AuditRecord>>;
  /** Walks the whole hash chain; `brokenAt` is the first row that does not fit. */
  verifyAudit(): Promise<{ readonly rows: number; readonly brokenAt: number | null }>;
}
