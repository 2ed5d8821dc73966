import assert from "node:assert/strict";
import type { ConnectionHead } from "../../src/model/connection-head.ts";
import { historySteps, sliceOf, startOf, type ConnectionSlice } from "../../src/model/connection-history.ts";
import { busySample } from "../support/connections.ts";
import type { Clauses } from "./clauses.ts";
import { addHosts, quick, shortRetention, startMs } from "./samples.ts";

const [{ stepMs, keptMs, blockMs }] = historySteps;
const firstMs = startOf(startMs, blockMs);
const slice = (atMs: number, step: number = stepMs): ConnectionSlice =>
  sliceOf(busySample(atMs), undefined, step);
const all = { stepMs, fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, tops: true };

export const connections: Clauses = {
  "slices of a series come back in their order, of the stretch that was asked for": async ({
    writer,
    reader,
  }) => {
    const slices = Array.from({ length: 150 }, (_, index) => slice(firstMs + index * stepMs));
    await writer.transaction(quick, async (changes) => {
      await addHosts(changes, 2);
      for (const each of slices) {
        const at = { stepMs, atMs: each.startMs };
        await changes.changeConnectionBlock("host-0", at, (held) => [...held, each]);
      }
      const other = slice(firstMs + 7);
      await changes.changeConnectionBlock(null, { stepMs, atMs: other.startMs }, () => [other]);
    });
    assert.deepEqual(await reader.connectionSlices({ ...all, hostId: "host-0" }), slices);
    assert.deepEqual(await reader.connectionSlices({ ...all, hostId: "host-1" }), []);
    assert.deepEqual(await reader.connectionSlices({ ...all, hostId: "nobody" }), []);
    assert.equal((await reader.connectionSlices({ ...all, hostId: null })).length, 1);
    const [fromMs, toMs] = [firstMs + 55 * stepMs, firstMs + 131 * stepMs];
    const part = await reader.connectionSlices({ ...all, hostId: "host-0", fromMs, toMs });
    assert.deepEqual(part, slices.slice(55, 131));
    const bare = await reader.connectionSlices({ ...all, hostId: "host-0", tops: false });
    assert.ok(bare.every(({ tops }) => tops.every((rows) => rows.length === 0)));
  },
  "the head of a host is held with its open stretches and its last sample whole": async ({
    writer,
    reader,
  }) => {
    const sample = busySample(firstMs);
    const head: ConnectionHead = {
      atMs: firstMs,
      clockShiftMs: -7_000,
      counters: sample.counters,
      open: historySteps.map((step) => slice(firstMs, step.stepMs)),
    };
    await writer.transaction(quick, async (changes) => {
      await addHosts(changes, 2);
      assert.equal(await changes.connectionHead("host-0"), undefined);
      await changes.saveConnectionHead("host-0", head, busySample(firstMs - 10_000));
      await changes.saveConnectionHead("host-0", head, sample);
      assert.deepEqual(await changes.connectionHead("host-0"), head);
    });
    assert.equal(await reader.connectionLatest("host-1"), undefined);
    const latest = await reader.connectionLatest("host-0");
    assert.deepEqual(latest?.sample, sample);
    const [told, ...others] = await reader.connectionHosts();
    assert.deepEqual({ ...told, sample }, latest);
    assert.deepEqual(others, []);
    assert.deepEqual([told?.hostId, told?.atMs, told?.tcp], ["host-0", firstMs, sample.tcp]);
    assert.equal(told?.connections, Object.values(sample.tcp).reduce((a, b) => a + b) - sample.tcp.LISTEN);
    for (const [index, step] of historySteps.entries()) {
      const open = await reader.connectionSlices({ ...all, hostId: "host-0", stepMs: step.stepMs });
      assert.deepEqual(open, [head.open[index]]);
    }
  },
  "a block leaves once all of it is older than its step is kept": async ({ writer, reader }) => {
    await writer.transaction(quick, async (changes) => {
      await addHosts(changes, 1);
      for (const step of historySteps) {
        const old = slice(firstMs, step.stepMs);
        const at = { stepMs: step.stepMs, atMs: old.startMs };
        await changes.changeConnectionBlock("host-0", at, () => [old]);
      }
    });
    const pruneAt = (nowMs: number) =>
      writer.transaction(quick, (changes) => changes.prune(shortRetention, nowMs));
    const left = async (): Promise<number[]> => {
      const slices = historySteps.map((step) =>
        reader.connectionSlices({ ...all, hostId: "host-0", stepMs: step.stepMs }),
      );
      return (await Promise.all(slices)).map(({ length }) => length);
    };
    assert.equal(await pruneAt(firstMs + blockMs + keptMs), 0);
    assert.equal(await pruneAt(firstMs + blockMs + keptMs + 1), 1);
    assert.deepEqual(await left(), [0, 1, 1]);
    assert.equal(await pruneAt(firstMs + 400 * 86_400_000), 2);
    assert.deepEqual(await left(), [0, 0, 0]);
  },
};
