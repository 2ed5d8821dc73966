// Mutated frames, requests, keys and answers: no throw, no hang, nothing longer than its limit. `PORTOLAN_FUZZ` sets the
// inputs, `PORTOLAN_FUZZ_SEED` repeats a run.
import assert from "node:assert/strict";
import test from "node:test";
import { FrameReader } from "../../src/packet/zabbix-frame.ts";
import { parseItemKey } from "../../src/packet/zabbix-key.ts";
import { passiveAnswer, readPassiveRequest } from "../../src/packet/zabbix-passive.ts";
import { readSenderAnswer, senderRequest } from "../../src/packet/zabbix-sender.ts";
import { amount } from "../support/amount.ts";
import { randomOf } from "../support/random.ts";
import { frameBytes } from "../support/zabbix-bytes.ts";

const iterations = amount("PORTOLAN_FUZZ", { short: 20_000, long: 1_000_000 });
const seed = Number(process.env["PORTOLAN_FUZZ_SEED"] ?? Date.now() % 1_000_000);
const bytesMax = 4_096;

const inJson = JSON.stringify({
  request: "passive checks",
  data: [{ key: "tcp.status[LISTEN]", timeout: 3 }],
});
const taken = JSON.stringify({ response: "success", info: "processed: 1; failed: 0; total: 1" });
const values = senderRequest([{ host: "h", key: "k", value: "v", clock: 1, ns: 2 }], 1, 2);
const messages = [
  "agent.ping",
  'tcp.status["SYN-RECEIVED",[a,b],c]',
  inJson,
  taken,
  values,
  "x".repeat(3_000),
];
const corpus = messages.flatMap((message) => [
  Buffer.from(`${message}\n`),
  frameBytes(message),
  frameBytes(message, { compressed: true }),
  frameBytes(message, { large: true }),
  frameBytes(message, { compressed: true, large: true }),
  frameBytes(message, { compressed: true, unpackedBytes: 0xffff_ffff }),
  frameBytes(message, { dataBytes: 0xffff_ffff }),
]);

const random = randomOf(seed);
const below = (limit: number): number => Math.floor(random() * limit);

/** A frame with bytes changed, cut out, doubled, or cut off. */
function mutated(): Uint8Array {
  const bytes = Buffer.from(corpus[below(corpus.length)] ?? []);
  // Half of the changes fall into the header, where a byte decides the most.
  const place = (): number => below(random() < 0.5 ? Math.min(22, bytes.length) : bytes.length);
  for (let change = below(5); change > 0; change -= 1) bytes[place()] = below(256);
  const [from, to] = [below(bytes.length), below(bytes.length)];
  const kind = below(6);
  if (kind === 0) return bytes.subarray(0, from);
  if (kind === 1) return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  return bytes;
}

test(`I14: no bytes make a reader throw or hold more than its limit (seed ${seed})`, (t) => {
  const counts = { complete: 0, refused: 0, requests: 0, keys: 0, answers: 0 };
  for (let round = 0; round < iterations; round += 1) {
    const bytes = mutated();
    const reader = new FrameReader({ bytesMax, bareLine: below(2) === 0 });
    for (let at = 0; at < bytes.length;) {
      const step = 1 + below(bytes.length);
      reader.push(bytes.subarray(at, at + step));
      at += step;
    }
    const reading = reader.end();
    assert.notEqual(reading.state, "incomplete");
    if (reading.state !== "complete") {
      counts.refused += 1;
      continue;
    }
    counts.complete += 1;
    assert.ok(reading.data.length <= bytesMax);
    if (readSenderAnswer(reading.data).understood) counts.answers += 1;
    const request = readPassiveRequest(reading.data);
    if ("problem" in request) continue;
    counts.requests += 1;
    for (const key of request.value.keys) if ("value" in parseItemKey(key)) counts.keys += 1;
    const unsupported = request.value.keys.map((key) => ({ unsupported: key }));
    assert.ok(passiveAnswer(request.value.form, unsupported).length > 13);
  }
  for (const [name, count] of Object.entries(counts)) assert.ok(count > 0, `no ${name} among the inputs`);
  t.diagnostic(`${iterations} inputs: ${JSON.stringify(counts)}`);
});
