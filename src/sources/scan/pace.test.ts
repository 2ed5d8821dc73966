import assert from "node:assert/strict";
import test from "node:test";
import { pace } from "./pace.ts";
import { witnesses } from "./sweep.ts";
import { tickMs, ticks } from "./probe-cookie.ts";

const answerMs = 20;

/** A path that carries everything, and hosts that answer after `answerMs`, or do not. */
function road(packetsPerSecond: number | null) {
  const speed = pace({ bytesPerSecond: null, packetsPerSecond, probeBytes: 58 });
  const arriving: { readonly atMs: number; readonly tick: number }[] = [];
  let nowMs = 0;
  return {
    forget: () => speed.forget(),
    packetsPerSecond: () => speed.packetsPerSecond(),
    /** Sends what is allowed until then; the lowest rate meanwhile. */
    until(toMs: number, isAnswered: () => boolean): number {
      let lowest = Number.POSITIVE_INFINITY;
      for (; nowMs < toMs; nowMs += 1) {
        while ((arriving[0]?.atMs ?? Number.POSITIVE_INFINITY) <= nowMs)
          speed.answered(arriving.shift()?.tick ?? 0, witnesses.firstTry);
        speed.judge(nowMs, 100);
        const allowed = speed.allowance(nowMs);
        const tick = Math.floor(nowMs / tickMs) % ticks;
        for (let count = 0; count < allowed; count += 1) {
          speed.sent(tick, witnesses.firstTry);
          if (isAnswered()) arriving.push({ atMs: nowMs + answerMs, tick });
        }
        speed.spent(allowed);
        lowest = Math.min(lowest, speed.packetsPerSecond());
      }
      return lowest;
    },
  };
}

/** All but every so many. */
const allBut = (every: number): (() => boolean) => {
  let count = 0;
  return () => (count += 1) % every !== 0;
};

test("who is asked may change again and again: answers of the former never pass for loss among the present", () => {
  const { forget, until } = road(5_000);
  let lowest = until(2_000, () => true);
  for (let ms = 2_050; ms <= 4_000; ms += 50) {
    forget();
    lowest = Math.min(lowest, until(ms, allBut(10)));
  }
  lowest = Math.min(lowest, until(8_000, allBut(10)));
  assert.equal(lowest, 5_000);
});

test("fewer answers from the same hosts mean that the path is full", () => {
  const { until } = road(5_000);
  until(2_000, () => true);
  const lowest = until(4_000, allBut(2));
  assert.ok(lowest < 4_000, `${lowest}`);
});

test("after a second in which little came back it soon sends as fast as before", () => {
  const { until, packetsPerSecond } = road(null);
  until(1_500, () => true);
  const before = packetsPerSecond();
  assert.ok(before >= 4_000, `${before}`);
  until(2_500, allBut(2));
  assert.ok(packetsPerSecond() < before / 4, `${packetsPerSecond()}`);
  until(5_500, allBut(50));
  assert.ok(packetsPerSecond() > before / 2, `${packetsPerSecond()}`);
});

test("a timer that comes late costs nothing, and makes no burst that a path does not know", () => {
  const slow = pace({ bytesPerSecond: 125_000, packetsPerSecond: null, probeBytes: 58 });
  slow.allowance(0);
  assert.equal(slow.allowance(15), Math.floor(1 + (15 * 0.98 * 125) / 58));
  assert.ok(slow.allowance(10_000) < 50);
  const fast = pace({ bytesPerSecond: null, packetsPerSecond: 100_000, probeBytes: 58 });
  fast.allowance(0);
  assert.ok(fast.allowance(10_000) <= 400);
});

test("what the kernel refuses slows down once for each rate that was tried, not for each refusal", () => {
  const speed = pace({ bytesPerSecond: null, packetsPerSecond: 10_000, probeBytes: 58 });
  for (let nowMs = 0; nowMs < 1_000; nowMs += 1) {
    speed.refused();
    speed.judge(nowMs, 100);
  }
  assert.ok(speed.packetsPerSecond() < 9_000 && speed.packetsPerSecond() > 5_000);
});
