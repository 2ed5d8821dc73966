import assert from "node:assert/strict";
import test from "node:test";
import {
  csrfTokenOf,
  hashPassword,
  newSecret,
  requirePassword,
  sameSecret,
  secretHash,
  tokenPrefix,
  verifyPassword,
} from "./secrets.ts";

test("a password is kept as a salted PHC string and recognised by it alone", async () => {
  const [first, second] = await Promise.all([
    hashPassword("correct horse battery"),
    hashPassword("correct horse battery"),
  ]);
  assert.match(first, /^\$scrypt\$ln=15,r=8,p=3\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  assert.notEqual(first, second);
  assert.equal(await verifyPassword("correct horse battery", first), true);
  assert.equal(await verifyPassword("correct horse batterY", first), false);
  assert.equal(await verifyPassword("correct horse battery", undefined), false);
  assert.equal(await verifyPassword("x", "plain text"), false);
});

test("short and endless passwords are refused before any work", () => {
  for (const password of ["", "123456789", "x".repeat(1_025)]) {
    assert.throws(() => requirePassword(password), { code: "invalid" });
  }
  requirePassword("0123456789");
});

test("S13 a secret has 256 bits, is stored as a hash and compared whole", () => {
  const secret = newSecret(tokenPrefix);
  assert.match(secret, /^ptl_[\w-]{43}$/);
  assert.match(secretHash(secret), /^[0-9a-f]{64}$/);
  assert.ok(sameSecret(secret, Buffer.from(secret).toString()));
  assert.ok(!sameSecret(secret, secret.slice(0, -1)));
  assert.ok(!sameSecret(secret, ""));
  assert.notEqual(csrfTokenOf(secret), csrfTokenOf(newSecret()));
});
