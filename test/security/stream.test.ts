import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { listenerOn } from "../support/listener.ts";
import { Lookout } from "../support/lookout.ts";
import type { Caller } from "../server/caller.ts";
import { openWorld, password, type World } from "../server/world.ts";

/** From the deed to the end of the stream. */
const cutMsMax = 5_000;

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

interface Heard {
  text: string;
  readonly ended: Promise<number>;
  readonly stop: () => void;
}

async function follow(caller: Caller, headers: Record<string, string> = {}): Promise<Heard> {
  const abort = new AbortController();
  const response = await caller.request("GET", "/api/v1/stream", undefined, {
    signal: abort.signal,
    headers,
  });
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-type") ?? "", /^text\/event-stream/);
  const heard = { text: "", stop: () => abort.abort() };
  const decoder = new TextDecoder();
  const ended = (async () => {
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) heard.text += decoder.decode(chunk);
    return performance.now();
  })();
  ended.catch(() => {});
  return Object.assign(heard, { ended });
}

async function until(holds: () => boolean, ms = 5_000): Promise<void> {
  const start = performance.now();
  while (!holds()) {
    assert.ok(performance.now() - start < ms, `not within ${ms} ms`);
    await sleep(10);
  }
}

/** Does the deed and says how long the stream lived after it. */
async function cutAfter(caller: Caller, deed: () => Promise<unknown>): Promise<number> {
  const heard = await follow(caller);
  const start = performance.now();
  await deed();
  const late = sleep(cutMsMax + 1_000, Number.POSITIVE_INFINITY, { ref: false });
  const ms = (await Promise.race([heard.ended, late])) - start;
  assert.match(heard.text, /event: session-ended/);
  assert.ok(ms <= cutMsMax, `${ms} ms`);
  return ms;
}

test("S4 a reader hears of a change, and of nothing that is in it", async () => {
  const heard = await follow(world.people.viewer);
  const lookout = new Lookout();
  await world.tokens.intake.post("/intake", lookout.full([listenerOn(22)]));
  await world.tokens.intake.post("/intake", lookout.full([listenerOn(22), listenerOn(8443)]));
  await until(() => heard.text.includes("event: change"));
  heard.stop();
  assert.match(heard.text, /id: \d+\nevent: change\ndata: \{/);
  assert.doesNotMatch(heard.text, /8443|sshd/);
});

test("S4 a reader who comes back is told how much was missed", async () => {
  const first = await follow(world.people.viewer);
  await until(() => first.text.includes("id: "));
  first.stop();
  const id = /id: (\d+)/.exec(first.text)?.[1] ?? "";
  const lookout = new Lookout();
  await world.tokens.intake.post("/intake", lookout.full([listenerOn(22), listenerOn(9443)]));
  await sleep(200);
  const again = await follow(world.people.viewer, { "last-event-id": id });
  await until(() => /"missed":[1-9]/.test(again.text));
  again.stop();
});

test("S4 signing out, a new role, a new password, removal and a revoked token cut the stream", async () => {
  const { admin } = world.people;
  const users = async (): Promise<{ id: string; name: string }[]> =>
    (await admin.json<{ rows: { id: string; name: string }[] }>("/users")).rows;
  const newcomer = async (name: string): Promise<{ caller: Caller; id: string }> => {
    assert.equal((await admin.post("/users", { name, password, role: "viewer" })).status, 201);
    const caller = world.stranger.copy();
    await caller.signIn(name, password);
    return { caller, id: (await users()).find((user) => user.name === name)?.id ?? "" };
  };
  const figures: Record<string, number> = {};
  const one = await newcomer("leaver");
  figures["sign out"] = await cutAfter(one.caller, () => one.caller.request("DELETE", "/api/v1/session"));
  const two = await newcomer("changed");
  figures["role"] = await cutAfter(two.caller, () =>
    admin.request("PATCH", `/api/v1/users/${two.id}`, { role: "operator" }),
  );
  const three = await newcomer("reset");
  figures["password"] = await cutAfter(three.caller, () =>
    admin.post(`/users/${three.id}/password`, { password: `${password}!` }),
  );
  const four = await newcomer("removed");
  figures["removal"] = await cutAfter(four.caller, () => admin.request("DELETE", `/api/v1/users/${four.id}`));
  const five = await newcomer("disabled");
  figures["disabled"] = await cutAfter(five.caller, () =>
    admin.request("PATCH", `/api/v1/users/${five.id}`, { disabled: true }),
  );
  const { rows } = await admin.json<{ rows: { id: string; name: string }[] }>("/tokens");
  const tokenId = rows.find(({ name }) => name === "token-read")?.id ?? "";
  figures["token"] = await cutAfter(world.tokens.read, () =>
    admin.request("DELETE", `/api/v1/tokens/${tokenId}`),
  );
  console.log(
    `S4 cut after ${Object.entries(figures)
      .map(([deed, ms]) => `${deed} ${ms.toFixed(0)} ms`)
      .join(", ")}`,
  );
});

test("S4 closing the server ends every stream", async () => {
  const own = await openWorld();
  const heard = await follow(own.people.viewer);
  const start = performance.now();
  await own.close();
  await heard.ended;
  assert.ok(performance.now() - start < 5_000);
});
