import assert from "node:assert/strict";
import { connect } from "node:net";
import test, { type TestContext } from "node:test";
import { PortolanError } from "../../base/errors.ts";
import { frameBytes } from "../../../test/support/zabbix-bytes.ts";
import { allowListOf } from "./allow-list.ts";
import {
  openPassiveListener,
  type ItemProvider,
  type PassiveListener,
  type passiveListenerDefaults,
} from "./passive-listener.ts";

const provide: ItemProvider = async (name, parameters) => {
  if (name === "throws") throw new Error("the kernel says \u001bno");
  if (name === "hangs") await new Promise(() => undefined);
  if (name === "long") return { value: "x".repeat(20_000_000) };
  return { value: [name, ...parameters].join("|") };
};

interface Opening {
  readonly allow?: readonly string[];
  readonly limits?: Partial<Record<keyof typeof passiveListenerDefaults, number>>;
}

async function opened(
  t: TestContext,
  { allow = ["127.0.0.0/8"], limits = {} }: Opening = {},
): Promise<PassiveListener> {
  const listener = await openPassiveListener({
    host: "127.0.0.1",
    port: 0,
    allow: allowListOf(allow),
    provide,
    limits,
  });
  t.after(() => listener.close());
  return listener;
}

/** Everything that comes back until the connection ends. `keep`: our side stays open. */
function ask(port: number, bytes: Uint8Array | string, keep = false): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true }, () => {
      if (keep) socket.write(bytes);
      else socket.end(bytes);
    });
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("end", () => socket.end());
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(Buffer.concat(chunks)));
  });
}

const valueIn = (answer: Buffer): string => answer.subarray(13).toString();
const json = (...keys: readonly string[]): Buffer =>
  frameBytes(JSON.stringify({ request: "passive checks", data: keys.map((key) => ({ key, timeout: 3 })) }));

test("a key is answered in every form in which a server asks", async (t) => {
  const { port, counters } = await opened(t);
  const key = "tcp.status[LISTEN, extra]";
  for (const bytes of [
    `${key}\n`,
    `${key}\r\n`,
    key,
    frameBytes(key),
    frameBytes(`${key}\n`),
    frameBytes(key, { compressed: true }),
    frameBytes(key, { large: true }),
  ]) {
    const answer = await ask(port, bytes);
    assert.equal(answer.subarray(0, 5).toString("latin1"), "ZBXD\u0001");
    assert.equal(valueIn(answer), "tcp.status|LISTEN|extra");
  }
  assert.equal(valueIn(await ask(port, `${key}\n`, true)), "tcp.status|LISTEN|extra");
  assert.deepEqual(JSON.parse(valueIn(await ask(port, json(key, "k[", "throws")))), {
    version: "7.0.0",
    variant: 1,
    data: [
      { value: "tcp.status|LISTEN|extra" },
      { error: "The item key lacks its closing bracket." },
      { error: "the kernel says \\x1bno" },
    ],
  });
  assert.equal(counters.answered, 9);
});

test("an item without a value is not supported, with its reason", async (t) => {
  const { port } = await opened(t, { limits: { valueMs: 30 } });
  assert.equal(valueIn(await ask(port, "throws\n")), "ZBX_NOTSUPPORTED\0the kernel says \\x1bno");
  assert.equal(valueIn(await ask(port, "hangs\n")), "ZBX_NOTSUPPORTED\0No value within 30 ms.");
  for (const asked of ["long\n", json("long", "agent.ping")])
    assert.equal(valueIn(await ask(port, asked)), "ZBX_NOTSUPPORTED\0The answer is too long.");
  const impatient = { request: "passive checks", data: [{ key: "hangs", timeout: 0.1 }] };
  const { data } = JSON.parse(valueIn(await ask(port, frameBytes(JSON.stringify(impatient))))) as {
    data: unknown;
  };
  assert.deepEqual(data, [{ error: "No value within 80 ms." }]);
  assert.match(valueIn(await ask(port, "no key\n")), /^ZBX_NOTSUPPORTED\0The item key /);
  assert.equal(valueIn(await ask(port, frameBytes("{"))), "ZBX_NOTSUPPORTED\0The request is no JSON.");
});

test("who is not on the list hears nothing, in either spelling of an address", async (t) => {
  for (const [allow, isAnswered] of [
    [[], false],
    [["192.0.2.1", "198.51.100.0/24"], false],
    [["127.0.0.1"], true],
    [["::ffff:127.0.0.1"], false],
    [["192.0.2.1", "127.0.0.0/8"], true],
  ] as const) {
    const opening = await opened(t, { allow });
    assert.equal((await ask(opening.port, "agent.ping\n")).length > 0, isAnswered, allow.join());
    assert.equal(opening.counters.forbidden, isAnswered ? 0 : 1);
    assert.equal(opening.lastForbidden, isAnswered ? null : "127.0.0.1");
  }
  assert.throws(() => allowListOf(["zabbix.example.com"]), PortolanError);
});

test("foreign bytes are met with an end, and the next request is answered", async (t) => {
  const { port, counters } = await opened(t, { limits: { transferMs: 200 } });
  const hostile = [
    frameBytes("", { dataBytes: 0xffff_ffff }),
    frameBytes("x", { large: true, dataBytes: 2 ** 62 }),
    frameBytes("x", { compressed: true, unpackedBytes: 0xffff_fff0 }),
    frameBytes("x", { flags: 0xff }),
    frameBytes("abc").subarray(0, 14),
    Buffer.alloc(100_000, 0xff),
    Buffer.from("GET / HTTP/1.1\r\nhost: x\r\n\r\n"),
    Buffer.alloc(0),
  ];
  for (const bytes of hostile) assert.ok((await ask(port, bytes)).length < 100);
  assert.equal(counters.malformed, hostile.length - 1);
  assert.equal(valueIn(await ask(port, "agent.ping\n")), "agent.ping");
});

test("a client that says nothing, half of it, or never ends is ended by the clock", async (t) => {
  const { port, counters } = await opened(t, { limits: { transferMs: 100 } });
  const began = performance.now();
  const [silent, half] = await Promise.all([
    ask(port, "", true),
    ask(port, frameBytes("abc").subarray(0, 10), true),
  ]);
  assert.equal(silent.length + half.length, 0);
  const endless = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
  endless.on("error", () => undefined);
  endless.write("agent.ping\n");
  const more = setInterval(() => endless.write("x".repeat(1_000)), 5);
  await new Promise((resolve) => endless.on("close", resolve));
  clearInterval(more);
  assert.ok(performance.now() - began < 5_000);
  assert.deepEqual({ ...counters }, { answered: 1, forbidden: 0, dropped: 0, malformed: 0, unfinished: 2 });
});

test("connections beyond the limit are dropped, and places become free again", async (t) => {
  const { port, counters } = await opened(t, { limits: { connectionsMax: 4, transferMs: 200 } });
  const asked = await Promise.all(Array.from({ length: 20 }, () => ask(port, "", true)));
  assert.ok(asked.every((answer) => answer.length === 0));
  assert.equal(counters.dropped, 16);
  assert.equal(valueIn(await ask(port, "agent.ping\n")), "agent.ping");
});

test("a port that is taken is told; closing ends connections and frees the port", async (t) => {
  const { port } = await opened(t);
  const options = { host: "127.0.0.1", port, allow: allowListOf(["127.0.0.1"]), provide };
  await assert.rejects(openPassiveListener(options), { code: "conflict" });
  const first = await openPassiveListener({ ...options, port: 0 });
  const open = ask(first.port, "", true);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await first.close();
  assert.equal((await open).length, 0);
  const second = await openPassiveListener({ ...options, port: first.port });
  await second.close();
});
