import assert from "node:assert/strict";
import test from "node:test";
import { roles, tokenScopes } from "../model/account.ts";
import { granted, mayPass, permissions, requireAccess, type Standing } from "./access.ts";

test("S1 every role and every token scope has a row, and no row grants an unknown permission", () => {
  const standings: Standing[] = [...roles, ...tokenScopes.map((scope) => `token:${scope}` as const)];
  assert.deepEqual(Object.keys(granted).sort(), standings.sort());
  for (const row of Object.values(granted)) for (const one of row) assert.ok(permissions.includes(one));
});

test("S1 without a standing only what is for anyone passes", () => {
  for (const permission of permissions) assert.equal(mayPass(permission, null), false);
  assert.equal(mayPass("anyone", null), true);
});

test("an intake token delivers and does nothing else", () => {
  const passes = permissions.filter((permission) => mayPass(permission, "token:intake"));
  assert.deepEqual(passes, ["deliver"]);
});

test("who is unknown is told to sign in, who is known is told what is missing", () => {
  assert.throws(() => requireAccess("read", null), { code: "unauthenticated" });
  assert.throws(() => requireAccess("administer", "viewer"), { code: "forbidden" });
});
