import assert from "node:assert/strict";
import type { ConnectionHead } from "../../src/model/connection-head.ts";
import { historySteps, sliceOf, startOf, type ConnectionSlice } from "../../src/model/connection-history.ts";
import type { TroubleEvent } from "../../src/model/event.ts";
import { aVerdict, busySample } from "../support/connections.ts";
import type { Clauses } from "./clauses.ts";
import type { EventQuery } from "../../src/store/queries.ts";
import { addHosts, belief, event, quick, shortRetention, startMs, write } from "./samples.ts";

const [{ stepMs, keptMs, blockMs }] = historySteps;
const firstMs = startOf(startMs, blockMs);
const slice = (atMs: number, step: number = stepMs): ConnectionSlice =>
  sliceOf(busySample(atMs), undefined, step);
const all = { stepMs, fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, tops: true };

const trouble = (index: number, more: Partial<TroubleEvent> = {}): TroubleEvent => ({
  id: `trouble-${index}`,
  kind: "trouble",
  atMs: firstMs + index,
  observedAtMs: firstMs,
  hostId: "host-0",
  trouble: aVerdict({ sources: [{ remote: "203.0.113.7", count: 900 }] }),
  ...more,
});

export const connections: Clauses = {
  "trouble stands among the events, found by kind, host, port and who is named": async ({
    writer,
    reader,
  }) => {
    const told = [
      trouble(0),
      trouble(1, { kind: "trouble-worse", trouble: aVerdict({ severity: "critical" }) }),
      trouble(2, { hostId: "host-1", trouble: aVerdict({ kind: "listen-overflow", port: 443 }) }),
    ];
    await writer.transaction(quick, async (changes) => {
      await addHosts(changes, 2);
      const one = belief(0, 0);
      await changes.saveBeliefs([write(one, { event: event(one, "new", firstMs + 10) })]);
      await changes.addTroubleEvents(told);
    });
    const all = await reader.events({ sort: "atMs" });
    assert.deepEqual(
      all.rows.slice(0, 3),
      told.map((one) => ({
        ...one,
        hostName: all.rows.find(({ hostId }) => hostId === one.hostId)?.hostName,
      })),
    );
    assert.equal(all.rows.length, 4);
    const ids = async (query: EventQuery): Promise<string[]> =>
      (await reader.events({ sort: "atMs", ...query })).rows.map(({ id }) => id);
    assert.deepEqual(await ids({ kinds: ["trouble"] }), ["trouble-0", "trouble-2"]);
    assert.deepEqual(await ids({ hostId: "host-1" }), ["trouble-2"]);
    assert.deepEqual(await ids({ q: "203.0.113.7" }), ["trouble-0"]);
    assert.deepEqual(await ids({ port: { first: 443, last: 443 }, kinds: ["trouble"] }), ["trouble-2"]);
    assert.deepEqual(await ids({ port: { first: 0, last: 65_535 }, kinds: ["trouble-worse"] }), []);
    const [bucket] = await reader.eventHistogram({ fromMs: firstMs, toMs: firstMs + 100, bucketMs: 100 });
    assert.deepEqual([bucket?.new, bucket?.trouble, bucket?.["trouble-worse"]], [1, 2, 1]);
  },
  "what is found of a host is held until it is found otherwise, and a host that left is not told": async ({
    writer,
    reader,
  }) => {
    const sample = busySample(firstMs);
    const head = { atMs: firstMs, clockShiftMs: 0, counters: null, open: [slice(firstMs)] };
    const found = {
      firing: [aVerdict()],
      odd: [{ remote: "203.0.113.7", isPrefix: false, sockets: 9, score: 2.5, reasons: [] }],
    };
    await writer.transaction(quick, async (changes) => {
      await addHosts(changes, 3);
      for (const hostId of ["host-0", "host-1", "host-2"]) {
        await changes.saveConnectionHead(hostId, head, sample);
        await changes.saveConnectionFindings(hostId, hostId === "host-2" ? { firing: [], odd: [] } : found);
      }
      const left = await changes.host("host-1");
      assert.ok(left);
      await changes.saveHost({ ...left, retiredAtMs: firstMs });
      assert.deepEqual(await changes.connectionSample("host-0"), sample);
      assert.equal(await changes.connectionMemory("host-0"), undefined);
      await changes.saveConnectionMemory("host-0", { form: 1 });
      await changes.saveConnectionMemory("host-0", { form: 2 });
      assert.deepEqual(await changes.connectionMemory("host-0"), { form: 2 });
    });
    assert.deepEqual(
      (await reader.connectionFindings()).map(({ hostId, atMs, firing, odd }) => [hostId, atMs, firing, odd]),
      [["host-0", firstMs, found.firing, found.odd]],
    );
    const rows = await writer.rowsWritten();
    await writer.transaction(quick, (changes) => changes.saveConnectionFindings("host-0", found));
    assert.equal(await writer.rowsWritten(), rows);
    await writer.transaction(quick, (changes) =>
      changes.saveConnectionFindings("host-0", { firing: [], odd: [] }),
    );
    assert.deepEqual(await reader.connectionFindings(), []);
    assert.deepEqual((await reader.connectionFindingsOf("host-0"))?.firing, []);
    assert.equal(await reader.connectionFindingsOf("nobody"), undefined);
  },
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
