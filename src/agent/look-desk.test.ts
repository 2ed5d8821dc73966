import assert from "node:assert/strict";
import { createServer } from "node:net";
import test, { type TestContext } from "node:test";
import { systemClock } from "../base/clock.ts";
import type { IntakeAnswer, IntakeBatch } from "../model/intake.ts";
import type { ScanAssignment } from "../model/scan-plan.ts";
import type { Scan } from "../sources/scan/scan.ts";
import { verifyDefaults } from "../sources/scan/doubt.ts";
import { createLookDesk } from "./look-desk.ts";
import type { Delivery } from "./uplink.ts";

const assignment = { runId: "run", node: "here" } as ScanAssignment;

const answer = (verify: readonly string[]): Delivery => ({
  outcome: "accepted",
  answer: { batchId: "", replayed: false, events: 0, lookAgainInMs: 1, verify } satisfies IntakeAnswer,
});

/** A desk whose server is a function of the batch and its number. */
function rig(reply: (batch: IntakeBatch, index: number) => Delivery) {
  const sent: IntakeBatch[] = [];
  const said: string[] = [];
  const desk = createLookDesk(
    {
      link: {
        lease: () => Promise.resolve({ assignment: null }),
        report: () => Promise.resolve({ goOn: true }),
        deliver(batch) {
          sent.push(batch);
          return Promise.resolve(reply(batch, sent.length - 1));
        },
        close: () => {},
      },
      runScan: () => Promise.reject(new Error("unused")),
      clock: systemClock,
      newId: () => "id",
      random: () => 0,
      version: "0",
      say: (_level, sentence) => said.push(sentence),
      signal: new AbortController().signal,
      verifying: { ...verifyDefaults, spacingMs: 1 },
    },
    assignment,
    { scan: {} as Scan, loss: () => 0 },
  );
  return { desk, sent, said };
}

async function listening(t: TestContext): Promise<number> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return (server.address() as { port: number }).port;
}

const told = (batch: IntakeBatch | undefined) =>
  batch?.look.listeners.map(({ address, port }) => `${address}:${port}`);

test("what the server doubts is asked again, and told with just that coverage", async (t) => {
  const [open, closed] = [await listening(t), 1];
  const doubted = [`tcp/127.0.0.1:${open}`, `tcp/127.0.0.1:${closed}`];
  const { desk, sent } = rig((_batch, index) => answer(index === 0 ? doubted : []));
  desk.tell([{ address: "127.0.0.1", coverage: [], open: [] }]);
  await desk.settled();
  assert.equal(sent.length, 2);
  assert.deepEqual(told(sent[1]), [`127.0.0.1:${open}`]);
  assert.deepEqual(sent[1]?.look.coverage[0]?.ports, [
    { first: closed, last: closed },
    { first: open, last: open },
  ]);
  assert.deepEqual(
    sent.map(({ sequence, runId, look }) => [sequence, runId, look.vantage]),
    [
      [1, "run", "here"],
      [2, "run", "here"],
    ],
  );
});

test("a server that never stops doubting is not asked for ever", async () => {
  const { desk, sent } = rig(() => answer(["tcp/127.0.0.1:1"]));
  desk.tell([{ address: "127.0.0.1", coverage: [], open: [] }]);
  await desk.settled();
  assert.equal(sent.length, 7);
});

test("looks at one address never overtake each other", async () => {
  const { desk, sent } = rig((batch) => answer(batch.look.listeners.length > 0 ? ["tcp/127.0.0.1:1"] : []));
  const port = (number: number) => ({ transport: "tcp" as const, port: number });
  desk.tell([
    { address: "127.0.0.1", coverage: [], open: [port(7)] },
    { address: "127.0.0.1", coverage: [], open: [port(8)] },
  ]);
  await desk.settled();
  assert.deepEqual(sent.map(told), [["127.0.0.1:7"], [], ["127.0.0.1:8"], []]);
});

test("a look that the server refuses is told of and let go; one that was lost on the way is sent again", async () => {
  const { desk, sent, said } = rig((_batch, index) =>
    index === 0
      ? { outcome: "failed", message: "gone", retryAfterMs: null }
      : { outcome: "rejected", message: "403 not yours" },
  );
  desk.tell([{ address: "127.0.0.1", coverage: [], open: [] }]);
  await desk.settled();
  assert.equal(sent.length, 2);
  assert.equal(sent[0]?.sequence, sent[1]?.sequence);
  assert.deepEqual(said, ["what was seen of 127.0.0.1 was not taken: 403 not yours"]);
});
