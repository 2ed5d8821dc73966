import type { Clock } from "../base/clock.ts";
import { PortolanError } from "../base/errors.ts";
import { newId } from "../base/id.ts";
import { tokenScopes, type Token, type User } from "../model/account.ts";
import type { TokenRecord } from "../store/rows.ts";
import type { NewSession } from "../store/store.ts";
import type { AccountBook, Actor, NewToken, Principal, SignedIn } from "./account-book.ts";
import { attempts, type Attempts } from "./attempts.ts";
import type { ChangeFeed } from "./change-feed.ts";
import type { Commands } from "./commands.ts";
import type { Questions } from "./questions.ts";
import { recollection } from "./recollection.ts";
import type { Settings } from "./settings.ts";
import {
  csrfTokenOf,
  hashPassword,
  newSecret,
  requirePassword,
  sameSecret,
  secretHash,
  tokenPrefix,
  verifyPassword,
} from "./secrets.ts";
import type { Thread } from "./thread.ts";

/** When a session or token was last used is written at most this often. */
export const touchEveryMs = 60_000;
export const nameCharactersMax = 64;

interface Parts {
  readonly writing: Thread<Commands>;
  readonly reading: Thread<Questions>;
  readonly clock: Clock;
  readonly feed: ChangeFeed;
  readonly session: () => Settings["session"];
}

type UserPrincipal = Extract<Principal, { kind: "user" }>;
type TokenPrincipal = Extract<Principal, { kind: "token" }>;

export function accountBook(parts: Parts): AccountBook {
  const known = recollections(parts);
  return { ...entrances(parts, attempts(), known), ...people(parts, known), ...keys(parts, known) };
}

function recollections({ clock }: Parts) {
  const sessions = recollection<UserPrincipal & { readonly expiresAtMs: number }>(clock);
  const tokens = recollection<TokenPrincipal>(clock);
  return {
    sessions,
    tokens,
    forget(): void {
      sessions.forget();
      tokens.forget();
    },
  };
}
type Known = ReturnType<typeof recollections>;

/** Set-up, sign-in, and who stands behind a secret. */
function entrances(parts: Parts, tries: Attempts, known: Known) {
  const { writing, reading, clock } = parts;
  const newSession = (userId: string): { readonly secret: string; readonly session: NewSession } => {
    const secret = newSecret();
    const createdAtMs = clock.nowMs();
    const session = {
      id: newId(),
      secretHash: secretHash(secret),
      userId,
      createdAtMs,
      expiresAtMs: createdAtMs + parts.session().lifetimeMs,
    };
    return { secret, session };
  };
  const limit = (...keys: string[]): void => {
    const waits = keys.map((key) => tries.add(key, clock.nowMs()) ?? 0);
    const retryAfterMs = Math.max(...waits);
    if (retryAfterMs === 0) return;
    throw new PortolanError("unavailable", "Too many tries to sign in.", {
      hint: `Try again in ${Math.ceil(retryAfterMs / 60_000)} minutes.`,
      details: { reason: "too-many-tries", retryAfterMs },
    });
  };
  const refused = (actor: Actor, action: string, peer: string): Promise<void> =>
    writing.call("record", { actor, action, target: null, outcome: "refused", details: { peer } });
  const touches = new Map<string, number>();
  const touch = (kind: "session" | "token", id: string, lastMs: number | null): void => {
    const nowMs = clock.nowMs();
    const before = Math.max(lastMs ?? 0, touches.get(id) ?? 0);
    if (nowMs - before < touchEveryMs && before <= nowMs) return;
    if (touches.size > 10_000) touches.clear();
    touches.set(id, nowMs);
    writing.call("touch", { kind, id }).catch(() => touches.delete(id));
  };
  const signedIn = (secret: string, session: NewSession, user: User): SignedIn => ({
    sessionSecret: secret,
    sessionId: session.id,
    user,
    expiresAtMs: session.expiresAtMs,
  });

  return {
    setupNeeded: async () => !(await reading.call("anyUser", null)),
    async issueSetupToken() {
      const secret = newSecret();
      return (await writing.call("placeSetupToken", secretHash(secret))) ? secret : undefined;
    },
    async setUp(request: Parameters<AccountBook["setUp"]>[0]): Promise<SignedIn> {
      limit(`peer:${request.peer}`);
      const tokenHash = secretHash(request.token);
      const expected = await reading.call("meta", "setup-token-hash");
      if (expected === undefined || !sameSecret(expected, tokenHash)) {
        await refused("setup", "setup.complete", request.peer);
        throw new PortolanError("forbidden", "This set-up link is used, replaced or wrong.", {
          hint: "Restart the server while no user exists: it prints a new link.",
        });
      }
      requirePassword(request.password);
      const user: User = {
        id: newId(),
        name: requireName(request.name),
        role: "admin",
        createdAtMs: clock.nowMs(),
        disabledAtMs: null,
      };
      const { secret, session } = newSession(user.id);
      const passwordHash = await hashPassword(request.password);
      await writing.call("setUp", { tokenHash, user, passwordHash, session });
      tries.takeBack(`peer:${request.peer}`);
      return signedIn(secret, session, user);
    },
    async signIn({ name, password, peer }: Parameters<AccountBook["signIn"]>[0]): Promise<SignedIn> {
      const account = `account:${name.normalize("NFKC").toLowerCase().slice(0, nameCharactersMax)}`;
      limit(`peer:${peer}`, account);
      const credential = await reading.call("credential", name);
      const right = await verifyPassword(password, credential?.passwordHash);
      if (!right || credential === undefined || credential.user.disabledAtMs !== null) {
        await refused(`user:${name.slice(0, nameCharactersMax)}`, "session.open", peer);
        throw new PortolanError("unauthenticated", "Name or password is wrong.");
      }
      const { user } = credential;
      const { secret, session } = newSession(user.id);
      await writing.call("openSession", { session, name: user.name, peer });
      tries.forget(account);
      tries.takeBack(`peer:${peer}`);
      return signedIn(secret, session, user);
    },
    async session(secret: string): Promise<UserPrincipal | null> {
      const found = await known.sessions.recall(secretHash(secret), async (hash) => {
        const session = await reading.call("session", { secretHash: hash, idleMs: parts.session().idleMs });
        if (session === undefined) return null;
        touch("session", session.id, session.lastUsedAtMs);
        return {
          kind: "user",
          user: session.user,
          sessionId: session.id,
          expiresAtMs: session.expiresAtMs,
        };
      });
      return found === null || found.expiresAtMs <= clock.nowMs() ? null : found;
    },
    async token(secret: string): Promise<TokenPrincipal | null> {
      if (!secret.startsWith(tokenPrefix)) return null;
      const found = await known.tokens.recall(secretHash(secret), async (hash) => {
        const token = await reading.call("tokenBySecret", hash);
        return token === undefined ? null : { kind: "token", token };
      });
      if (found === null || found.token.revokedAtMs !== null) return null;
      if (found.token.expiresAtMs !== null && found.token.expiresAtMs <= clock.nowMs()) return null;
      touch("token", found.token.id, found.token.lastUsedAtMs);
      return found;
    },
    csrfToken: csrfTokenOf,
    csrfTokenHolds: (sessionSecret: string, given: string) => sameSecret(csrfTokenOf(sessionSecret), given),
    async changeOwnPassword(principal: Principal, request: Parameters<AccountBook["changeOwnPassword"]>[1]) {
      if (principal.kind !== "user") throw new PortolanError("forbidden", "A token has no password.");
      limit(`peer:${request.peer}`, `account:${principal.user.name.toLowerCase()}`);
      const credential = await reading.call("credentialOf", principal.user.id);
      if (!(await verifyPassword(request.current, credential?.passwordHash))) {
        await refused(`user:${principal.user.name}`, "user.password", request.peer);
        throw new PortolanError("forbidden", "The current password is wrong.", {
          details: { field: "current" },
        });
      }
      tries.takeBack(`peer:${request.peer}`);
      requirePassword(request.next);
      await writing.call("setPassword", {
        actor: `user:${principal.user.name}`,
        id: principal.user.id,
        passwordHash: await hashPassword(request.next),
        keepSessionId: principal.sessionId,
      });
      known.forget();
      const { id: userId } = principal.user;
      parts.feed.publish({
        kind: "session-ended",
        atMs: clock.nowMs(),
        sessionIds: "all",
        exceptId: principal.sessionId,
        userId,
      });
    },
  };
}

/** Users; whatever weakens one ends their sessions. */
function people({ writing, reading, clock, feed }: Parts, known: Known) {
  const ended = (userId: string, sessionIds: readonly string[] | "all"): void => {
    known.forget();
    feed.publish({ kind: "session-ended", atMs: clock.nowMs(), sessionIds, exceptId: null, userId });
  };
  return {
    async signOut(principal: Principal) {
      if (principal.kind !== "user") return;
      await writing.call("endSession", { id: principal.sessionId, actor: `user:${principal.user.name}` });
      ended(principal.user.id, [principal.sessionId]);
    },
    users: (query: Parameters<AccountBook["users"]>[0]) => reading.call("users", query),
    async addUser(
      actor: Actor,
      { name, role, password }: Parameters<AccountBook["addUser"]>[1],
    ): Promise<User> {
      requirePassword(password);
      const user = {
        id: newId(),
        name: requireName(name),
        role,
        createdAtMs: clock.nowMs(),
        disabledAtMs: null,
      };
      await writing.call("addUser", { actor, user, passwordHash: await hashPassword(password) });
      return user;
    },
    async changeUser(
      actor: Actor,
      id: string,
      change: Parameters<AccountBook["changeUser"]>[2],
    ): Promise<User> {
      const user = await writing.call("changeUser", { actor, id, change });
      ended(id, "all");
      return user;
    },
    async removeUser(actor: Actor, id: string) {
      await writing.call("removeUser", { actor, id });
      ended(id, "all");
    },
    async setPassword(actor: Actor, id: string, password: string) {
      requirePassword(password);
      await writing.call("setPassword", {
        actor,
        id,
        passwordHash: await hashPassword(password),
        keepSessionId: null,
      });
      ended(id, "all");
    },
  };
}

/** Tokens and the log. */
function keys({ writing, reading, clock }: Parts, known: Known) {
  return {
    async tokens(query: Parameters<AccountBook["tokens"]>[0]) {
      const page = await reading.call("tokens", query);
      return { ...page, rows: page.rows.map(shown) };
    },
    async addToken(actor: Actor, request: NewToken) {
      const secret = newSecret(tokenPrefix);
      const token = tokenRecord(actor, request, clock.nowMs());
      await writing.call("addToken", { actor, token, secretHash: secretHash(secret) });
      known.forget();
      return { ...shown(token), secret };
    },
    async revokeToken(actor: Actor, id: string) {
      await writing.call("revokeToken", { actor, id });
      known.forget();
    },
    audit: (query: Parameters<AccountBook["audit"]>[0]) => reading.call("audit", query),
    verifyAudit: () => reading.call("verifyAudit", null),
  };
}

/** What others see of a token. */
function shown(token: TokenRecord): Token {
  const { id, name, scope, hostId, createdAtMs, expiresAtMs, lastUsedAtMs, revokedAtMs } = token;
  return { id, name, scope, hostId, createdAtMs, expiresAtMs, lastUsedAtMs, revokedAtMs };
}

function tokenRecord(actor: Actor, request: NewToken, nowMs: number): TokenRecord {
  const { scope, hostId = null, expiresAtMs = null } = request;
  const problem = !tokenScopes.includes(scope)
    ? "There is no such scope."
    : (scope === "intake") !== (hostId !== null)
      ? "A token for intake names one host, any other token none."
      : expiresAtMs !== null && expiresAtMs <= nowMs
        ? "A token cannot have run out when it is made."
        : null;
  if (problem !== null) throw new PortolanError("invalid", problem);
  return {
    id: newId(),
    name: requireName(request.name),
    scope,
    hostId,
    createdBy: actor,
    createdAtMs: nowMs,
    expiresAtMs,
    lastUsedAtMs: null,
    revokedAtMs: null,
  };
}

/** As it will be shown: without spaces around it, without anything that cannot be seen. */
function requireName(name: string): string {
  const trimmed = name.normalize("NFKC").trim();
  if (trimmed !== "" && trimmed.length <= nameCharactersMax && !/[\p{C}\p{Zl}\p{Zp}]/u.test(trimmed))
    return trimmed;
  throw new PortolanError("invalid", `A name has 1 to ${nameCharactersMax} visible characters.`, {
    details: { field: "name" },
  });
}
