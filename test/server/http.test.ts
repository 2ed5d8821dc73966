import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer as createHttpServer, request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openWorld, type World } from "./world.ts";

let world: World;
let webFolder: string;
before(async () => {
  webFolder = await mkdtemp(join(tmpdir(), "portolan-web-"));
  await mkdir(join(webFolder, "assets"));
  await writeFile(
    join(webFolder, "index.html"),
    '<!doctype html><meta name="csp-nonce" content="__CSP_NONCE__"><style nonce="__CSP_NONCE__"></style>',
  );
  await writeFile(join(webFolder, "assets/index-3f2a.js"), "export {};\n");
  await writeFile(join(webFolder, "favicon.svg"), "<svg/>");
  await writeFile(join(tmpdir(), "portolan-outside.txt"), "outside");
  world = await openWorld({ webFolder });
});
after(async () => {
  await world.close();
  await rm(webFolder, { recursive: true, force: true });
});

/** Like a browser, but with any Host header and any path as it stands. */
function raw(path: string, headers: Record<string, string> = {}): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(world.url);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, path, headers }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => (body += text));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    request.on("error", reject).end();
  });
}

test("every page of the UI is the same file under a nonce of its own", async () => {
  const nonces = new Set<string>();
  for (const path of ["/", "/ports?q=nginx", "/events", "/hosts/018f"]) {
    const response = await fetch(`${world.url}${path}`);
    assert.equal(response.status, 200, path);
    assert.equal(response.headers.get("cache-control"), "no-store");
    const policy = response.headers.get("content-security-policy") ?? "";
    const nonce = /style-src 'self' 'nonce-([^']+)'/.exec(policy)?.[1] ?? "";
    const text = await response.text();
    assert.ok(text.includes(`content="${nonce}"`) && text.includes(`nonce="${nonce}"`));
    assert.match(policy, /default-src 'none'; script-src 'self'/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe|\*|https?:/);
    nonces.add(nonce);
  }
  assert.equal(nonces.size, 4);
});

test("hashed files are kept for ever, others are asked for again, unknown ones are not the page", async () => {
  const hashed = await fetch(`${world.url}/assets/index-3f2a.js`);
  assert.equal(hashed.headers.get("cache-control"), "public, max-age=31536000, immutable");
  assert.match(hashed.headers.get("content-type") ?? "", /javascript/);
  assert.equal((await fetch(`${world.url}/favicon.svg`)).headers.get("cache-control"), "no-cache");
  for (const path of ["/assets/old-1a2b.js", "/missing.png", "/api/v1/nothing", "/api/v2/ports", "/api"]) {
    const response = await fetch(`${world.url}${path}`);
    assert.equal(response.status, 404, path);
    assert.match(response.headers.get("content-type") ?? "", /problem\+json/, path);
  }
});

test("no path leads out of the folder of the UI", async () => {
  for (const path of [
    "/../portolan-outside.txt",
    "/assets/../../portolan-outside.txt",
    "/%2e%2e/portolan-outside.txt",
    "/..%2fportolan-outside.txt",
    "/assets/..%5c..%5cportolan-outside.txt",
    "//etc/passwd",
    "/assets/%00.js",
    "/%ff",
    "/%",
  ]) {
    const { status, body } = await raw(path);
    assert.ok(!body.includes("outside") || body.includes("csp-nonce"), path);
    assert.doesNotMatch(body, /^outside|root:/, path);
    assert.ok(status < 500, `${path}: ${status}`);
  }
});

test("every answer forbids sniffing, framing and telling where one came from", async () => {
  for (const path of [
    "/",
    "/assets/index-3f2a.js",
    "/livez",
    "/api/v1/ports",
    "/api/nothing",
    "/api/openapi.json",
  ]) {
    const { headers } = await fetch(`${world.url}${path}`);
    assert.equal(headers.get("x-content-type-options"), "nosniff", path);
    assert.equal(headers.get("referrer-policy"), "no-referrer", path);
    assert.equal(headers.get("x-frame-options"), "DENY", path);
    assert.match(headers.get("content-security-policy") ?? "", /frame-ancestors 'none'/, path);
  }
});

test("a foreign name in Host is refused everywhere, so that no page can rebind its name to us", async () => {
  const { port } = new URL(world.url);
  for (const host of [
    "evil.example",
    `evil.example:${port}`,
    "127.0.0.1.evil.example",
    "198.18.0.9",
    "a@localhost",
  ]) {
    for (const path of ["/", "/livez", "/api/v1/setup", "/assets/index-3f2a.js"]) {
      const { status } = await raw(path, { host });
      assert.ok(status === 403 || status === 400, `${host} ${path}: ${status}`);
    }
  }
  for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, "[::1]", "localhost"]) {
    assert.equal((await raw("/livez", { host })).status, 200, host);
  }
  assert.equal((await raw("/livez", { host: "localhost", "x-forwarded-host": "evil.example" })).status, 200);
});

test("the API describes itself without a sign-in, and every route is in it", async () => {
  const document = (await (await fetch(`${world.url}/api/openapi.json`)).json()) as {
    openapi: string;
    paths: Record<string, Record<string, { operationId: string }>>;
  };
  assert.equal(document.openapi, "3.1.0");
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace("{id}", ":id")}`),
  );
  const registered = world.server.routes
    .map(({ method, url }) => `${method} ${url}`)
    .filter((key) => !key.includes("*"));
  assert.deepEqual(described.toSorted(), registered.toSorted());
});

test("the machine's own administrator needs neither cookie nor token, through a socket of its own", async () => {
  const local = createHttpServer((request, response) => world.server.handleLocal(request, response));
  await new Promise<void>((resolve) => local.listen(0, "127.0.0.1", resolve));
  const { port } = local.address() as { port: number };
  const base = `http://127.0.0.1:${port}/api/v1`;
  const made = await fetch(`${base}/users`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "by-hand", password: "correct horse battery", role: "viewer" }),
  });
  assert.equal(made.status, 201, await made.clone().text());
  const { rows } = (await (await fetch(`${base}/audit?limit=1`)).json()) as { rows: { actor: string }[] };
  assert.equal(rows[0]?.actor, "local");
  assert.equal((await fetch(`${base}/session`)).status, 403);
  await new Promise((resolve) => local.close(resolve));
});

test("F22 a loop that stands still for over a second is counted, logged with its stack and turns health red", async () => {
  const healthOf = async (): Promise<{ status: string; checks: { name: string; status: string }[] }> =>
    world.people.viewer.json("/health");
  const before = world.server.state.loop.blocks;
  function holdTheLoop(): void {
    const until = performance.now() + 2_000;
    while (performance.now() < until) JSON.parse("[1]");
  }
  await sleep(300);
  holdTheLoop();
  await sleep(500);
  assert.equal(world.server.state.loop.blocks, before + 1);
  const health = await healthOf();
  assert.equal(health.status, "failing");
  assert.equal(health.checks.find(({ name }) => name === "loop")?.status, "failing");
  assert.match(world.log(), /the event loop was blocked/);
  assert.match(world.log(), /holdTheLoop/);
});
