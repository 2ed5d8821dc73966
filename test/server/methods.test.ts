import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { openWorld, type World } from "./world.ts";

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

const ask = (method: string, path: string): Promise<Response> => fetch(`${world.url}${path}`, { method });

test("a method that an address does not take is 405 and names those that it takes", async () => {
  for (const [method, path, allow] of [
    ["PUT", "/api/v1/users", "GET, POST"],
    ["GET", "/api/v1/intake", "POST"],
    ["HEAD", "/api/v1/ports", "GET"],
    ["DELETE", "/api/v1/ports/018f?x=1", "GET"],
    ["POST", "/api/openapi.json", "GET"],
    ["OPTIONS", "/api/v1/session/password", "POST"],
    ["DELETE", "/livez", "GET"],
    ["POST", "/", "GET, HEAD"],
    ["PATCH", "/ports/018f", "GET, HEAD"],
  ] as const) {
    const response = await ask(method, path);
    assert.equal(response.status, 405, `${method} ${path}`);
    assert.equal(response.headers.get("allow"), allow, `${method} ${path}`);
    assert.match(response.headers.get("content-type") ?? "", /problem\+json/);
    if (method === "HEAD") continue;
    const problem = (await response.json()) as { status: number; code: string; hint: string };
    assert.deepEqual([problem.status, problem.code], [405, "invalid"]);
    assert.match(problem.hint, new RegExp(allow));
  }
});

test("an address that takes no method at all stays 404 for each", async () => {
  for (const method of ["GET", "POST", "PUT", "DELETE"]) {
    for (const path of ["/api/v1/nothing", "/api", "/assets/none.js", "/api/v1/users/018f/nothing"]) {
      assert.equal((await ask(method, path)).status, 404, `${method} ${path}`);
    }
  }
});
