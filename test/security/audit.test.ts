import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import Database from "better-sqlite3";
import { join } from "node:path";
import { openWorld, password, type World } from "../server/world.ts";

interface AuditRow {
  readonly sequence: number;
  readonly actor: string;
  readonly action: string;
  readonly target: string | null;
  readonly outcome: string;
}

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

/** Looks are no deeds of people: their source rows, beliefs and events say what came of them. */
const notDeeds = ["POST /api/v1/intake"];

const someone = (name: string): object => ({ name, password, role: "viewer" });

async function idOf(answer: Response): Promise<string> {
  assert.ok(answer.ok, `${answer.status} ${await answer.clone().text()}`);
  return ((await answer.json()) as { id: string }).id;
}

/** Per write route: one time that succeeds, one that is refused for what it asks. */
const deeds: Readonly<
  Record<string, { readonly done: () => Promise<Response>; readonly refused: () => Promise<Response> }>
> = {
  "POST /api/v1/setup": {
    done: async () => new Response(),
    refused: () => world.stranger.post("/setup", { token: "wrong", name: "x", password }),
  },
  "POST /api/v1/session": {
    done: () => world.stranger.copy().signIn("viewer", password),
    refused: () => world.stranger.copy().signIn("viewer", "wrong"),
  },
  "POST /api/v1/session/password": {
    done: () =>
      world.people.operator.post("/session/password", {
        currentPassword: password,
        newPassword: `${password}2`,
      }),
    refused: () =>
      world.people.operator.post("/session/password", { currentPassword: "no", newPassword: `${password}3` }),
  },
  "POST /api/v1/users": {
    done: () => world.people.admin.post("/users", someone("u1")),
    refused: () => world.people.admin.post("/users", someone("viewer")),
  },
  "PATCH /api/v1/users/:id": {
    done: async () => {
      const id = await idOf(await world.people.admin.post("/users", someone("u2")));
      return world.people.admin.request("PATCH", `/api/v1/users/${id}`, { role: "operator" });
    },
    refused: async () => {
      const { user } = await world.people.admin.json<{ user: { id: string } }>("/session");
      return world.people.admin.request("PATCH", `/api/v1/users/${user.id}`, { role: "viewer" });
    },
  },
  "POST /api/v1/users/:id/password": {
    done: async () => {
      const id = await idOf(await world.people.admin.post("/users", someone("u3")));
      return world.people.admin.post(`/users/${id}/password`, { password: `${password}4` });
    },
    refused: () => world.people.admin.post("/users/no-such-user/password", { password: `${password}4` }),
  },
  "DELETE /api/v1/users/:id": {
    done: async () => {
      const id = await idOf(await world.people.admin.post("/users", someone("u4")));
      return world.people.admin.request("DELETE", `/api/v1/users/${id}`);
    },
    refused: () => world.people.admin.request("DELETE", "/api/v1/users/no-such-user"),
  },
  "POST /api/v1/tokens": {
    done: () => world.people.admin.post("/tokens", { name: "t1", scope: "read" }),
    refused: () =>
      world.people.admin.post("/tokens", { name: "t2", scope: "intake", hostId: "no-such-host" }),
  },
  "DELETE /api/v1/tokens/:id": {
    done: async () => {
      const id = await idOf(await world.people.admin.post("/tokens", { name: "t3", scope: "read" }));
      return world.people.admin.request("DELETE", `/api/v1/tokens/${id}`);
    },
    refused: () => world.people.admin.request("DELETE", "/api/v1/tokens/no-such-token"),
  },
  "DELETE /api/v1/session": {
    done: async () => {
      const caller = world.stranger.copy();
      await caller.signIn("viewer", password);
      return caller.request("DELETE", "/api/v1/session");
    },
    refused: () => world.stranger.request("DELETE", "/api/v1/session"),
  },
};

async function newest(): Promise<AuditRow> {
  const { rows } = await world.tokens.admin.json<{ rows: AuditRow[] }>("/audit?limit=1");
  return rows[0] as AuditRow;
}

test("S18 every write of the router leaves a row, done or refused", async () => {
  const writes = world.server.routes
    .filter(({ method }) => method !== "GET" && method !== "HEAD")
    .map(({ method, url }) => `${method} ${url}`);
  assert.deepEqual(
    writes.filter((key) => !notDeeds.includes(key)).toSorted(),
    Object.keys(deeds).toSorted(),
    "a write without a deed in this test",
  );
  for (const [key, { done, refused }] of Object.entries(deeds)) {
    if (key !== "POST /api/v1/setup") {
      const before = await newest();
      const answer = await done();
      assert.ok(answer.ok, `${key}: ${answer.status} ${await answer.text()}`);
      const row = await newest();
      assert.ok(row.sequence > before.sequence, `${key} left no row`);
      assert.equal(row.outcome, "done", `${key}: ${JSON.stringify(row)}`);
    }
    const before = await newest();
    const answer = await refused();
    assert.ok(!answer.ok && answer.status < 500, `${key}: ${answer.status}`);
    if (answer.status === 401 && key === "DELETE /api/v1/session") continue;
    const row = await newest();
    assert.ok(row.sequence > before.sequence, `${key} left no row of its refusal (${answer.status})`);
    assert.notEqual(row.outcome, "done", key);
  }
});

test("S18 no route edits or deletes what was recorded", async () => {
  const { rows } = await world.people.admin.json<{ rows: AuditRow[] }>("/audit?limit=1000");
  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
    for (const path of ["/api/v1/audit", "/api/v1/audit/1"]) {
      const { status } = await world.people.admin.request(method, path, {});
      assert.ok(status === 404 || status === 405, `${method} ${path}: ${status}`);
    }
  }
  const after = await world.people.admin.json<{ rows: AuditRow[] }>("/audit?limit=1000");
  assert.deepEqual(after.rows, rows);
});

test("S18 the chain holds, and shows where someone with the file in hand changed a row", async () => {
  const whole = await world.app.accounts.verifyAudit();
  assert.equal(whole.brokenAt, null);
  assert.ok(whole.rows > 10);
  const file = new Database(join(world.dataFolder, "portolan.db"));
  const { sequence } = file
    .prepare("select sequence from audit order by sequence limit 1 offset 4")
    .get() as {
    sequence: number;
  };
  file.exec("drop trigger if exists audit_no_update; drop trigger if exists audit_no_delete");
  file.prepare("update audit set actor = 'user:nobody' where sequence = ?").run(sequence);
  file.close();
  assert.equal((await world.app.accounts.verifyAudit()).brokenAt, sequence);
});
