import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { fullCoverage, listener, process } from "../../test/support/listener.ts";
import { aLook } from "../../test/support/lookout.ts";
import { systemClock } from "../base/clock.ts";
import type { IntakeBatch } from "../model/intake.ts";
import type { Listener } from "../model/listener.ts";
import type { Look } from "../model/look.ts";
import { commandLineCharactersMax } from "../model/process.ts";
import { failedLooksMax, runAgent } from "./agent.ts";
import type { AgentEnd } from "./agent.ts";
import { cutKeptMs } from "./fit-look.ts";
import { Spool } from "./spool.ts";
import type { Delivery } from "./uplink.ts";

const intervalMs = 20;

const look = (basis: Look["basis"], limits: readonly string[] = []): Look =>
  aLook({ basis, limits, coverage: [] });

function accepted(batchId: string, lookAgainInMs: number | null = null): Delivery {
  return { outcome: "accepted", answer: { batchId, replayed: false, events: 0, lookAgainInMs, verify: [] } };
}

interface Script {
  readonly look: (index: number) => Look;
  readonly fullLook?: () => Look;
  readonly answer?: (batch: IntakeBatch, index: number) => Delivery;
  readonly intervalMs?: number;
  /** The clock jumps by so much with the look of this index. */
  readonly jump?: { readonly index: number; readonly ms: number };
}

/** Runs an agent until `enough` batches were sent or `looks` looks were taken. */
async function run(script: Script, enough: { readonly batches?: number; readonly looks?: number }) {
  const folder = mkdtempSync(join(tmpdir(), "portolan-agent-"));
  const stop = new AbortController();
  const sent: IntakeBatch[] = [];
  const looks: { readonly atMs: number; readonly full: boolean }[] = [];
  const said: string[] = [];
  let ids = 0;
  let jumpedMs = 0;
  const take = (full: boolean): Look => {
    looks.push({ atMs: performance.now(), full });
    if (looks.length >= (enough.looks ?? 200)) stop.abort();
    if (looks.length - 1 === script.jump?.index) jumpedMs += script.jump.ms;
    return full ? (script.fullLook?.() ?? look("full")) : script.look(looks.length - 1);
  };
  try {
    const end: AgentEnd = await runAgent({
      looker: { look: () => take(false), fullLook: () => take(true) },
      host: () => ({ hostname: "h", machineId: null, addresses: [], operatingSystem: null }),
      uplink: {
        send: (body) => {
          const batch = JSON.parse(body) as IntakeBatch;
          sent.push(batch);
          if (sent.length >= (enough.batches ?? 200)) stop.abort();
          return Promise.resolve(script.answer?.(batch, sent.length - 1) ?? accepted(batch.batchId));
        },
        close: () => {},
      },
      spool: new Spool(folder),
      version: "1",
      intervalMs: script.intervalMs ?? intervalMs,
      clock: { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + jumpedMs },
      newId: () => `id-${(ids += 1)}`,
      random: () => 0,
      say: (_level, sentence) => said.push(sentence),
      signal: stop.signal,
    });
    return { end, sent, looks, said };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const firstFull = (index: number): Look => look(index === 0 ? "full" : "same");

test("a quiet host is looked at each interval and told of once", async () => {
  const { sent, looks, end } = await run({ look: firstFull }, { looks: 10 });
  assert.deepEqual(end, { asked: true });
  assert.deepEqual(
    sent.map((batch) => [batch.sequence, batch.look.basis]),
    [[1, "full"]],
  );
  const spanMs = (looks.at(-1)?.atMs ?? 0) - (looks[0]?.atMs ?? 0);
  assert.ok(spanMs >= 9 * intervalMs - 5, `${spanMs} ms`);
});

test("a change is told at once, each batch under its own id, in one run", async () => {
  const { sent } = await run({ look: (index) => look(index === 0 ? "full" : "delta") }, { batches: 4 });
  assert.deepEqual(
    sent.map((batch) => [batch.sequence, batch.look.basis]),
    [
      [1, "full"],
      [2, "delta"],
      [3, "delta"],
      [4, "delta"],
    ],
  );
  assert.equal(new Set(sent.map(({ batchId }) => batchId)).size, 4);
  assert.equal(new Set(sent.map(({ runId }) => runId)).size, 1);
});

test("when the server wants another look, it comes then and is told even if nothing changed", async () => {
  const script: Script = {
    look: firstFull,
    answer: (batch, index) => accepted(batch.batchId, index === 0 ? 5 : null),
    intervalMs: 600_000,
  };
  const { sent, looks } = await run(script, { batches: 2 });
  assert.deepEqual(
    sent.map((batch) => batch.look.basis),
    ["full", "same"],
  );
  assert.equal(looks.length, 2);
});

test("a server that lost the base is sent a full look at once", async () => {
  const script: Script = {
    look: (index) => look(index === 1 ? "delta" : firstFull(index).basis),
    answer: (batch) =>
      batch.look.basis === "delta" ? { outcome: "full-look-needed" } : accepted(batch.batchId),
  };
  const { sent, looks } = await run(script, { batches: 3 });
  assert.deepEqual(
    sent.map((batch) => batch.look.basis),
    ["full", "delta", "full"],
  );
  assert.ok(looks.some(({ full }) => full));
});

test("a new limit is news, a changed figure in it is not", async () => {
  const limits = ["", "owners: 3 unknown", "owners: 4 unknown", "owners: 5 unknown"];
  const script: Script = {
    look: (index) =>
      look(index === 0 ? "full" : "same", limits[index] ? [limits[index]] : ["owners: 6 unknown"]),
  };
  const { sent } = await run(
    { look: (index) => (index === 0 ? look("full") : script.look(index)) },
    { looks: 8 },
  );
  assert.equal(sent.length, 2);
  assert.deepEqual(sent[1]?.look.limits, ["owners: 3 unknown"]);
});

test("looks that fail are told, and too many in a row end the agent with the reason", async () => {
  const script: Script = {
    look: () => {
      throw new Error("no memory");
    },
  };
  const { end, looks, said } = await run(script, {});
  assert.equal(looks.length, failedLooksMax);
  assert.match(said[0] ?? "", /a look failed: no memory/);
  assert.match(end.asked ? "" : end.why, /5 looks failed in a row: no memory/);
});

test("what a full look had to leave out is left out of every later one, until one holds all again", async () => {
  const served = (port: number, commandLine: string): Listener =>
    listener({ port }, [process(port, "server", { commandLine })]);
  const [low, high] = [served(1, "another"), served(40_000, "server")];
  let all = Array.from({ length: 3000 }, (_, index) =>
    served(index + 1, '"'.repeat(commandLineCharactersMax)),
  );
  const looks: readonly (() => Look)[] = [
    () => aLook({ listeners: all }),
    () => aLook({ basis: "delta", listeners: [low, high], gone: ["tcp/0.0.0.0:2999", "tcp/0.0.0.0:2"] }),
    () => aLook({ basis: "same", limits: ["news"] }),
    () => {
      all = [low, high];
      return aLook({ basis: "delta", gone: ["tcp/0.0.0.0:3"] });
    },
  ];
  const { sent } = await run(
    {
      look: (index) => looks[index]?.() ?? aLook({ basis: "same" }),
      fullLook: () => aLook({ listeners: all }),
      jump: { index: 3, ms: cutKeptMs },
    },
    { batches: 5 },
  );
  const told = sent.map((batch) => batch.look);
  const last = told[0]?.coverage[0]?.ports[0]?.last ?? 0;
  assert.ok(last > 500 && last < 2999, `${last}`);
  assert.deepEqual(
    told.map(({ basis }) => basis),
    ["full", "delta", "same", "delta", "full"],
  );
  for (const { coverage, limits } of told.slice(0, 4)) {
    for (const { ports } of coverage) assert.deepEqual(ports, [{ first: 0, last }]);
    assert.match(limits.at(-1) ?? "", /are not reported/);
  }
  assert.deepEqual(told[1]?.listeners, [low]);
  assert.deepEqual(told[1].gone, ["tcp/0.0.0.0:2"]);
  assert.deepEqual(told[4]?.listeners, [low, high]);
  assert.deepEqual(told[4].coverage, fullCoverage);
  assert.deepEqual(told[4].limits, []);
});
