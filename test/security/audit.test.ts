import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import Database from "better-sqlite3";
import { join } from "node:path";
import { settingsDefaults } from "../../src/app/settings.ts";
import { newId } from "../../src/base/id.ts";
import { openWorld, password, type World } from "../server/world.ts";
import { aConnectionBatch, floodedSample } from "../support/connections.ts";

interface AuditRow {
  readonly sequence: number;
  readonly actor: string;
  readonly action: string;
  readonly target: string | null;
  readonly outcome: string;
}

let world: World;
before(async () => {
  const scan = { scope: ["198.18.0.0/24"], exclude: [] };
  world = await openWorld({ settings: { ...settingsDefaults, scan } });
});
after(() => world.close());

/** What agents and scan nodes say is no deed of people: their rows say what came of it. A preview does nothing. */
const notDeeds = [
  "POST /api/v1/intake",
  "POST /api/v1/intake/connections",
  "POST /api/v1/agent/orders",
  "POST /api/v1/hosts/:id/blocks/preview",
  "POST /api/v1/scan-node/lease",
  "POST /api/v1/scan-node/scans/:id/report",
];

const someone = (name: string): object => ({ name, password, role: "viewer" });

async function idOf(answer: Response): Promise<string> {
  assert.ok(answer.ok, `${answer.status} ${await answer.clone().text()}`);
  return ((await answer.json()) as { id: string }).id;
}

const planOf = (name: string): object => ({ name, targets: ["198.18.0.1"], ports: "22" });
const planId = async (name: string): Promise<string> =>
  idOf(await world.people.operator.post("/scan-plans", planOf(name)));
const startOf = (id: string): Promise<Response> =>
  world.people.operator.post(`/scan-plans/${id}/scans`, undefined);
const importRun = newId();
const importOf = (port: number): Promise<Response> =>
  world.people.operator.post("/imports", {
    runId: importRun,
    vantage: "office",
    endedAtMs: 1_790_000_000_000,
    asked: null,
    hosts: [{ address: "198.18.0.9", open: [{ transport: "tcp", port }] }],
  });

const runId = newId();
/** As an agent that may block: what it is told to do. */
async function poll(reports: readonly object[] = []): Promise<{ orders: { id: string }[] }> {
  const blocking = { firewall: "nftables", problem: null, blocks: [] };
  const answer = await world.tokens.intake.post("/agent/orders", { runId, blocking, reports, waitMs: 0 });
  assert.equal(answer.status, 200, await answer.clone().text());
  return (await answer.json()) as { orders: { id: string }[] };
}

/** Orders something of the host, which does it; the deed's own row is told apart from what came of it. */
const acceptFlood = (): Promise<Response> =>
  world.people.operator.post(`/hosts/${world.hostId}/connections/accept`, { kind: "syn-flood" });

async function ordered(path: string, body: object): Promise<Response> {
  await poll();
  const asking = world.people.operator.post(`/hosts/${world.hostId}/${path}`, body);
  for (let tries = 0; tries < 100; tries += 1) {
    const { orders } = await poll();
    const none = { refusal: null, preview: null, message: null, cut: null };
    if (orders.length > 0) await poll(orders.map(({ id }) => ({ orderId: id, outcome: "done", ...none })));
    if (orders.length > 0) break;
  }
  return asking;
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
  "POST /api/v1/scan-plans": {
    done: () => world.people.operator.post("/scan-plans", planOf("p1")),
    refused: () => world.people.operator.post("/scan-plans", { ...planOf("p2"), targets: ["203.0.113.1"] }),
  },
  "PATCH /api/v1/scan-plans/:id": {
    done: async () =>
      world.people.operator.request("PATCH", `/api/v1/scan-plans/${await planId("p3")}`, planOf("p4")),
    refused: () => world.people.operator.request("PATCH", "/api/v1/scan-plans/no-such-plan", planOf("p5")),
  },
  "DELETE /api/v1/scan-plans/:id": {
    done: async () => world.people.operator.request("DELETE", `/api/v1/scan-plans/${await planId("p6")}`),
    refused: () => world.people.operator.request("DELETE", "/api/v1/scan-plans/no-such-plan"),
  },
  "POST /api/v1/scan-plans/:id/scans": {
    done: async () => startOf(await planId("p7")),
    refused: () => startOf("no-such-plan"),
  },
  "POST /api/v1/scans/:id/stop": {
    done: async () =>
      world.people.operator.post(`/scans/${await idOf(await startOf(await planId("p8")))}/stop`, undefined),
    refused: () => world.people.operator.post("/scans/no-such-scan/stop", undefined),
  },
  "POST /api/v1/hosts/:id/blocks": {
    done: () => ordered("blocks", { target: "203.0.113.7", durationMs: 60_000 }),
    refused: () =>
      world.people.operator.post("/hosts/no-such-host/blocks", { target: "203.0.113.7", durationMs: 60_000 }),
  },
  "POST /api/v1/hosts/:id/blocks/lift": {
    done: () => ordered("blocks/lift", { target: "203.0.113.7" }),
    refused: () => world.people.operator.post(`/hosts/${world.hostId}/blocks/lift`, { target: "0.0.0.0/0" }),
  },
  "POST /api/v1/hosts/:id/connections/accept": {
    async done() {
      const flooded = aConnectionBatch([floodedSample(world.clock.nowMs() - 1_000, 900)]);
      await world.tokens.intake.post("/intake/connections", flooded);
      return acceptFlood();
    },
    // It is normal now: nothing fires.
    refused: () => acceptFlood(),
  },
  "POST /api/v1/imports": {
    done: () => importOf(22),
    // The same part of the same file cannot say something else.
    refused: () => importOf(23),
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
