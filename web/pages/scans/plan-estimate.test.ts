import assert from "node:assert/strict";
import test from "node:test";
import { planEstimate, type PlanEstimate } from "./plan-estimate.ts";

interface Asked {
  readonly targets: string[];
  readonly exclude?: string[];
  readonly ports?: string;
  readonly excludePorts?: string;
  readonly bandwidth?: string;
}

function estimate({ targets, exclude = [], ports = "80", excludePorts, bandwidth }: Asked): PlanEstimate {
  const rest = { excludePorts: excludePorts ?? null, bandwidth: bandwidth ?? null };
  return planEstimate({ targets, exclude, ports, ...rest }, []);
}

test("addresses of any spelling are counted once, exclusions are taken away", () => {
  const cases = [
    [["192.0.2.1"], [], 1],
    [["192.0.2.0/24", "192.0.2.7", "192.0.2.200-192.0.3.9"], [], 266],
    [["192.0.2.1-20"], ["192.0.2.5-6", "192.0.2.20/32"], 17],
    [["192.0.2.9/28"], [], 16],
    [["2001:db8::1", "2001:DB8:0::1", "2001:db8::/120"], [], 257],
    [["192.0.2.1", "2001:db8::1"], [], 2],
  ] as const;
  for (const [targets, exclude, count] of cases) {
    assert.equal(estimate({ targets: [...targets], exclude: [...exclude] }).addresses, count, targets.join());
  }
});

test("what cannot be counted here is unknown, not guessed", () => {
  const unknown = [
    ["label:stage=lab"],
    ["192.0.2.1", "what"],
    ["192.0.2.9-192.0.2.1"],
    ["192.0.2.256"],
    ["192.0.2.0/33"],
    ["2001:db8::/64"],
    ["1.2.3.4."],
  ];
  for (const targets of unknown) {
    const { addresses, packets, bytes, seconds } = estimate({ targets, bandwidth: "1mbit" });
    assert.deepEqual(
      { addresses, packets, bytes, seconds },
      { addresses: null, packets: null, bytes: null, seconds: null },
    );
  }
  assert.equal(estimate({ targets: ["2001:db8::/120"], exclude: ["2001:db8::1"] }).addresses, null);
  assert.equal(estimate({ targets: ["192.0.2.1"], ports: "22,x" }).ports, null);
  assert.equal(estimate({ targets: ["192.0.2.1"], bandwidth: "fast" }).seconds, null);
});

test("packets, bytes and time follow from addresses, ports and bandwidth", () => {
  const found = estimate({
    targets: ["192.0.2.0/24"],
    ports: "-",
    excludePorts: "1-535",
    bandwidth: "1Mbit",
  });
  assert.equal(found.ports, 65_000);
  assert.equal(found.packets, 16_640_000);
  assert.equal(found.bytes, 16_640_000 * 58);
  assert.equal(found.seconds, (16_640_000 * 58 * 8) / 1e6);
  assert.equal(estimate({ targets: ["2001:db8::1"] }).bytes, 78);
});
