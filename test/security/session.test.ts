import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Caller } from "../server/caller.ts";
import { openWorld, password, type World } from "../server/world.ts";

const endedMsMax = 60_000;

let world: World;
before(async () => {
  world = await openWorld({ publicUrl: "https://ports.example.org" });
});
after(() => world.close());

async function person(name: string): Promise<{ readonly id: string; readonly callers: Caller[] }> {
  const answer = await world.people.admin.post("/users", { name, password, role: "viewer" });
  assert.equal(answer.status, 201);
  const callers = [world.stranger.copy(), world.stranger.copy()];
  for (const caller of callers) assert.equal((await caller.signIn(name, password)).status, 200);
  for (const caller of callers) assert.equal((await caller.get("/session")).status, 200);
  return { id: ((await answer.json()) as { id: string }).id, callers };
}

/** How long until the session is refused. */
async function msUntilDead(caller: Caller): Promise<number> {
  const start = performance.now();
  while ((await caller.get("/session")).status !== 401) {
    assert.ok(performance.now() - start < endedMsMax, "still alive");
    await sleep(50);
  }
  return performance.now() - start;
}

test("S8 the cookie is out of reach of scripts, other sites and plain HTTP", async () => {
  const answer = await world.stranger.copy().signIn("viewer", password);
  const cookie = answer.headers.getSetCookie()[0] ?? "";
  for (const attribute of ["HttpOnly", "Secure", "SameSite=Strict", "Path=/"])
    assert.match(cookie, new RegExp(attribute));
  assert.doesNotMatch(cookie, /Domain=/i);
  assert.doesNotMatch(await answer.text(), new RegExp(/portolan_session=([^;]+)/.exec(cookie)?.[1] ?? "?"));
});

test("S8 signing in gives a new secret each time, and signing out ends only this one", async () => {
  const { callers } = await person("two-windows");
  const [one, two] = callers as [Caller, Caller];
  assert.notEqual(one.cookie, two.cookie);
  assert.equal((await one.request("DELETE", "/api/v1/session")).status, 204);
  await msUntilDead(one);
  assert.equal((await two.get("/session")).status, 200);
});

test("S8 changing one's own password ends every other session", async () => {
  const { callers } = await person("changer");
  const [mine, other] = callers as [Caller, Caller];
  const wrong = await mine.post("/session/password", { currentPassword: "no", newPassword: `${password}2` });
  assert.ok(wrong.status === 401 || wrong.status === 403 || wrong.status === 400, String(wrong.status));
  const right = await mine.post("/session/password", {
    currentPassword: password,
    newPassword: `${password}2`,
  });
  assert.equal(right.status, 204);
  await msUntilDead(other);
  assert.equal((await world.stranger.copy().signIn("changer", password)).status, 401);
  assert.equal((await world.stranger.copy().signIn("changer", `${password}2`)).status, 200);
});

test("S8 a new role, a new password by the administrator, disabling and removing end all sessions", async () => {
  const { admin } = world.people;
  const deeds: Record<string, (id: string) => Promise<Response>> = {
    role: (id) => admin.request("PATCH", `/api/v1/users/${id}`, { role: "operator" }),
    password: (id) => admin.post(`/users/${id}/password`, { password: `${password}3` }),
    disable: (id) => admin.request("PATCH", `/api/v1/users/${id}`, { disabled: true }),
    remove: (id) => admin.request("DELETE", `/api/v1/users/${id}`),
  };
  const figures: string[] = [];
  for (const [deed, run] of Object.entries(deeds)) {
    const { id, callers } = await person(`after-${deed}`);
    assert.ok((await run(id)).ok, deed);
    for (const caller of callers) figures.push(`${deed} ${(await msUntilDead(caller)).toFixed(0)} ms`);
  }
  console.log(`S8 sessions dead after ${figures.join(", ")}`);
});

test("S8 a session that rests for twelve hours has ended", async () => {
  const { callers } = await person("sleeper");
  const [caller] = callers as [Caller];
  world.clock.forwardMs += 11 * 3_600_000;
  assert.equal((await caller.get("/session")).status, 200);
  await world.people.admin.post("/users", { name: "written-after-its-use", password, role: "viewer" });
  world.clock.forwardMs += 11 * 3_600_000;
  assert.equal((await caller.get("/session")).status, 200, "use keeps it alive");
  world.clock.forwardMs += 12.1 * 3_600_000;
  assert.equal((await caller.get("/session")).status, 401);
});
