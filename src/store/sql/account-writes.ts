import { sql } from "kysely";
import { PortolanError } from "../../base/errors.ts";
import type { User } from "../../model/account.ts";
import type { TokenRecord } from "../rows.ts";
import { auditGenesis, auditHash } from "../audit-hash.ts";
import type { Changes } from "../store.ts";
import { anyUser, readCredential, readMeta, readUser, tokenOf } from "./account-rows.ts";
import type { Queries } from "./dialect.ts";
import { fold } from "./fold.ts";

type AccountChanges = Pick<
  Changes,
  | "anyUser"
  | "user"
  | "credential"
  | "addUser"
  | "saveUser"
  | "setPassword"
  | "removeUser"
  | "administrators"
  | "addSession"
  | "touchSession"
  | "endSession"
  | "endSessions"
  | "token"
  | "addToken"
  | "revokeToken"
  | "revokeHostTokens"
  | "revokeNodeTokens"
  | "touchToken"
  | "appendAudit"
  | "meta"
  | "setMeta"
>;

export function accountChanges(db: Queries): AccountChanges {
  return { ...userChanges(db), ...sessionChanges(db), ...tokenChanges(db), ...recordChanges(db) };
}

function userChanges(db: Queries) {
  return {
    anyUser: () => anyUser(db),
    user: (id: string) => readUser(db, id),
    credential: (name: string) => readCredential(db, name),
    async addUser(user: User, passwordHash: string) {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto("users")
        .values({
          id: user.id,
          name: user.name,
          name_folded: fold(user.name),
          role: user.role,
          password_hash: passwordHash,
          created_at_ms: user.createdAtMs,
          disabled_at_ms: user.disabledAtMs,
        })
        .onConflict((conflict) => conflict.column("name_folded").doNothing())
        .executeTakeFirstOrThrow();
      // Told twice, after a thread died between the commit and its answer, it is done already.
      if (numInsertedOrUpdatedRows === 0n && (await readUser(db, user.id)) === undefined) {
        throw new PortolanError("conflict", `There is already a user named "${user.name}".`, {
          hint: "Choose another name.",
        });
      }
    },
    async saveUser(user: User) {
      await db
        .updateTable("users")
        .set({ role: user.role, disabled_at_ms: user.disabledAtMs })
        .where("id", "=", user.id)
        .execute();
    },
    async setPassword(userId: string, passwordHash: string) {
      await db.updateTable("users").set({ password_hash: passwordHash }).where("id", "=", userId).execute();
    },
    async removeUser(userId: string) {
      await db.deleteFrom("users").where("id", "=", userId).execute();
    },
    async administrators() {
      const { n } = await db
        .selectFrom("users")
        .select((on) => on.fn.countAll<number>().as("n"))
        .where("role", "=", "admin")
        .where("disabled_at_ms", "is", null)
        .executeTakeFirstOrThrow();
      return n;
    },
  };
}

function sessionChanges(
  db: Queries,
): Pick<Changes, "addSession" | "touchSession" | "endSession" | "endSessions"> {
  return {
    async addSession(session) {
      await db
        .insertInto("sessions")
        .values({
          id: session.id,
          secret_hash: session.secretHash,
          user_id: session.userId,
          created_at_ms: session.createdAtMs,
          last_used_at_ms: session.createdAtMs,
          expires_at_ms: session.expiresAtMs,
        })
        .onConflict((conflict) => conflict.column("id").doNothing())
        .execute();
    },
    async touchSession(id, atMs) {
      await db.updateTable("sessions").set({ last_used_at_ms: atMs }).where("id", "=", id).execute();
    },
    async endSession(id) {
      await db.deleteFrom("sessions").where("id", "=", id).execute();
    },
    async endSessions(userId, exceptId) {
      const { numDeletedRows } = await db
        .deleteFrom("sessions")
        .where("user_id", "=", userId)
        .where("id", "!=", exceptId ?? "")
        .executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    },
  };
}

function tokenChanges(
  db: Queries,
): Pick<
  Changes,
  "token" | "addToken" | "revokeToken" | "revokeHostTokens" | "revokeNodeTokens" | "touchToken"
> {
  return {
    async token(id) {
      const row = await db.selectFrom("tokens").selectAll().where("id", "=", id).executeTakeFirst();
      return row === undefined ? undefined : tokenOf(row);
    },
    async addToken(token: TokenRecord, secretHash) {
      await db
        .insertInto("tokens")
        .values({
          id: token.id,
          secret_hash: secretHash,
          name: token.name,
          scope: token.scope,
          host_id: token.hostId,
          created_by: token.createdBy,
          created_at_ms: token.createdAtMs,
          expires_at_ms: token.expiresAtMs,
          last_used_at_ms: token.lastUsedAtMs,
          revoked_at_ms: token.revokedAtMs,
        })
        .onConflict((conflict) => conflict.column("id").doNothing())
        .execute();
    },
    async revokeToken(id, atMs) {
      await db
        .updateTable("tokens")
        .set({ revoked_at_ms: atMs })
        .where("id", "=", id)
        .where("revoked_at_ms", "is", null)
        .execute();
    },
    async revokeHostTokens(hostId, atMs) {
      await db
        .updateTable("tokens")
        .set({ revoked_at_ms: atMs })
        .where("host_id", "=", hostId)
        .where("revoked_at_ms", "is", null)
        .execute();
    },
    async revokeNodeTokens(name, atMs) {
      await db
        .updateTable("tokens")
        .set({ revoked_at_ms: atMs })
        .where("scope", "=", "scan")
        .where("name", "=", name)
        .where("revoked_at_ms", "is", null)
        .execute();
    },
    async touchToken(id, atMs) {
      await db.updateTable("tokens").set({ last_used_at_ms: atMs }).where("id", "=", id).execute();
    },
  };
}

function recordChanges(db: Queries): Pick<Changes, "appendAudit" | "meta" | "setMeta"> {
  return {
    async appendAudit(row) {
      const { rows } = await sql<{ sequence: number; hash: string }>`
        select sequence, hash from audit order by sequence desc limit 1`.execute(db);
      const [last] = rows;
      const sequence = (last?.sequence ?? Number((await readMeta(db, "audit-anchor-sequence")) ?? 0)) + 1;
      const previous = last?.hash ?? (await readMeta(db, "audit-anchor-hash")) ?? auditGenesis;
      await db
        .insertInto("audit")
        .values({
          sequence,
          at_ms: row.atMs,
          actor: row.actor,
          action: row.action,
          target: row.target,
          outcome: row.outcome,
          details: JSON.stringify(row.details),
          hash: auditHash(previous, sequence, row),
        })
        .execute();
    },
    meta: (key) => readMeta(db, key),
    async setMeta(key, value) {
      if (value === null) {
        await db.deleteFrom("meta").where("key", "=", key).execute();
        return;
      }
      await db
        .insertInto("meta")
        .values({ key, value })
        .onConflict((conflict) => conflict.column("key").doUpdateSet({ value }))
        .execute();
    },
  };
}
