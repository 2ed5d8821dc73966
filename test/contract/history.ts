import assert from "node:assert/strict";
import type { Clauses } from "./clauses.ts";
import { addHosts, belief, quick, startMs, write } from "./samples.ts";

export const history: Clauses = {
  "the port map of a past moment is what it was then": async ({ writer, reader }) => {
    const before = belief(0, 1);
    const other = belief(0, 2);
    const atMs = startMs + 10_000;
    const down = belief(0, 1, { state: "down", sinceMs: atMs, misses: 2, missingSinceMs: atMs });
    const back = belief(0, 1, { sinceMs: atMs + 5_000, owners: other.owners, processes: other.processes });
    await writer.transaction(quick, async (changes) => {
      await addHosts(changes, 1);
      await changes.saveBeliefs([write(before), write(other)]);
      await changes.saveBeliefs([write(down, { turnedAtMs: atMs })]);
      await changes.saveBeliefs([write(back, { turnedAtMs: atMs + 5_000 })]);
    });
    const at = async (atMs: number) =>
      (await reader.ports({ atMs, sort: "port" })).rows.map((row) => [row.port, row.process]);
    assert.deepEqual(await at(startMs - 1), []);
    assert.deepEqual(await at(atMs - 1), [
      [before.port, "sshd"],
      [other.port, "redis-server"],
    ]);
    assert.deepEqual(await at(atMs), [[other.port, "redis-server"]]);
    assert.deepEqual(await at(atMs + 5_000), [
      [before.port, "redis-server"],
      [other.port, "redis-server"],
    ]);
    assert.equal((await reader.ports({ atMs, q: "redis" })).total, 1);
    const [row] = (await reader.ports({ port: { first: before.port, last: before.port } })).rows;
    const detail = await reader.port(row?.id ?? "", { historyFromMs: 0 });
    assert.deepEqual(
      detail?.intervals.map(({ fromMs, toMs, state }) => [fromMs, toMs, state]),
      [
        [atMs + 5_000, null, "up"],
        [atMs, atMs + 5_000, "down"],
        [before.sinceMs, atMs, "up"],
      ],
    );
  },

  "evidence keeps the first and the newest fifty": async ({ writer, reader }) => {
    const one = belief(0, 1);
    await writer.transaction(quick, async (changes) => {
      await addHosts(changes, 1);
      for (let index = 0; index < 80; index += 1) {
        const evidence = [
          {
            atMs: startMs + index,
            kind: "seen",
            source: { kind: "agent", vantage: null },
            code: "seen",
            params: {},
          },
        ] as const;
        await changes.saveBeliefs([write(one, { evidence })]);
      }
    });
    const [row] = (await reader.ports({})).rows;
    const detail = await reader.port(row?.id ?? "", { historyFromMs: 0 });
    assert.equal(detail?.evidence.length, 50);
    assert.deepEqual(
      [detail?.evidence[0]?.atMs, detail?.evidence[1]?.atMs, detail?.evidence[49]?.atMs],
      [startMs, startMs + 31, startMs + 79],
    );
  },
};
