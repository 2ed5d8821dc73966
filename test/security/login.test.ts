import assert from "node:assert/strict";
import test from "node:test";
import { amount } from "../support/amount.ts";
import { openWorld, password } from "../server/world.ts";

const guesses = amount("PORTOLAN_GUESSES", { short: 300, long: 10_000 });
const triesMax = 20;

interface Told {
  readonly wrong: number;
  readonly held: number;
  readonly other: number[];
}

async function guess(
  url: string,
  count: number,
  nameOf: (index: number) => string,
  forwardedOf: (index: number) => string,
): Promise<Told> {
  const statuses: number[] = [];
  const one = async (index: number): Promise<void> => {
    const response = await fetch(`${url}/api/v1/session`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-forwarded-for": forwardedOf(index) },
      body: JSON.stringify({ name: nameOf(index), password: `guess-${index}` }),
    });
    if (response.status === 429) assert.ok(Number(response.headers.get("retry-after")) > 0);
    statuses.push(response.status);
    await response.arrayBuffer();
  };
  for (let from = 0; from < count; from += 10) {
    await Promise.all(Array.from({ length: Math.min(10, count - from) }, (_, index) => one(from + index)));
  }
  return {
    wrong: statuses.filter((status) => status === 401).length,
    held: statuses.filter((status) => status === 429).length,
    other: statuses.filter((status) => status !== 401 && status !== 429),
  };
}

const rotating = (index: number): string => `203.0.${index >> 8}.${index & 255}`;

test("S9 a peer that invents X-Forwarded-For gets 20 tries, whatever accounts it names", async () => {
  const world = await openWorld({ limits: { strangerRequestsPerMinute: 1_000_000 } });
  const one = await guess(world.url, guesses, () => "admin", rotating);
  assert.deepEqual(one.other, []);
  assert.ok(one.wrong <= triesMax, `${one.wrong} tries`);
  const many = await guess(world.url, guesses, (index) => `account-${index}`, rotating);
  assert.deepEqual(many.other, []);
  assert.ok(one.wrong + many.wrong <= triesMax, `${one.wrong} + ${many.wrong} tries of one peer`);
  const held = await world.stranger.copy().signIn("admin", password);
  assert.equal(held.status, 429, "the right password waits too");
  assert.equal((await world.people.admin.get("/session")).status, 200, "who is signed in stays so");
  console.log(
    `S9 ${guesses * 2} guesses of one peer: ${one.wrong + many.wrong} were tried, ${one.held + many.held} held back`,
  );
  world.clock.forwardMs += 16 * 60_000;
  assert.equal(
    (await world.stranger.copy().signIn("viewer", password)).status,
    200,
    "after 15 minutes it may try again",
  );
  await world.close();
});

test("S9 behind a configured proxy the named peers count each for themselves, the account for all of them", async () => {
  const world = await openWorld({
    trustedProxies: ["127.0.0.1"],
    limits: { strangerRequestsPerMinute: 1_000_000 },
  });
  const account = await guess(world.url, guesses, () => "admin", rotating);
  assert.deepEqual(account.other, []);
  assert.ok(account.wrong <= triesMax, `${account.wrong} tries of one account`);
  const peer = await guess(
    world.url,
    guesses,
    (index) => `nobody-${index}`,
    () => "198.51.100.9, 203.0.113.77",
  );
  assert.ok(peer.wrong <= triesMax, `${peer.wrong} tries of one peer`);
  assert.equal(
    (await world.stranger.copy().signIn("viewer", password)).status,
    200,
    "other peers are not held",
  );
  await world.close();
});

test("S9 unknown names and wrong passwords cannot be told apart", async () => {
  const world = await openWorld();
  const ask = async (name: string): Promise<string> => {
    const response = await world.stranger.post("/session", { name, password: "wrong" });
    const { requestId: _, ...problem } = (await response.json()) as Record<string, unknown>;
    return JSON.stringify([response.status, problem]);
  };
  assert.equal(await ask("admin"), await ask("nobody-of-that-name"));
  await world.close();
});
