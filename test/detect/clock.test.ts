// F12: the server's clock jumps; nothing is told that did not happen, and what happens is still told.
import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { listener, process } from "../support/listener.ts";
import { type Memory, nothing, reloaded, takeIn } from "../support/story.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Below it the server takes a step for drift. */
const noticedMs = 500;

const jumps = [hourMs, -hourMs, dayMs, -dayMs, 400, -400, 128, -128, 3_000, -3_000, 60_000];

interface Server {
  memory: Memory;
  offsetMs: number;
  notedOffsetMs: number;
}

/** A source that looks every 2 s, and again after 1 s when asked. */
function watch(
  lengthMs: number,
  isUp: (trueMs: number) => boolean,
  jumpAt: (lookNumber: number) => number,
  restartAt: (lookNumber: number) => boolean = () => false,
): { told: string[]; server: Server } {
  const server: Server = { memory: nothing, offsetMs: 0, notedOffsetMs: 0 };
  const told: string[] = [];
  let number = 0;
  for (let trueMs = 0; trueMs <= lengthMs; number++) {
    server.offsetMs += jumpAt(number);
    if (restartAt(number)) {
      server.memory = reloaded(server.memory);
      server.notedOffsetMs = server.offsetMs;
    }
    const step = server.offsetMs - server.notedOffsetMs;
    const listeners = isUp(trueMs) ? [listener({ port: 443 }, [process(7, "served")])] : [];
    const { memory, outcome } = takeIn(
      server.memory,
      { basis: "full", listeners, gone: [] },
      {
        nowMs: 1_800_000_000_000 + trueMs + server.offsetMs,
        clockStepMs: Math.abs(step) < noticedMs ? 0 : step,
      },
    );
    server.memory = memory;
    server.notedOffsetMs = server.offsetMs;
    told.push(...outcome.events.map(({ kind }) => kind));
    trueMs += outcome.pending ? 1_000 : 2_000;
  }
  return { told, server };
}

const jumpList = fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.constantFrom(...jumps)), {
  minLength: 40,
  maxLength: 40,
});

test("a port that stays is never down and never new, however the clock jumps and the server restarts", () => {
  fc.assert(
    fc.property(jumpList, fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), (steps, restarts) => {
      const { told } = watch(
        60_000,
        () => true,
        (look) => steps[look % 40] ?? 0,
        (look) => restarts[look % 40] ?? false,
      );
      assert.deepEqual(told, []);
    }),
    { numRuns: 2_000 },
  );
});

test("restarts shorter than 1.5 s stay silent while the clock jumps back and forth", () => {
  fc.assert(
    fc.property(
      jumpList,
      fc.array(fc.integer({ min: 1_000, max: 58_000 }), { maxLength: 6 }),
      fc.integer({ min: 1, max: 1_500 }),
      (steps, stops, lastsMs) => {
        const apart = stops.filter((at, index) =>
          stops.every((other, i) => i >= index || Math.abs(other - at) > 5_000),
        );
        const isUp = (trueMs: number): boolean => !apart.some((at) => trueMs >= at && trueMs < at + lastsMs);
        assert.deepEqual(watch(60_000, isUp, (look) => steps[look % 40] ?? 0).told, []);
      },
    ),
    { numRuns: 2_000 },
  );
});

test("a real stop is told within 6 s of true time, and its end as recovered, whatever the clock shows", () => {
  fc.assert(
    fc.property(jumpList, (steps) => {
      const isUp = (trueMs: number): boolean => trueMs < 20_000 || trueMs >= 26_000;
      const { told } = watch(60_000, isUp, (look) => steps[look % 40] ?? 0);
      // A clock that is days ahead when it returns is past the look-back: then it is new again.
      const sum = Math.max(
        ...steps.map((_, index) => Math.abs(steps.slice(0, index + 1).reduce((a, b) => a + b, 0))),
      );
      assert.equal(told[0], "down");
      if (sum < dayMs) assert.deepEqual(told, ["down", "recovered"]);
      assert.equal(told.length, 2);
    }),
    { numRuns: 1_000 },
  );
});

test("a clock set back while the server was down delays a down and loses none", () => {
  const { told } = watch(
    60_000,
    (trueMs) => trueMs < 20_000,
    (look) => (look === 11 ? -dayMs : 0),
    (look) => look === 11,
  );
  assert.deepEqual(told, ["down"]);
});
