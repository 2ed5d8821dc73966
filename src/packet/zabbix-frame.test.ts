import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { frameBytes } from "../../test/support/zabbix-bytes.ts";
import {
  bareLineBytesMax,
  FrameReader,
  type FrameReading,
  messageBytesMax,
  zabbixFrame,
} from "./zabbix-frame.ts";

const limits = { bytesMax: messageBytesMax, bareLine: true };

function readWhole(bytes: Uint8Array, bytesMax = messageBytesMax, bareLine = true): FrameReading {
  const reader = new FrameReader({ bytesMax, bareLine });
  reader.push(bytes);
  return reader.end();
}

const textOf = (reading: FrameReading): string =>
  reading.state === "complete" ? Buffer.from(reading.data).toString() : JSON.stringify(reading);

test("a frame is the one of the manual, byte for byte", () => {
  assert.equal(
    Buffer.from(zabbixFrame("agent.ping")).toString("latin1"),
    "ZBXD\u0001\u000a\0\0\0\0\0\0\0agent.ping",
  );
});

test("every message comes back from its frame, however the frame was made and cut into chunks", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 600 }),
      fc.boolean(),
      fc.boolean(),
      fc.integer({ min: 1, max: 40 }),
      (message, compressed, large, step) => {
        const bytes =
          compressed || large
            ? frameBytes(message, { compressed, large })
            : Buffer.from(zabbixFrame(message));
        const reader = new FrameReader(limits);
        let reading: FrameReading = { state: "incomplete" };
        for (let at = 0; at < bytes.length; at += step) {
          assert.equal(reading.state, "incomplete");
          reading = reader.push(bytes.subarray(at, at + step));
        }
        assert.equal(textOf(reading), textOf({ state: "complete", data: Buffer.from(message), bare: false }));
      },
    ),
  );
});

test("a key without a frame is read to its line feed, or to the end of the connection", () => {
  assert.deepEqual(readWhole(Buffer.from("agent.ping\nmore")), {
    state: "complete",
    data: new Uint8Array(Buffer.from("agent.ping")),
    bare: true,
  });
  assert.equal(textOf(readWhole(Buffer.from("ZBX.key"))), "ZBX.key");
  assert.equal(new FrameReader(limits).push(Buffer.from("agent.ping")).state, "incomplete");
  assert.equal(readWhole(Buffer.from("")).state, "refused");
  assert.equal(readWhole(Buffer.from("ZBX")).state, "refused");
  assert.equal(readWhole(Buffer.from("x".repeat(bareLineBytesMax + 1))).state, "refused");
  assert.equal(readWhole(Buffer.from("agent.ping\n"), messageBytesMax, false).state, "refused");
});

const refusals: readonly (readonly [string, Buffer])[] = [
  ["16 MB and a byte", frameBytes("", { dataBytes: messageBytesMax + 1 })],
  ["4 GB", frameBytes("", { dataBytes: 0xffff_ffff })],
  ["a large packet of 2^63 bytes", frameBytes("", { large: true, dataBytes: 2 ** 63 })],
  ["a bomb that says so", frameBytes("x", { compressed: true, unpackedBytes: messageBytesMax + 1 })],
  [
    "a bomb that hides it",
    frameBytes(Buffer.alloc(messageBytesMax), { compressed: true, unpackedBytes: 100 }),
  ],
  ["a length that is too large", frameBytes("abc", { compressed: true, unpackedBytes: 4 })],
  ["what is no zlib", frameBytes("abcdefgh", { flags: 3, unpackedBytes: 8 })],
  ["flags of nobody", frameBytes("x", { flags: 0x81 })],
  ["no protocol flag", frameBytes("x", { flags: 0 })],
  ["half a message", frameBytes("abc").subarray(0, 15)],
  ["half a header", frameBytes("abc").subarray(0, 9)],
];

for (const [name, bytes] of refusals)
  test(`${name} is refused`, () => assert.equal(readWhole(bytes).state, "refused"));

test("a message as large as the limit is read, in whatever pieces it comes", () => {
  const message = Buffer.alloc(messageBytesMax, "x");
  for (const compressed of [false, true]) {
    const bytes = frameBytes(message, { compressed });
    const reader = new FrameReader(limits);
    for (let at = 0; at < bytes.length; at += 1_460) reader.push(bytes.subarray(at, at + 1_460));
    const reading = reader.end();
    assert.equal(reading.state === "complete" && reading.data.length, messageBytesMax);
  }
});

test("a smaller limit holds for what travels and for what is unpacked", () => {
  assert.equal(readWhole(frameBytes("x".repeat(100)), 99).state, "refused");
  assert.equal(readWhole(frameBytes("x".repeat(100), { compressed: true }), 99).state, "refused");
  assert.equal(readWhole(frameBytes("x".repeat(99), { compressed: true }), 99).state, "complete");
});
