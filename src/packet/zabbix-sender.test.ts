import assert from "node:assert/strict";
import test from "node:test";
import { readSenderAnswer, senderRequest } from "./zabbix-sender.ts";

const read = (text: string): ReturnType<typeof readSenderAnswer> => readSenderAnswer(Buffer.from(text));
const answer = (info: unknown, response = "success"): string => JSON.stringify({ response, info });

test("values are sent with host, key and their own time", () => {
  const value = {
    host: "web-1",
    key: "portolan.event",
    value: '{"kind":"new"}',
    clock: 1_700_000_000,
    ns: 5,
  };
  assert.deepEqual(JSON.parse(senderRequest([value], 1_700_000_001, 7)), {
    request: "sender data",
    data: [value],
    clock: 1_700_000_001,
    ns: 7,
  });
});

test("how many values were taken is read from the sentence of old and new servers", () => {
  assert.deepEqual(read(answer("processed: 3; failed: 2; total: 5; seconds spent: 0.000055")), {
    understood: true,
    processed: 3,
    failed: 2,
  });
  assert.deepEqual(read(answer("Processed 1 Failed 0 Total 1 Seconds spent 0.000048")), {
    understood: true,
    processed: 1,
    failed: 0,
  });
});

test("an answer that does not add up is no answer", () => {
  for (const text of [
    answer("processed: 3; failed: 2; total: 6; seconds spent: 0.1"),
    answer("all right"),
    answer(undefined),
    answer("not allowed", "failed"),
    '"success"',
    "null",
    "[]",
    "<html>",
    "",
  ])
    assert.equal(read(text).understood, false, text);
});

test("the reason that a server gives is told, cut to a line", () => {
  const told = read(answer("x".repeat(100_000), "failed"));
  assert.ok(!told.understood && told.problem.length === 200);
});
