// Floods, leaks and crowds made for real: what is told, how soon, and who is named.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import test, { after, describe } from "node:test";
import { sampleEveryMs } from "../../src/agent/connection-watch.ts";
import {
  nothingWatched,
  watchConnections,
  type ConnectionMemory,
  type ConnectionOutcome,
} from "../../src/detect/connections/watch.ts";
import type { ConnectionSample } from "../../src/model/connection-sample.ts";
import type { ConnectionVerdict, ConnectionVerdictKind } from "../../src/model/connection-verdict.ts";
import { whyNoNamespaces } from "../support/namespace.ts";
import { openField, type Field } from "./field.ts";

const usualLoad = 20;
const usualSamples = 3;
const historyMs = 2 * 3_600_000;
const historyStepMs = 10_000;
const policy = { expected: [] };
/** What is told must be told by then. */
const toldMsMax = 10_000;
/** As `ConnectionsTaken` asks the agent for a second opinion. */
const againMs = 1_000;
/** Counters of a namespace begin with it: as if it had stood for long. */
const countedBefore = 1e6;

const reason = whyNoNamespaces("python3", "sysctl");

/** A host that was watched for two hours under its usual load. */
class Watched {
  readonly #field: Field;
  #memory: ConnectionMemory = nothingWatched;

  constructor(field: Field) {
    this.#field = field;
  }

  async learn(): Promise<void> {
    const usual: ConnectionSample[] = [];
    for (let count = 0; count < usualSamples; count += 1) {
      await sleep(1_000);
      usual.push(await this.#sample());
    }
    const last = usual.at(-1) as ConnectionSample;
    for (let ago = historyMs; ago > 0; ago -= historyStepMs) {
      const sample = usual[(ago / historyStepMs) % usualSamples] as ConnectionSample;
      const handshakes = (last.counters?.passiveOpens ?? 0) - (ago / 1_000) * usualLoad;
      const { counters } = last;
      this.take({
        ...sample,
        atMs: last.atMs - ago,
        counters: counters && { ...counters, passiveOpens: handshakes },
      });
    }
    for (const sample of usual) this.take(sample);
  }

  async look(): Promise<ConnectionOutcome> {
    return this.take(await this.#sample());
  }

  async #sample(): Promise<ConnectionSample> {
    const sample = await this.#field.sample();
    const { counters } = sample;
    const passiveOpens = (counters?.passiveOpens ?? 0) + countedBefore;
    return { ...sample, counters: counters && { ...counters, passiveOpens } };
  }

  take(sample: ConnectionSample): ConnectionOutcome {
    const outcome = watchConnections(this.#memory, sample, policy);
    this.#memory = outcome.memory;
    return outcome;
  }

  /** Looks as the agent does, until an alarm of this kind fires; and after how long. */
  async untilAlarm(kind: ConnectionVerdictKind): Promise<{ verdict: ConnectionVerdict; ms: number }> {
    const startMs = performance.now();
    for (let waitMs = sampleEveryMs; performance.now() - startMs < 3 * toldMsMax;) {
      await sleep(waitMs);
      const { firing, lookAgain } = await this.look();
      const verdict = firing.find((one) => one.kind === kind && one.severity !== "look");
      if (verdict) return { verdict, ms: performance.now() - startMs };
      waitMs = lookAgain ? againMs : sampleEveryMs;
    }
    throw new Error(`no ${kind} within ${3 * toldMsMax} ms`);
  }
}

describe("floods made for real", { skip: reason ?? false, concurrency: 3 }, () => {
  const onField = (name: string, work: (watched: Watched, field: Field) => Promise<void>): void => {
    test(name, async () => {
      const field = await openField();
      try {
        await field.begin(["load", String(usualLoad)]);
        const watched = new Watched(field);
        await watched.learn();
        await work(watched, field);
      } finally {
        await field.close();
      }
    });
  };
  const told: string[] = [];
  after(() => console.log(told.join("\n")));

  const isForged = (remote: string): boolean => remote.startsWith("198.19.");
  for (const [sources, rate] of [
    [1, 200],
    [100, 500],
    [60_000, 2_000],
  ] as const) {
    onField(
      `a SYN flood from ${sources} addresses is told in time, and nobody else is named`,
      async (watched, field) => {
        await field.begin(["syn", String(sources), String(rate)]);
        const { verdict, ms } = await watched.untilAlarm("syn-flood");
        told.push(
          `SYN flood from ${sources}: ${verdict.severity} after ${ms.toFixed(0)} ms, ${verdict.sources.length} named`,
        );
        assert.ok(ms <= toldMsMax, `${ms} ms`);
        assert.deepEqual(
          verdict.sources.filter(({ remote }) => !isForged(remote)),
          [],
        );
        if (sources === 1)
          assert.deepEqual(
            verdict.sources.map(({ remote }) => remote),
            ["198.19.0.1"],
          );
        if (sources === 100) assert.ok(verdict.sources.length > 0);
      },
    );
  }

  onField(
    "six hundred connections that send half a request are told in time, with who holds them",
    async (watched, field) => {
      await field.begin(["hold", "600"]);
      const { verdict, ms } = await watched.untilAlarm("connection-flood");
      told.push(`600 held connections: ${verdict.severity} after ${ms.toFixed(0)} ms`);
      assert.ok(ms <= toldMsMax, `${ms} ms`);
      assert.deepEqual(
        verdict.sources.map(({ remote }) => remote),
        ["198.18.0.250"],
      );
    },
  );

  onField(
    "a host that tries three hundred others is told in time, with its process",
    async (watched, field) => {
      await field.begin(["tried", "300"], true);
      const { verdict, ms } = await watched.untilAlarm("syn-sent-fan-out");
      told.push(
        `300 machines tried: ${verdict.severity} after ${ms.toFixed(0)} ms, by ${verdict.process?.name}`,
      );
      assert.ok(ms <= toldMsMax, `${ms} ms`);
      assert.match(verdict.process?.name ?? "", /python3/);
    },
  );

  onField(
    "connections that a process never closes are told after two minutes of them, with the process",
    async (watched, field) => {
      await field.begin(["leak", "40"]);
      await watched.look();
      const leaking = await field.sample();
      assert.equal(leaking.tcp["CLOSE-WAIT"], 40);
      // It stays as it is: what two minutes and a half would show.
      let firing: readonly ConnectionVerdict[] = [];
      for (let seconds = 10; seconds <= 150; seconds += 10)
        firing = watched.take({ ...leaking, atMs: leaking.atMs + seconds * 1_000 }).firing;
      const leak = firing.find(({ kind, severity }) => kind === "close-wait-leak" && severity !== "look");
      assert.match(leak?.process?.name ?? "", /python3/);
    },
  );

  onField("ten times the usual load is no alarm", async (watched, field) => {
    await field.begin(["load", String(usualLoad * 9)]);
    for (let looks = 0; looks < 5; looks += 1) {
      await sleep(sampleEveryMs);
      const { firing, memory } = await watched.look();
      assert.deepEqual(
        firing.filter(({ severity }) => severity !== "look").map(({ kind }) => kind),
        [],
      );
      assert.ok((memory.last?.counters?.passiveOpens ?? 0) > countedBefore);
    }
  });
});
