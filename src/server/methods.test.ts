import assert from "node:assert/strict";
import test from "node:test";
import { methodsAt } from "./methods.ts";

const allowed = methodsAt([
  { method: "GET", url: "/api/v1/users" },
  { method: "POST", url: "/api/v1/users" },
  { method: "DELETE", url: "/api/v1/users/:id" },
  { method: "GET", url: "/api/openapi.json" },
]);

test("an address tells every method that it takes, whatever stands in place of a name", () => {
  assert.deepEqual(allowed("/api/v1/users"), ["GET", "POST"]);
  assert.deepEqual(allowed("/api/v1/users/018f"), ["DELETE"]);
  assert.deepEqual(allowed("/api/openapi.json"), ["GET"]);
});

test("an address that is only like a known one takes none", () => {
  for (const path of [
    "/api/v1/user",
    "/api/v1/users/",
    "/api/v1/users/a/b",
    "/api/openapi-json",
    "/x/api/v1/users",
  ]) {
    assert.deepEqual(allowed(path), [], path);
  }
});
