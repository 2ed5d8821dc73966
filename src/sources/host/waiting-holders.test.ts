import assert from "node:assert/strict";
import test from "node:test";
import type { Process } from "../../model/process.ts";
import { WaitingHolders } from "./waiting-holders.ts";

const leaky = { pid: 7, name: "leaky" } as Process;

test("a holder is searched for once, and remembered while its socket waits", () => {
  let nowMs = 0;
  const asked: number[][] = [];
  const waiting = new WaitingHolders(
    (inodes) => {
      asked.push([...inodes]);
      nowMs += 10;
      return {
        holders: new Map([
          [1, leaky],
          [2, leaky],
        ]),
        limit: null,
      };
    },
    { nowMs: () => nowMs, monotonicMs: () => nowMs },
  );
  const sample = (...inodes: number[]): void => {
    waiting.clear();
    for (const inode of inodes) waiting.meet(inode, "CLOSE-WAIT");
    waiting.search();
  };
  sample(1, 9);
  assert.deepEqual([...waiting.held()], [[leaky, { "CLOSE-WAIT": 1, "SYN-SENT": 0 }]]);
  nowMs += 1_000;
  sample(1, 2, 9);
  assert.deepEqual(asked, [[1, 9]], "it rests for 500 times as long as the search took");
  nowMs += 5_000;
  sample(1, 2, 9);
  assert.deepEqual(asked, [[1, 9], [2]]);
  assert.equal(waiting.held().get(leaky)?.["CLOSE-WAIT"], 2);
  sample();
  assert.equal(waiting.held().size, 0);
});
