import assert from "node:assert/strict";
import test from "node:test";
import { keysPerRequestMax, passiveAnswer, passiveRefusal, readPassiveRequest } from "./zabbix-passive.ts";

const headerBytes = 13;
const read = (text: string): ReturnType<typeof readPassiveRequest> => readPassiveRequest(Buffer.from(text));
const dataOf = (frame: Uint8Array): string => Buffer.from(frame.subarray(headerBytes)).toString();

test("a key is read as servers up to 6.4 send it, with and without its line feed", () => {
  for (const text of ["agent.ping", "agent.ping\n", "agent.ping\r\n"])
    assert.deepEqual(read(text), { value: { form: "key", keys: ["agent.ping"], timeoutMs: null } });
});

test("a request in JSON is read as servers from 7.0 on send it", () => {
  const asked = (timeout: unknown): unknown =>
    read(JSON.stringify({ request: "passive checks", data: [{ key: "agent.ping", timeout }] }));
  for (const [timeout, timeoutMs] of [
    [3, 3_000],
    ["30s", 30_000],
    ["x", null],
    [0, null],
    [601, null],
    [undefined, null],
  ])
    assert.deepEqual(asked(timeout), { value: { form: "json", keys: ["agent.ping"], timeoutMs } });
});

test("a request that is not one is told, not guessed", () => {
  const key = { key: "agent.ping" };
  for (const body of [
    "{",
    "{}",
    '{"request":"active checks","host":"x"}',
    '{"request":"passive checks"}',
    '{"request":"passive checks","data":[]}',
    '{"request":"passive checks","data":[null]}',
    '{"request":"passive checks","data":[{"key":1}]}',
    JSON.stringify({
      request: "passive checks",
      data: Array.from({ length: keysPerRequestMax + 1 }, () => key),
    }),
    "",
  ])
    assert.ok("problem" in read(body), body.slice(0, 60));
});

test("values go back in the form of the question", () => {
  const values = [{ value: "7" }, { unsupported: "no such\0state" }];
  assert.equal(dataOf(passiveAnswer("key", values.slice(0, 1))), "7");
  assert.equal(dataOf(passiveAnswer("key", values.slice(1))), "ZBX_NOTSUPPORTED\0no such\\0state");
  assert.deepEqual(JSON.parse(dataOf(passiveAnswer("json", values))), {
    version: "7.0.0",
    variant: 1,
    data: [{ value: "7" }, { error: "no such\\0state" }],
  });
  assert.equal(dataOf(passiveRefusal("is no JSON")), "ZBX_NOTSUPPORTED\0is no JSON");
});

test("a reason is no longer than a server reads", () => {
  const long = { unsupported: "\u4e2d".repeat(10_000) };
  for (const form of ["key", "json"] as const) assert.ok(passiveAnswer(form, [long]).length < 2_048);
});
