import assert from "node:assert/strict";
import test from "node:test";
import { ingest } from "../../src/app/ingest.ts";
import { intakeBytesMax, type IntakeBatch } from "../../src/model/intake.ts";
import { bytesOf, fleetAgent, fresh } from "../store/fleet.ts";
import { rule } from "../support/rule.ts";
import { ask, enrolHost, freshFolder, moment, openIngest } from "./crew.ts";

const startMs = 1_790_000_000_000;

async function oneHost(t: test.TestContext) {
  const folder = freshFolder(t);
  const context = await openIngest(folder);
  t.after(() => context.writer.close());
  const hostId = await enrolHost(context, 0, startMs);
  let nowMs = startMs;
  const send = (body: Uint8Array) => ingest(context, { hostId, body }, moment((nowMs += 1_000)));
  const written = () => context.writer.rowsWritten();
  return { folder, context, hostId, send, written };
}

test("F5 an answer that was lost is given again, and nothing is written", async (t) => {
  const { folder, send, written } = await oneHost(t);
  const source = fleetAgent(0);
  await send(bytesOf(source.batch({ basis: "full" })));
  const body = bytesOf(source.batch({ basis: "delta", listeners: [fresh(0, 1)] }));
  const first = await send(body);
  const rows = await written();
  for (let again = 0; again < 3; again += 1) {
    const answer = await send(body);
    assert.deepEqual(answer.answer, { ...first.answer, replayed: true });
  }
  assert.equal(await written(), rows);
  assert.equal(ask(folder, "select * from events").length, 1);
});

test("a look without change writes the source's row and nothing else", async (t) => {
  const { send, written } = await oneHost(t);
  const source = fleetAgent(0);
  const listeners = Array.from({ length: 200 }, (_, number) => fresh(0, number));
  await send(bytesOf(source.batch({ basis: "full", listeners })));
  for (const look of [{ basis: "same" }, { basis: "full", listeners }] as const) {
    const before = await written();
    await send(bytesOf(source.batch(look)));
    assert.equal((await written()) - before, 1, look.basis);
  }
});

test("batches out of order, reused ids and missing bases are refused with the reason", async (t) => {
  const { folder, send } = await oneHost(t);
  const source = fleetAgent(0);
  const stale = source.batch({ basis: "full" });
  const full = source.batch({ basis: "full", listeners: [fresh(0, 1)] });
  await send(bytesOf(full));
  const refusals: readonly (readonly [IntakeBatch, string])[] = [
    [stale, "out-of-order"],
    [{ ...full, look: { ...full.look, listeners: [] } }, "batch-id-reused"],
    [fleetAgent(0).batch({ basis: "delta", listeners: [fresh(0, 2)] }), "full-look-needed"],
    [fleetAgent(0).batch({ basis: "same" }), "full-look-needed"],
  ];
  for (const [batch, reason] of refusals) {
    await assert.rejects(send(bytesOf(batch)), (error: { code: string; details: { reason: string } }) => {
      assert.deepEqual([error.code, error.details.reason], ["conflict", reason]);
      return true;
    });
  }
  const second = fleetAgent(0);
  await send(bytesOf(second.batch({ basis: "full", listeners: [fresh(0, 1)] })));
  await assert.rejects(
    send(bytesOf(source.batch({ basis: "same" }))),
    { code: "conflict" },
    "a former run is over",
  );
  assert.equal(ask(folder, "select * from events").length, 0);
});

test("malformed and oversized bodies are invalid, and nothing of them is stored", async (t) => {
  const { folder, send, written } = await oneHost(t);
  const before = await written();
  const good = fleetAgent(0).batch({ basis: "full", listeners: [fresh(0, 1)] });
  const text = JSON.stringify(good);
  const bodies: readonly Uint8Array[] = [
    Buffer.from(""),
    Buffer.from("null"),
    Buffer.from("[]"),
    Buffer.from(text.slice(0, -10)),
    Buffer.from(text.replace('"port":', '"port":-')),
    Buffer.from(text.replace('"basis":"full"', '"basis":"most"')),
    Buffer.from(text.replace('"sequence":1', '"sequence":0.5')),
    Buffer.from(`{"__proto__":{"x":1},${text.slice(1)}`),
    Buffer.from([0xff, 0xfe, 0x00]),
    Buffer.from("[".repeat(100_000)),
    Buffer.alloc(intakeBytesMax + 1, 0x20),
  ];
  for (const [index, body] of bodies.entries()) {
    await assert.rejects(send(body), { code: "invalid" }, `body ${index}`);
  }
  assert.equal(await written(), before);
  assert.equal(ask(folder, "select * from beliefs").length, 0);
});

test("the token decides the host: what a body says of itself only describes it", async (t) => {
  const { folder, context, send } = await oneHost(t);
  await enrolHost(context, 1, startMs);
  await send(bytesOf(fleetAgent(1).batch({ basis: "full", listeners: [fresh(1, 1)] })));
  const rows = ask<{ host: number }>(folder, "select host from beliefs");
  assert.deepEqual(rows, [{ host: 1 }]);
  await assert.rejects(
    ingest(
      context,
      { hostId: "nobody", body: bytesOf(fleetAgent(0).batch({ basis: "full" })) },
      moment(startMs),
    ),
    { code: "not-found" },
  );
});

test("a port that a rule hid does not come as new when the rule goes", async (t) => {
  const folder = freshFolder(t);
  const ignored = rule({ action: "ignore", ports: { first: 1_001, last: 1_001 } });
  const strict = await openIngest(folder, [ignored]);
  const hostId = await enrolHost(strict, 0, startMs);
  const source = fleetAgent(0);
  const listeners = [fresh(0, 1), fresh(0, 2)];
  await ingest(
    strict,
    { hostId, body: bytesOf(source.batch({ basis: "full", listeners })) },
    moment(startMs),
  );
  await strict.writer.close();
  assert.equal(ask(folder, "select * from beliefs").length, 1);
  const open = await openIngest(folder);
  t.after(() => open.writer.close());
  const small = source.batch({ basis: "same" });
  await assert.rejects(
    ingest(open, { hostId, body: bytesOf(small) }, moment(startMs + 1_000)),
    (error: { details: { reason: string } }) => {
      assert.equal(error.details.reason, "full-look-needed");
      return true;
    },
  );
  await ingest(
    open,
    { hostId, body: bytesOf(source.batch({ basis: "full", listeners })) },
    moment(startMs + 2_000),
  );
  assert.equal(ask(folder, "select * from beliefs").length, 2);
  assert.equal(ask(folder, "select * from events").length, 0);
});
