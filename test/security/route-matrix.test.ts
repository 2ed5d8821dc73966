import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import type { Route } from "../../src/server/route.ts";
import { routeList } from "../../src/server/route-list.ts";
import { createServer } from "../../src/server/server.ts";
import type { Caller } from "../server/caller.ts";
import { openWorld, password, type World } from "../server/world.ts";

const everyone = [
  "none",
  "viewer",
  "operator",
  "admin",
  "token:read",
  "token:operate",
  "token:admin",
  "token:intake",
  "token:scan",
];
const readers = everyone.filter((who) => !["none", "token:intake", "token:scan"].includes(who));
const operators = ["operator", "admin", "token:operate", "token:admin"];
const administrators = ["admin", "token:admin"];
const signedIn = ["viewer", "operator", "admin"];

/** Written by hand, on purpose: who may pass where. A route that is not here fails the test. */
const expected: Readonly<Record<string, readonly string[]>> = {
  "GET /api/v1/overview": readers,
  "GET /api/v1/ports": readers,
  "GET /api/v1/ports/facets": readers,
  "GET /api/v1/ports/export": readers,
  "GET /api/v1/ports/:id": readers,
  "GET /api/v1/events": readers,
  "GET /api/v1/events/histogram": readers,
  "GET /api/v1/events/export": readers,
  "GET /api/v1/hosts": readers,
  "GET /api/v1/hosts/:id": readers,
  "GET /api/v1/integrations/zabbix": readers,
  "GET /api/v1/integrations/zabbix/template": readers,
  "GET /api/v1/connections": readers,
  "GET /api/v1/connections/history": readers,
  "GET /api/v1/connections/findings": readers,
  "GET /api/v1/hosts/:id/connections/findings": readers,
  "POST /api/v1/hosts/:id/connections/accept": operators,
  "GET /api/v1/hosts/:id/connections": readers,
  "GET /api/v1/hosts/:id/connections/history": readers,
  "GET /metrics": readers,
  "GET /api/v1/prometheus/targets": readers,
  "GET /api/v1/blocks": readers,
  "GET /api/v1/hosts/:id/blocks": readers,
  "POST /api/v1/hosts/:id/blocks": operators,
  "POST /api/v1/hosts/:id/blocks/preview": operators,
  "POST /api/v1/hosts/:id/blocks/lift": operators,
  "POST /api/v1/agent/orders": ["token:intake", "token:scan"],
  "GET /api/v1/stream": readers,
  "GET /api/v1/scan-plans": readers,
  "POST /api/v1/scan-plans": operators,
  "PATCH /api/v1/scan-plans/:id": operators,
  "DELETE /api/v1/scan-plans/:id": operators,
  "POST /api/v1/scan-plans/:id/scans": operators,
  "GET /api/v1/scans": readers,
  "GET /api/v1/scans/:id": readers,
  "POST /api/v1/scans/:id/stop": operators,
  "POST /api/v1/imports": operators,
  "POST /api/v1/intake": ["token:intake", "token:scan"],
  "POST /api/v1/intake/connections": ["token:intake", "token:scan"],
  "POST /api/v1/scan-node/lease": ["token:scan"],
  "POST /api/v1/scan-node/scans/:id/report": ["token:scan"],
  "GET /api/v1/setup": everyone,
  "POST /api/v1/setup": everyone,
  "POST /api/v1/session": everyone,
  "GET /api/v1/session": signedIn,
  "POST /api/v1/session/password": signedIn,
  "DELETE /api/v1/session": signedIn,
  "GET /api/v1/users": administrators,
  "POST /api/v1/users": administrators,
  "PATCH /api/v1/users/:id": administrators,
  "DELETE /api/v1/users/:id": administrators,
  "POST /api/v1/users/:id/password": administrators,
  "GET /api/v1/tokens": administrators,
  "POST /api/v1/tokens": administrators,
  "DELETE /api/v1/tokens/:id": administrators,
  "GET /api/v1/audit": administrators,
  "GET /api/v1/health": readers,
  "GET /livez": everyone,
  "GET /readyz": everyone,
  "GET /api/openapi.json": everyone,
  "GET /*": everyone,
  "HEAD /*": everyone,
};

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

function callers(): Record<string, Caller> {
  const { people, tokens, stranger } = world;
  return {
    none: stranger,
    ...people,
    "token:read": tokens.read,
    "token:operate": tokens.operate,
    "token:admin": tokens.admin,
    "token:intake": tokens.intake,
  };
}

const isOrder = (key: string): number => (key === "DELETE /api/v1/session" ? 1 : 0);

test("S1 every registered route is in the table, and nothing else", () => {
  const registered = world.server.routes.map(({ method, url }) => `${method} ${url}`);
  assert.deepEqual(registered.toSorted(), Object.keys(expected).toSorted());
});

test("S1 every caller on every route: passes exactly where the table says", async () => {
  const wrong: string[] = [];
  let tried = 0;
  for (const key of Object.keys(expected).toSorted((a, b) => isOrder(a) - isOrder(b))) {
    const [method = "", url = ""] = key.split(" ");
    const path = url.replace(":id", "018f0000-0000-7000-8000-000000000000").replace("*", "");
    for (const [who, caller] of Object.entries(callers())) {
      const abort = new AbortController();
      const body = method === "GET" || method === "HEAD" || method === "DELETE" ? undefined : {};
      const { status } = await caller.request(method, path, body, { signal: abort.signal });
      abort.abort();
      tried += 1;
      const refused = status === 401 || status === 403;
      if (refused === expected[key]?.includes(who)) wrong.push(`${key} as ${who}: ${status}`);
      if (refused && (who === "none") !== (status === 401))
        wrong.push(`${key} as ${who}: ${status} for a refusal`);
      if (status >= 500 && path !== "/") wrong.push(`${key} as ${who}: ${status}`);
    }
  }
  assert.deepEqual(wrong, []);
  console.log(`S1 ${tried} pairs of caller and route`);
});

test("S1 a route that does not say who may pass stops the server from starting", async () => {
  const { access: _, ...silent } = routeList[0] as Route;
  const options = {
    app: world.app,
    clock: world.clock,
    log: world.server.state.log,
    publicUrl: null,
    hostNames: [],
    trustedProxies: [],
    webFolder: null,
  };
  await assert.rejects(createServer(options, [silent as Route]), /does not say who may pass/);
  await assert.rejects(
    createServer(options, [{ ...silent, access: "everyone" } as unknown as Route]),
    /who may pass/,
  );
});

test("S1 a write without the CSRF token or from another origin is refused", async () => {
  const admin = world.stranger.copy();
  assert.equal((await admin.signIn("admin", password)).status, 200);
  const user = { name: "mallory", password: "correct horse battery", role: "admin" };
  const bare = admin.copy();
  for (const csrfToken of [undefined, "", "wrong", `${admin.csrfToken}x`]) {
    bare.csrfToken = csrfToken;
    assert.equal((await bare.post("/users", user)).status, 403, String(csrfToken));
  }
  for (const headers of [
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: "http://127.0.0.1:1" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ] as Record<string, string>[]) {
    const response = await admin.request("POST", "/api/v1/users", user, { headers });
    assert.equal(response.status, 403, JSON.stringify(headers));
  }
  const login = await world.stranger.request(
    "POST",
    "/api/v1/session",
    { name: "admin", password: "x" },
    {
      headers: { origin: "https://evil.example" },
    },
  );
  assert.equal(login.status, 403);
  const own = await admin.request(
    "POST",
    "/api/v1/users",
    { ...user, name: "carol" },
    { headers: { origin: world.url } },
  );
  assert.equal(own.status, 201);
});
