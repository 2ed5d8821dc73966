import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { listenerOn } from "../support/listener.ts";
import { Lookout } from "../support/lookout.ts";
import { Caller } from "../server/caller.ts";
import { openWorld, type World } from "../server/world.ts";

const revokedMsMax = 60_000;

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

async function makeToken(
  scope: string,
): Promise<{ readonly id: string; readonly caller: Caller; readonly secret: string }> {
  const hostId = scope === "intake" ? world.hostId : null;
  const answer = await world.people.admin.post("/tokens", {
    name: `${scope}-${performance.now()}`,
    scope,
    hostId,
  });
  assert.equal(answer.status, 201);
  const { id, secret } = (await answer.json()) as { id: string; secret: string };
  return { id, secret, caller: new Caller(world.url, secret) };
}

/** Every byte in the data folder, the write-ahead log included. */
async function stored(folder: string): Promise<Buffer> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Buffer.concat(await Promise.all(files.map((file) => readFile(file))));
}

test("S13 a revoked token is refused within 60 s, for reading and for delivering", async () => {
  for (const scope of ["read", "intake"]) {
    const { id, caller } = await makeToken(scope);
    const use = (): Promise<Response> =>
      scope === "read" ? caller.get("/hosts") : caller.post("/intake", new Lookout().full([]));
    assert.equal((await use()).status, 200, scope);
    assert.equal((await world.people.admin.request("DELETE", `/api/v1/tokens/${id}`)).status, 204);
    const start = performance.now();
    while ((await use()).status !== 401) {
      assert.ok(performance.now() - start < revokedMsMax);
      await sleep(50);
    }
    console.log(
      `S13 ${scope} token refused ${(performance.now() - start).toFixed(0)} ms after it was revoked`,
    );
  }
});

test("S13 a token past its time is refused", async () => {
  const answer = await world.people.admin.post("/tokens", {
    name: "short",
    scope: "read",
    expiresAtMs: world.clock.nowMs() + 3_600_000,
  });
  const caller = new Caller(world.url, ((await answer.json()) as { secret: string }).secret);
  assert.equal((await caller.get("/hosts")).status, 200);
  world.clock.forwardMs += 3_601_000;
  await sleep(2_100);
  assert.equal((await caller.get("/hosts")).status, 401);
  world.clock.forwardMs = 0;
});

test("S13 nothing near a token is a token", async () => {
  const { secret } = await makeToken("admin");
  const near = [
    secret.slice(0, -1),
    `${secret}x`,
    secret.toUpperCase(),
    `${secret.slice(0, -1)}${secret.endsWith("A") ? "B" : "A"}`,
    secret.slice(4),
    "ptl_",
    `ptl_${"A".repeat(43)}`,
    "%",
    "' OR 1=1 --",
  ];
  for (const guess of near)
    assert.equal((await new Caller(world.url, guess).get("/users")).status, 401, guess);
  assert.equal((await new Caller(world.url, secret).get("/users")).status, 200);
  const response = await fetch(`${world.url}/api/v1/users`, {
    headers: { authorization: `Basic ${secret}` },
  });
  assert.equal(response.status, 401);
});

test("S16 no secret is in any answer, log line, error, database file or backup", async () => {
  const { admin, viewer } = world.people;
  const seeded = {
    password: "seeded-password-7fQ2",
    nextPassword: "seeded-password-9xR4",
    wrongPassword: "seeded-guess-3kT8",
    wrongToken: "ptl_seededToken5mW6seededToken5mW6seededToken",
    wrongSetup: "seeded-setup-1pZ5",
  };
  const callers = [admin, viewer, world.stranger, world.tokens.read, world.tokens.intake];
  for (const caller of callers) caller.remember = true;
  const made = await admin.post("/users", { name: "seeded", password: seeded.password, role: "viewer" });
  const { id } = (await made.json()) as { id: string };
  await world.stranger.post("/session", { name: "seeded", password: seeded.wrongPassword });
  await world.stranger.post("/session", { name: "seeded", password: seeded.wrongPassword, extra: 1 });
  await world.stranger.post("/setup", {
    token: seeded.wrongSetup,
    name: "x",
    password: seeded.wrongPassword,
  });
  await world.stranger.request("POST", "/api/v1/session", undefined, {
    body: `{"password": "${seeded.wrongPassword}`,
  });
  await world.stranger.get(`/ports?token=${seeded.wrongToken}`);
  await new Caller(world.url, seeded.wrongToken).get("/ports");
  await admin.post(`/users/${id}/password`, { password: seeded.nextPassword });
  const lookout = new Lookout();
  await world.tokens.intake.post("/intake", lookout.full([listenerOn(22), listenerOn(6379)]));
  await world.tokens.intake.request("POST", "/api/v1/intake", undefined, {
    body: "{",
    headers: { "content-type": "application/json" },
  });
  const reads = world.server.routes.filter(({ method, url }) => method === "GET" && !url.endsWith("/stream"));
  for (const { url } of reads) {
    const path = url.replace(":id", id).replace("*", "");
    for (const caller of callers) await caller.request("GET", path);
    await admin.request("GET", `${path}?format=csv`);
  }
  const { secret } = await (async () => {
    admin.remember = false;
    const token = await makeToken("read");
    admin.remember = true;
    return token;
  })();
  await admin.get("/tokens");
  const backup = join(world.dataFolder, "backup.db");
  await world.app.backup(backup);

  const cookies = Object.values(world.people).map(({ cookie }) => cookie?.split("=")[1] ?? "?");
  const secrets: Record<string, string> = {
    ...seeded,
    setupToken: world.setupToken,
    tokenSecret: secret,
    readToken: world.tokens.read.token ?? "?",
    intakeToken: world.tokens.intake.token ?? "?",
    ...Object.fromEntries(cookies.map((cookie, index) => [`session ${index}`, cookie])),
  };
  const heard = callers.flatMap((caller) => caller.heard).join("\n");
  const bytes = await stored(world.dataFolder);
  for (const [what, value] of Object.entries(secrets)) {
    assert.ok(value.length > 10, what);
    assert.ok(!heard.includes(value), `${what} in an answer`);
    assert.ok(!world.log().includes(value), `${what} in the log`);
    assert.ok(!bytes.includes(value), `${what} in the data folder`);
  }
  for (const mark of ["$scrypt", "$argon2", "passwordHash", "secretHash"]) {
    assert.ok(!heard.includes(mark), `${mark} in an answer`);
    assert.ok(!world.log().includes(mark), `${mark} in the log`);
  }
  assert.ok(world.log().includes("answered"), "the log was really listened to");
  assert.ok(bytes.includes("seeded"), "the database was really read");
  console.log(
    `S16 ${Object.keys(secrets).length} secrets, ${heard.length} characters of answers, ${bytes.length} bytes stored: 0 hits`,
  );
});
