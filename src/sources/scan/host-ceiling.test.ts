import assert from "node:assert/strict";
import test from "node:test";
import { hostCeiling } from "./host-ceiling.ts";

/** How often each host was asked within a second in which all are asked for as often as may be. */
function asked(limits: Parameters<typeof hostCeiling>[0], networks: number[]): number[] {
  const ceiling = hostCeiling(limits, Uint32Array.from(networks));
  const counts = networks.map(() => 0);
  for (let nowMs = 0; nowMs < 1_000; nowMs += 1) {
    for (const [host] of networks.entries())
      while (ceiling.take(host, nowMs)) counts[host] = (counts[host] ?? 0) + 1;
  }
  return counts;
}

test("each host has a ceiling of its own, however coarse the timer", () => {
  assert.deepEqual(asked({ perHost: 1, perNetwork: null }, [0, 0]), [1, 1]);
  for (const perHost of [10, 900, 5_000]) {
    for (const count of asked({ perHost, perNetwork: null }, [0, 0, 1]))
      assert.ok(count >= perHost && count <= perHost * 1.02 + 2, `${perHost}: ${count}`);
  }
});

test("the hosts of one network share its ceiling, others do not feel it", () => {
  const [one = 0, other = 0, alone = 0] = asked({ perHost: 500, perNetwork: 600 }, [0, 0, 1]);
  assert.ok(one + other <= 615, `${one} + ${other}`);
  assert.ok(alone >= 500 && alone <= 512, `${alone}`);
});

test("what goes out in any case is made up for", () => {
  const ceiling = hostCeiling({ perHost: 10, perNetwork: null }, Uint32Array.of(0));
  for (let count = 0; count < 5; count += 1) ceiling.charge(0, 0);
  assert.ok(!ceiling.take(0, 499));
  assert.ok(ceiling.take(0, 501));
});
