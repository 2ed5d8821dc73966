import assert from "node:assert/strict";
import { PortolanError } from "../../src/base/errors.ts";
import type { Clauses } from "./clauses.ts";
import { addHosts, belief, quick, write } from "./samples.ts";

export const transactions: Clauses = {
  "a transaction that throws leaves nothing behind, and the next one works": async ({ writer, reader }) => {
    await writer.transaction(quick, (changes) => addHosts(changes, 1));
    const failing = writer.transaction(quick, async (changes) => {
      await changes.saveBeliefs([write(belief(0, 1))]);
      throw new PortolanError("invalid", "no");
    });
    const next = writer.transaction(quick, (changes) => changes.saveBeliefs([write(belief(0, 2))]));
    await assert.rejects(failing, { code: "invalid" });
    await next;
    assert.deepEqual(
      (await reader.ports({})).rows.map((row) => row.port),
      [belief(0, 2).port],
    );
  },
  "one that fails after it wrote takes nothing from those that came with it": async ({ writer, reader }) => {
    await writer.transaction(quick, (changes) => addHosts(changes, 1));
    const save = (index: number) =>
      writer.transaction(quick, async (changes) => {
        await changes.saveBeliefs([write(belief(0, index))]);
        return index;
      });
    const fail = async (index: number) => {
      const failing = writer.transaction(quick, async (changes) => {
        await changes.saveBeliefs([write(belief(0, index))]);
        throw new PortolanError("conflict", "no");
      });
      await assert.rejects(failing, { code: "conflict" });
    };
    const all = [save(1), save(2), fail(3), save(4), fail(5), fail(6), save(7)];
    assert.deepEqual(await Promise.all(all), [1, 2, undefined, 4, undefined, undefined, 7]);
    assert.deepEqual(
      new Set((await reader.ports({})).rows.map(({ port }) => port)),
      new Set([1, 2, 4, 7].map((index) => belief(0, index).port)),
    );
  },
};
