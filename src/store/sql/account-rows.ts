import { sql } from "kysely";
import type { Role, TokenScope, User } from "../../model/account.ts";
import {
  pageRowsDefault,
  pageRowsMax,
  type AuditQuery,
  type Paging,
  type TokenQuery,
  type UserQuery,
} from "../queries.ts";
import type { AuditRecord, Credential, Page, SessionRecord, TokenRecord } from "../rows.ts";
import { decodeCursor, encodeCursor, type CursorValue } from "./cursor.ts";
import type { Fragment, Queries } from "./dialect.ts";
import { fold } from "./fold.ts";
import { fromJson } from "./json.ts";
import { sortOf } from "./sort.ts";
import type { AuditTable, SessionTable, TokenTable, UserTable } from "./tables.ts";

/** A page of a short table by two columns that together name a row once. */
async function shortPage<Row extends object, Record>(
  db: Queries,
  table: string,
  query: Paging<string>,
  columns: readonly [keyof Row & string, keyof Row & string],
  fallback: string,
  read: (row: Row) => Record,
): Promise<Page<Record>> {
  const limit = Math.min(query.limit ?? pageRowsDefault, pageRowsMax);
  const { name, descending } = sortOf(query.sort, fallback);
  const sort = `${descending ? "-" : ""}${name}`;
  const [first, second] = columns.map((column) => sql.ref(column)) as [Fragment, Fragment];
  const direction = descending ? sql`desc` : sql`asc`;
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, sort, 2);
  const beyond =
    after === undefined
      ? sql``
      : sql`where (${first}, ${second}) ${descending ? sql`<` : sql`>`} (${sql.join(after)})`;
  const { rows } = await sql<Row>`select * from ${sql.table(table)} ${beyond}
    order by ${first} ${direction}, ${second} ${direction}
    limit ${limit + 1} offset ${after === undefined ? (query.offset ?? 0) : 0}`.execute(db);
  const counted = await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(db);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    rows: page.map(read),
    total: counted.rows[0]?.n ?? 0,
    nextCursor:
      last === undefined || rows.length <= limit
        ? null
        : encodeCursor(
            sort,
            columns.map((column) => last[column] as CursorValue),
          ),
  };
}

export function userOf(row: Omit<UserTable, "password_hash" | "name_folded">): User {
  return {
    id: row.id,
    name: row.name,
    role: row.role as Role,
    createdAtMs: row.created_at_ms,
    disabledAtMs: row.disabled_at_ms,
  };
}

export function tokenOf(row: TokenTable): TokenRecord {
  return {
    id: row.id,
    name: row.name,
    scope: row.scope as TokenScope,
    hostId: row.host_id,
    createdBy: row.created_by,
    createdAtMs: row.created_at_ms,
    expiresAtMs: row.expires_at_ms,
    lastUsedAtMs: row.last_used_at_ms,
    revokedAtMs: row.revoked_at_ms,
  };
}

export function auditOf(row: AuditTable): AuditRecord {
  return {
    sequence: row.sequence,
    atMs: row.at_ms,
    actor: row.actor,
    action: row.action,
    target: row.target,
    outcome: row.outcome,
    details: fromJson<Record<string, unknown>>(row.details),
    hash: row.hash,
  };
}

export function listUsers(db: Queries, query: UserQuery): Promise<Page<User>> {
  return shortPage<UserTable, User>(db, "users", query, ["name_folded", "id"], "name", userOf);
}

export function listTokens(db: Queries, query: TokenQuery): Promise<Page<TokenRecord>> {
  return shortPage<TokenTable, TokenRecord>(db, "tokens", query, ["name", "id"], "name", tokenOf);
}

export function listAudit(db: Queries, query: AuditQuery): Promise<Page<AuditRecord>> {
  return shortPage<AuditTable, AuditRecord>(
    db,
    "audit",
    query,
    ["sequence", "sequence"],
    "-sequence",
    auditOf,
  );
}

export async function readCredential(db: Queries, name: string): Promise<Credential | undefined> {
  const row = await db
    .selectFrom("users")
    .selectAll()
    .where("name_folded", "=", fold(name))
    .executeTakeFirst();
  return row === undefined ? undefined : { user: userOf(row), passwordHash: row.password_hash };
}

export async function readUser(db: Queries, id: string): Promise<User | undefined> {
  const row = await db.selectFrom("users").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : userOf(row);
}

export async function anyUser(db: Queries): Promise<boolean> {
  return (await db.selectFrom("users").select("id").limit(1).executeTakeFirst()) !== undefined;
}

export async function readSession(
  db: Queries,
  secretHash: string,
  nowMs: number,
  idleMs: number,
): Promise<SessionRecord | undefined> {
  const { rows } = await sql<
    Omit<SessionTable, "created_at_ms"> & UserTable & { session_id: string; opened_ms: number }
  >`
    select u.*, s.id as session_id, s.created_at_ms as opened_ms, s.last_used_at_ms, s.expires_at_ms
    from sessions s join users u on u.id = s.user_id
    where s.secret_hash = ${secretHash} and s.expires_at_ms > ${nowMs} and s.last_used_at_ms > ${nowMs - idleMs}
      and u.disabled_at_ms is null`.execute(db);
  const [row] = rows;
  if (row === undefined) return undefined;
  return {
    id: row.session_id,
    user: userOf(row),
    createdAtMs: row.opened_ms,
    lastUsedAtMs: row.last_used_at_ms,
    expiresAtMs: row.expires_at_ms,
  };
}

export async function readTokenBySecret(db: Queries, secretHash: string): Promise<TokenRecord | undefined> {
  const row = await db
    .selectFrom("tokens")
    .selectAll()
    .where("secret_hash", "=", secretHash)
    .executeTakeFirst();
  return row === undefined ? undefined : tokenOf(row);
}

export async function readMeta(db: Queries, key: string): Promise<string | undefined> {
  return (await db.selectFrom("meta").select("value").where("key", "=", key).executeTakeFirst())?.value;
}
