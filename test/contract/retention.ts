import assert from "node:assert/strict";
import type { Clauses } from "./clauses.ts";
import { addHosts, belief, event, quick, shortRetention, startMs, write } from "./samples.ts";

export const retention: Clauses = {
  "retention takes the old in small slices and nothing else": async ({ writer, reader }) => {
    await writer.transaction(quick, async (changes) => {
      await addHosts(changes, 1);
      for (let index = 0; index < 35; index += 1) {
        const one = belief(0, index, index < 30 ? { state: "down", sinceMs: startMs } : {});
        const atMs = startMs + (index < 30 ? 0 : 5_000);
        await changes.saveBeliefs([write(one, { event: event(one, "down", atMs) })]);
      }
    });
    const rounds: number[] = [];
    for (;;) {
      const taken = await writer.transaction(quick, (changes) =>
        changes.prune(shortRetention, startMs + 3_000),
      );
      rounds.push(taken);
      if (taken === 0) break;
    }
    assert.deepEqual(rounds, [20, 20, 20, 0]);
    assert.deepEqual(
      [
        (await reader.ports({})).total,
        (await reader.ports({ state: "down" })).total,
        (await reader.events({})).total,
      ],
      [5, 0, 5],
    );
    assert.deepEqual((await reader.host("host-0"))?.ports, { up: 5, down: 0 });
  },
  "what is down loses its evidence first, and stays in the port map as long as history is kept": async ({
    writer,
    reader,
  }) => {
    const retention = { ...shortRetention, intervalsMs: 10_000 };
    const down = belief(0, 1, { state: "down", sinceMs: startMs });
    const source = { kind: "agent", vantage: null } as const;
    const evidence = [
      { atMs: startMs, kind: "missed", source, code: "missed", params: { misses: 2 } },
    ] as const;
    await writer.transaction(quick, async (changes) => {
      await addHosts(changes, 1);
      await changes.saveBeliefs([write(belief(0, 1), { turnedAtMs: startMs - 60_000 })]);
      await changes.saveBeliefs([write(down, { turnedAtMs: startMs, evidence })]);
    });
    const pruneAt = (nowMs: number) =>
      writer.transaction(quick, (changes) => changes.prune(retention, nowMs));
    const [listed] = (await reader.ports({ state: "down" })).rows;
    const shown = () => reader.port(listed?.id ?? "", { historyFromMs: 0 });
    assert.equal((await shown())?.evidence.length, 1);
    assert.equal(await pruneAt(startMs + 2_000), 1);
    assert.deepEqual((await shown())?.evidence, []);
    assert.equal((await reader.ports({ atMs: startMs - 1 })).total, 1);
    assert.equal(await pruneAt(startMs + 2_000), 0);
    while ((await pruneAt(startMs + 11_000)) > 0);
    assert.equal(await shown(), undefined);
  },
};
