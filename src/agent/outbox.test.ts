import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import type { IntakeBatch } from "../model/intake.ts";
import type { Look } from "../model/look.ts";
import { Outbox } from "./outbox.ts";
import { Spool } from "./spool.ts";
import type { Delivery } from "./uplink.ts";

function batch(sequence: number, basis: Look["basis"] = "delta"): IntakeBatch {
  const look = { basis, revision: sequence } as Look;
  return { batchId: `b${sequence}`, runId: "r", sequence, look } as IntakeBatch;
}

const accepted: Delivery = {
  outcome: "accepted",
  answer: { batchId: "", replayed: false, events: 0, lookAgainInMs: null, verify: [] },
};
const failed: Delivery = { outcome: "failed", message: "connection refused", retryAfterMs: null };
const fullLookNeeded: Delivery = { outcome: "full-look-needed" };

/** An outbox against a server that is a function of the batch; `run` lets it work until it is idle. */
function rig(answer: (sequence: number, tries: number) => Delivery) {
  const folder = mkdtempSync(join(tmpdir(), "portolan-outbox-"));
  const stop = new AbortController();
  const spool = new Spool(folder);
  const sent: number[] = [];
  const said: string[] = [];
  let fullLooksNeeded = 0;
  const tries = new Map<number, number>();
  const outbox = new Outbox({
    spool,
    random: () => 0,
    signal: stop.signal,
    uplink: {
      send: async (body) => {
        const { sequence } = JSON.parse(body) as IntakeBatch;
        sent.push(sequence);
        tries.set(sequence, (tries.get(sequence) ?? 0) + 1);
        await new Promise((resolve) => setImmediate(resolve));
        return answer(sequence, tries.get(sequence) ?? 0);
      },
      close: () => {},
    },
    events: {
      answered: () => {},
      fullLookNeeded: () => (fullLooksNeeded += 1),
      said: (_level, sentence) => said.push(sentence),
    },
  });
  const running = outbox.run();
  return {
    outbox,
    spool,
    sent,
    said,
    fullLooksNeeded: () => fullLooksNeeded,
    idle: async (): Promise<void> => {
      while (!outbox.isEmpty) await new Promise((resolve) => setTimeout(resolve, 5));
    },
    end: async (): Promise<void> => {
      stop.abort();
      await running;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

test("batches go out one by one in their order, and nothing touches the disk while the server answers", async () => {
  const { outbox, spool, sent, idle, end } = rig(() => accepted);
  for (let sequence = 1; sequence <= 5; sequence += 1) outbox.offer(batch(sequence));
  assert.equal(spool.isEmpty, true);
  await idle();
  assert.deepEqual(sent, [1, 2, 3, 4, 5]);
  await end();
});

test("while the server is away batches wait on disk; back, all arrive in order under their own ids", async () => {
  let away = true;
  const { outbox, spool, sent, said, idle, end } = rig(() => (away ? failed : accepted));
  outbox.offer(batch(1));
  while (sent.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  await new Promise((resolve) => setTimeout(resolve, 10));
  for (let sequence = 2; sequence <= 6; sequence += 1) outbox.offer(batch(sequence));
  assert.equal(spool.isEmpty, false);
  away = false;
  await idle();
  assert.deepEqual(
    sent.filter((sequence, index) => sequence !== sent[index - 1]),
    [1, 2, 3, 4, 5, 6],
  );
  assert.equal(spool.dropped, 0);
  assert.match(said[0] ?? "", /cannot reach the server, looks are kept: connection refused/);
  assert.match(said[1] ?? "", /answers again/);
  await end();
});

test("a server that lost the base is not shown what builds on it, but the next full look", async () => {
  const { outbox, sent, fullLooksNeeded, idle, end } = rig((sequence) =>
    sequence === 1 ? fullLookNeeded : accepted,
  );
  outbox.offer(batch(1));
  outbox.offer(batch(2));
  outbox.offer(batch(3, "full"));
  outbox.offer(batch(4));
  await idle();
  assert.deepEqual(sent, [1, 3, 4]);
  assert.equal(fullLooksNeeded(), 0);
  await end();
});

test("when no full look waits, one is asked for", async () => {
  const { outbox, sent, fullLooksNeeded, idle, end } = rig((sequence) =>
    sequence === 1 ? fullLookNeeded : accepted,
  );
  outbox.offer(batch(1));
  await idle();
  assert.equal(fullLooksNeeded(), 1);
  outbox.offer(batch(2, "full"));
  await idle();
  assert.deepEqual(sent, [1, 2]);
  await end();
});

test("a batch that the server will never take is dropped with its reason, and a full look follows", async () => {
  const { outbox, said, fullLooksNeeded, idle, end } = rig(() => ({
    outcome: "rejected",
    message: "409 out-of-order",
  }));
  outbox.offer(batch(1));
  await idle();
  assert.match(said[0] ?? "", /will not take a batch: 409 out-of-order/);
  assert.equal(fullLooksNeeded(), 1);
  await end();
});

test("what is undelivered at the end is on disk for the next run", async () => {
  const stopped = rig(() => failed);
  stopped.outbox.offer(batch(1));
  stopped.outbox.offer(batch(2));
  await new Promise((resolve) => setTimeout(resolve, 20));
  const record = stopped.spool.peek() ?? "";
  assert.equal((JSON.parse(record) as IntakeBatch).batchId, "b1");
  await stopped.end();
});
