import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { gzipSync } from "node:zlib";
import { newId } from "../../src/base/id.ts";
import { listener, listenerOn } from "../support/listener.ts";
import { hostNamed, Lookout } from "../support/lookout.ts";
import { openWorld, type World } from "./world.ts";

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

const mebibyte = 1024 * 1024;

async function send(
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return world.tokens.intake.request("POST", "/api/v1/intake", undefined, {
    body,
    headers: { "content-type": "application/json", ...headers },
  });
}

/** All that a batch could have left behind. */
async function held(): Promise<unknown> {
  const { viewer } = world.people;
  return [
    (await viewer.json<{ total: number }>("/ports")).total,
    (await viewer.json<{ rows: unknown[] }>("/events")).rows.length,
    await viewer.json("/hosts"),
  ];
}

async function refusedWithoutTrace(what: string, answer: () => Promise<Response>): Promise<void> {
  const before = JSON.stringify(await held());
  const response = await answer();
  const text = await response.text();
  assert.ok(response.status >= 400 && response.status < 500, `${what}: ${response.status} ${text}`);
  assert.match(response.headers.get("content-type") ?? "", /problem\+json/, what);
  assert.ok((JSON.parse(text) as { detail: string }).detail.length > 5, what);
  assert.equal(JSON.stringify(await held()), before, `${what} left something behind`);
}

const plain = (): string => JSON.stringify(new Lookout().full([listenerOn(22)]));

test("I3 bodies that are wrong in form are refused and leave nothing behind", async () => {
  const nested = `${"[".repeat(10_000)}${"]".repeat(10_000)}`;
  const bodies: Record<string, string | Uint8Array<ArrayBuffer>> = {
    empty: "",
    "not JSON": "{",
    "an array": "[]",
    null: "null",
    "a number": "1",
    "invalid UTF-8": Buffer.from([0x22, 0xff, 0xfe, 0x22]),
    "a byte order mark": `\ufeff${plain()}x`,
    "10,000 deep": nested,
    "10,000 deep inside": plain().replace('"limits":[]', `"limits":[${nested}]`),
    __proto__: plain().replace("{", '{"__proto__":{"polluted":true},'),
    "__proto__ inside": plain().replace('"look":{', '"look":{"__proto__":{"polluted":true},'),
    constructor: plain().replace("{", '{"constructor":{"prototype":{"polluted":true}},'),
    "an unknown key": plain().replace("{", '{"hostId":"someone-else",'),
    "8 MB and a byte": plain().padEnd(8 * mebibyte + 1, " "),
  };
  for (const [what, body] of Object.entries(bodies)) await refusedWithoutTrace(what, () => send(body));
  assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
});

test("I3 values out of their bounds are refused with the path", async () => {
  const lookout = new Lookout();
  const wrong: Record<string, (text: string) => string> = {
    "port 65536": (text) => text.replace('"port":22', '"port":65536'),
    "port -1": (text) => text.replace('"port":22', '"port":-1'),
    "port as text": (text) => text.replace('"port":22', '"port":"22"'),
    "a transport that is none": (text) => text.replace('"transport":"tcp"', '"transport":"icmp"'),
    "an address that is none": (text) => text.replace('"address":"0.0.0.0"', '"address":"not-an-address"'),
    "a view that is none": (text) => text.replace('"view":"inside"', '"view":"everything"'),
    "no sequence": (text) => text.replace(/"sequence":\d+,/, ""),
    "a sequence of 1e999": (text) => text.replace(/"sequence":\d+/, '"sequence":1e999'),
    "a batch id that is none": (text) => text.replace(/"batchId":"[^"]+"/, '"batchId":"../../etc"'),
    "a time before 1970": (text) => text.replace(/"startedAtMs":\d+/, '"startedAtMs":-5'),
  };
  for (const [what, mutate] of Object.entries(wrong)) {
    const good = JSON.stringify(lookout.full([listenerOn(22)]));
    const bad = mutate(good);
    assert.notEqual(bad, good, what);
    await refusedWithoutTrace(what, () => send(bad));
  }
  const many = lookout.full(Array.from({ length: 20_001 }, (_, index) => listener({ port: index }, [])));
  await refusedWithoutTrace("20,001 listeners", () => send(JSON.stringify(many)));
});

test("I3 a key given twice counts once and never as two listeners lists", async () => {
  const doubled = plain().replace('"listeners":[', '"listeners":[],"listeners":[');
  const before = await held();
  const { status } = await send(doubled);
  assert.ok(status === 200 || (status >= 400 && status < 500));
  if (status !== 200) assert.deepEqual(await held(), before);
});

test("I3 100 MB and bombs of gzip are cut off at 8 MB", async () => {
  const start = performance.now();
  const heap = process.memoryUsage().rss;
  await refusedWithoutTrace("100 MB", async () => {
    try {
      return await send(new Uint8Array(100 * mebibyte).fill(32));
    } catch {
      // The server closed while the body still came: as good as the answer, which the next request proves.
      return new Response('{"detail":"cut off"}', {
        status: 413,
        headers: { "content-type": "application/problem+json" },
      });
    }
  });
  const bomb = gzipSync(Buffer.alloc(100 * mebibyte, 32));
  await refusedWithoutTrace("a gzip bomb", () => send(bomb, { "content-encoding": "gzip" }));
  const double = gzipSync(gzipSync(Buffer.alloc(100 * mebibyte, 32)));
  await refusedWithoutTrace("a bomb in a bomb", () => send(double, { "content-encoding": "gzip, gzip" }));
  await refusedWithoutTrace("gzip that is none", () => send("xxxx", { "content-encoding": "gzip" }));
  await refusedWithoutTrace("half a gzip", () =>
    send(gzipSync(plain()).subarray(0, 40), { "content-encoding": "gzip" }),
  );
  await refusedWithoutTrace("an unknown encoding", () => send(plain(), { "content-encoding": "br" }));
  await refusedWithoutTrace("another type", () =>
    send("a=b", { "content-type": "application/x-www-form-urlencoded" }),
  );
  const grown = (process.memoryUsage().rss - heap) / mebibyte;
  console.log(
    `I3 bombs refused in ${(performance.now() - start).toFixed(0)} ms, RSS grew by ${grown.toFixed(0)} MB (the sender included)`,
  );
});

test("a gzipped batch of ordinary size is taken", async () => {
  const body = gzipSync(JSON.stringify(new Lookout().full([listenerOn(22)])));
  const response = await send(body, { "content-encoding": "gzip" });
  assert.equal(response.status, 200, await response.clone().text());
});

test("a batch sent again answers as the first time and stores nothing", async () => {
  const lookout = new Lookout();
  await send(JSON.stringify(lookout.full([listenerOn(22)])));
  const batch = JSON.stringify(lookout.full([listenerOn(22), listenerOn(2222)]));
  const first = (await (await send(batch)).json()) as Record<string, unknown>;
  const before = await held();
  const again = (await (await send(batch)).json()) as Record<string, unknown>;
  assert.deepEqual(again, { ...first, replayed: true });
  const { rows } = (before as [number, number, { rows: { sources: unknown[] }[] }])[2];
  assert.equal(rows.length, 1);
  assert.equal(JSON.stringify(await held()), JSON.stringify(before));
});

test("late, reused and baseless batches are conflicts with their reason", async () => {
  const lookout = new Lookout();
  const early = lookout.full([listenerOn(22)]);
  const later = lookout.full([listenerOn(22)]);
  assert.equal((await send(JSON.stringify(later))).status, 200);
  const reasonOf = async (body: unknown): Promise<unknown> => {
    const before = JSON.stringify(await held());
    const response = await send(JSON.stringify(body));
    assert.equal(response.status, 409, await response.clone().text());
    assert.equal(JSON.stringify(await held()), before);
    return ((await response.json()) as { details: { reason: string } }).details.reason;
  };
  assert.equal(await reasonOf(early), "out-of-order");
  assert.equal(await reasonOf({ ...later, host: { ...later.host, hostname: "another" } }), "batch-id-reused");
  const baseless = lookout.batch({
    basis: "delta",
    revision: 90,
    baseRevision: 89,
    listeners: [listenerOn(23)],
  });
  assert.equal(await reasonOf(baseless), "full-look-needed");
  const other = new Lookout();
  assert.equal(await reasonOf({ ...other.same(), batchId: newId() }), "full-look-needed");
});

test("a batch that names another host still speaks only of the token's own", async () => {
  const stranger = new Lookout(hostNamed("another-machine"));
  const response = await send(JSON.stringify(stranger.full([listenerOn(22)])));
  assert.equal(response.status, 200);
  const { rows } = await world.people.viewer.json<{ rows: { id: string }[] }>("/hosts");
  assert.deepEqual(
    rows.map(({ id }) => id),
    [world.hostId],
  );
});
