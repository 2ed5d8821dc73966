// F11: a server that stops and starts again at any moment decides as one that never stopped.
import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { play } from "../support/story.ts";

const history = fc
  .array(fc.constantFrom("#", "#", "#", ".", ".", " ", "A", "B", "*", "?", "a", "~"), { maxLength: 24 })
  .map((marks) => marks.join(""));

const waitsMs = [500, 1_000, 2_000, 2_001, 3_600_000, 86_400_000, 3 * 86_400_000];

test("10,000 histories are told alike with and without restarts between, in full and in differences", () => {
  let events = 0;
  fc.assert(
    fc.property(
      history,
      fc.constantFrom("tcp", "udp"),
      fc.array(fc.constantFrom(...waitsMs), { minLength: 24, maxLength: 24 }),
      fc.array(fc.boolean(), { minLength: 24, maxLength: 24 }),
      fc.boolean(),
      (marks, transport, waits, restarts, fresh) => {
        let sum = 0;
        const times = waits.map((wait) => (sum += wait));
        const clock = (startMs: number, column: number) => ({
          nowMs: startMs + (times[column] ?? 0),
          clockStepMs: 0,
        });
        const options = { transport, fresh, clock, stepMs: 0 } as const;
        const calm = play(marks, options);
        assert.deepEqual(play(marks, { ...options, reloads: (column) => restarts[column] ?? false }), calm);
        assert.deepEqual(
          play(marks, { ...options, sparse: true, reloads: (column) => restarts[column] ?? false }),
          calm,
        );
        events += calm.events.length;
      },
    ),
    { numRuns: 10_000 },
  );
  assert.ok(events > 10_000, `${events} events`);
});
