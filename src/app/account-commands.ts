import { PortolanError } from "../base/errors.ts";
import type { User } from "../model/account.ts";
import type { Changes, NewSession } from "../store/store.ts";
import type { TokenRecord } from "../store/rows.ts";
import type { Actor, UserChange } from "./account-book.ts";
import { deed, type DeedContext } from "./deed.ts";
import { sameSecret } from "./secrets.ts";
import type { Moment } from "./thread-messages.ts";

const setupKey = "setup-token-hash";

function known<Found>(found: Found | undefined, noun: "user" | "host" | "token", id: string): Found {
  if (found !== undefined) return found;
  throw new PortolanError("not-found", `There is no such ${noun}.`, { details: { [`${noun}Id`]: id } });
}

async function keepOneAdministrator(changes: Changes): Promise<void> {
  if ((await changes.administrators()) > 0) return;
  throw new PortolanError("conflict", "Nobody would be left who may administer.", {
    hint: "Make another user an administrator first.",
    details: { reason: "last-administrator" },
  });
}

export async function placeSetupToken({ writer }: DeedContext, hash: string): Promise<boolean> {
  return writer.transaction({ durable: true }, async (changes) => {
    if (await changes.anyUser()) return false;
    await changes.setMeta(setupKey, hash);
    return true;
  });
}

export async function setUp(
  context: DeedContext,
  request: {
    readonly tokenHash: string;
    readonly user: User;
    readonly passwordHash: string;
    readonly session: NewSession;
  },
  moment: Moment,
): Promise<void> {
  const { tokenHash, user, passwordHash, session } = request;
  await deed(
    context,
    moment,
    { actor: "setup", action: "setup.complete", target: `user:${user.name}` },
    async (changes) => {
      // Told twice, after a thread died between the commit and its answer, it is done already.
      if ((await changes.user(user.id)) !== undefined) return;
      const expected = await changes.meta(setupKey);
      if ((await changes.anyUser()) || expected === undefined || !sameSecret(expected, tokenHash)) {
        throw new PortolanError("forbidden", "This set-up link is used, replaced or wrong.", {
          hint: "Restart the server while no user exists: it prints a new link.",
        });
      }
      await changes.setMeta(setupKey, null);
      await changes.addUser(user, passwordHash);
      await changes.addSession(session);
    },
  );
}

export async function openSession(
  context: DeedContext,
  request: { readonly session: NewSession; readonly name: string; readonly peer: string },
  moment: Moment,
): Promise<void> {
  const { session, name, peer } = request;
  const done = { actor: `user:${name}`, action: "session.open", target: null, details: { peer } };
  await deed(context, moment, done, async (changes) => {
    const user = await changes.user(session.userId);
    if (user === undefined || user.disabledAtMs !== null)
      throw new PortolanError("unauthenticated", "This account is disabled.");
    await changes.addSession(session);
  });
}

/** At most once a minute per session; not worth a flush. */
export async function touch(
  { writer }: DeedContext,
  what: { readonly kind: "session" | "token"; readonly id: string },
  moment: Moment,
): Promise<void> {
  await writer.transaction({ durable: false }, (changes) =>
    what.kind === "session"
      ? changes.touchSession(what.id, moment.nowMs)
      : changes.touchToken(what.id, moment.nowMs),
  );
}

export async function endSession(
  context: DeedContext,
  request: { readonly id: string; readonly actor: Actor },
  moment: Moment,
): Promise<void> {
  const done = { actor: request.actor, action: "session.end", target: null };
  await deed(context, moment, done, (changes) => changes.endSession(request.id));
}

export async function addUser(
  context: DeedContext,
  request: { readonly actor: Actor; readonly user: User; readonly passwordHash: string },
  moment: Moment,
): Promise<void> {
  const { actor, user, passwordHash } = request;
  const done = {
    actor,
    action: "user.add",
    target: `user:${user.name}`,
    details: { id: user.id, role: user.role },
  };
  await deed(context, moment, done, (changes) => changes.addUser(user, passwordHash));
}

export async function changeUser(
  context: DeedContext,
  request: { readonly actor: Actor; readonly id: string; readonly change: UserChange },
  moment: Moment,
): Promise<User> {
  const { actor, id, change } = request;
  const done = { actor, action: "user.change", target: `user:${id}`, details: { ...change } };
  return deed(context, moment, done, async (changes) => {
    const user = known(await changes.user(id), "user", id);
    const disabledAtMs =
      change.disabled === undefined
        ? user.disabledAtMs
        : change.disabled
          ? (user.disabledAtMs ?? moment.nowMs)
          : null;
    const changed: User = { ...user, role: change.role ?? user.role, disabledAtMs };
    await changes.saveUser(changed);
    await keepOneAdministrator(changes);
    await changes.endSessions(id, null);
    return changed;
  });
}

export async function removeUser(
  context: DeedContext,
  request: { readonly actor: Actor; readonly id: string },
  moment: Moment,
): Promise<void> {
  const done = { actor: request.actor, action: "user.remove", target: `user:${request.id}` };
  await deed(context, moment, done, async (changes) => {
    known(await changes.user(request.id), "user", request.id);
    await changes.endSessions(request.id, null);
    await changes.removeUser(request.id);
    await keepOneAdministrator(changes);
  });
}

export async function setPassword(
  context: DeedContext,
  request: {
    readonly actor: Actor;
    readonly id: string;
    readonly passwordHash: string;
    readonly keepSessionId: string | null;
  },
  moment: Moment,
): Promise<void> {
  const { actor, id, passwordHash, keepSessionId } = request;
  await deed(context, moment, { actor, action: "user.password", target: `user:${id}` }, async (changes) => {
    known(await changes.user(id), "user", id);
    await changes.setPassword(id, passwordHash);
    await changes.endSessions(id, keepSessionId);
  });
}

export async function addToken(
  context: DeedContext,
  request: { readonly actor: Actor; readonly token: TokenRecord; readonly secretHash: string },
  moment: Moment,
): Promise<void> {
  const { actor, token, secretHash } = request;
  const { name, scope, hostId, expiresAtMs } = token;
  const done = {
    actor,
    action: "token.add",
    target: `token:${token.id}`,
    details: { name, scope, hostId, expiresAtMs },
  };
  await deed(context, moment, done, async (changes) => {
    if (hostId !== null) known(await changes.host(hostId), "host", hostId);
    await changes.addToken(token, secretHash);
  });
}

export async function revokeToken(
  context: DeedContext,
  request: { readonly actor: Actor; readonly id: string },
  moment: Moment,
): Promise<void> {
  const done = { actor: request.actor, action: "token.revoke", target: `token:${request.id}` };
  await deed(context, moment, done, async (changes) => {
    known(await changes.token(request.id), "token", request.id);
    await changes.revokeToken(request.id, moment.nowMs);
  });
}
