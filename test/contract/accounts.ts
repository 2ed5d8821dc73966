import assert from "node:assert/strict";
import type { Clauses } from "./clauses.ts";

export const accounts: Clauses = {
  "users and sessions live and end as told": async ({ writer, reader }) => {
    const user = { id: "u1", name: "Alice", role: "admin", createdAtMs: 1, disabledAtMs: null } as const;
    const session = { id: "s1", secretHash: "h1", userId: "u1", createdAtMs: 100, expiresAtMs: 1_000 };
    await writer.transaction({ durable: true }, async (changes) => {
      assert.equal(await changes.anyUser(), false);
      await changes.addUser(user, "phc");
      await changes.addUser(user, "phc");
      await assert.rejects(changes.addUser({ ...user, id: "u2", name: "ALICE" }, "phc"), {
        code: "conflict",
      });
      await changes.addSession(session);
    });
    assert.equal((await reader.credential("aLiCe"))?.passwordHash, "phc");
    assert.equal((await reader.session("h1", 500, 1_000))?.user.name, "Alice");
    assert.equal(await reader.session("h1", 1_000, 10_000), undefined);
    assert.equal(await reader.session("h1", 500, 100), undefined);
    assert.equal(await reader.session("h2", 500, 1_000), undefined);
    await writer.transaction({ durable: true }, (changes) => changes.saveUser({ ...user, disabledAtMs: 5 }));
    assert.equal(await reader.session("h1", 500, 1_000), undefined);
    await writer.transaction({ durable: true }, (changes) => changes.removeUser("u1"));
    assert.equal(await reader.anyUser(), false);
  },

  "a token is found by its secret, and stays revoked since the first time": async ({ writer, reader }) => {
    const token = {
      id: "t1",
      name: "ci",
      scope: "read",
      hostId: null,
      createdBy: "x",
      createdAtMs: 1,
      expiresAtMs: null,
      lastUsedAtMs: null,
      revokedAtMs: null,
    } as const;
    await writer.transaction({ durable: true }, async (changes) => {
      await changes.addToken(token, "th");
      await changes.revokeToken("t1", 7);
      await changes.revokeToken("t1", 9);
    });
    assert.deepEqual(await reader.tokenBySecret("th"), { ...token, revokedAtMs: 7 });
  },
};
