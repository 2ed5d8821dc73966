import assert from "node:assert/strict";
import test from "node:test";
import { allPorts, draftOf, orderOf, usualPorts } from "./plan-draft.ts";

const plan = {
  name: "harbour",
  targets: ["198.18.0.0/28", "label:stage=a b"],
  exclude: ["198.18.0.3"],
  ports: "22,80,8000-8100",
  excludePorts: "8080",
  engine: "syn",
  bandwidth: "1mbit",
  missTarget: 0.001,
  schedule: { kind: "every", minutes: 90 },
  window: { from: "22:00", to: "06:00" },
  enabled: false,
} as const;

test("a plan that is opened and saved untouched is the same plan", () => {
  const orders = [
    { ...plan, targets: [...plan.targets], exclude: [...plan.exclude] },
    { ...plan, targets: ["198.18.0.1"], exclude: [], ports: allPorts, excludePorts: null, window: null },
    {
      ...plan,
      targets: ["::1"],
      exclude: [],
      ports: usualPorts,
      bandwidth: null,
      schedule: { kind: "manual" },
    },
    { ...plan, targets: ["::1"], exclude: [], schedule: { kind: "every", minutes: 120 } },
    { ...plan, targets: ["::1"], exclude: [], schedule: { kind: "daily", at: "02:30" } },
  ] as const;
  for (const order of orders) {
    assert.deepEqual(
      orderOf(draftOf({ ...order, targets: [...order.targets], exclude: [...order.exclude] })),
      order,
    );
  }
});

test("targets stand one a line or by commas, ports with or without spaces", () => {
  const order = orderOf({
    ...draftOf(undefined),
    targets: " 198.18.0.1, 198.18.0.2\n\n198.18.0.3，198.18.0.4 ",
    portsBy: "own",
    ownPorts: " 22, 80 443,",
    bandwidth: " 1 mbit ",
  });
  assert.deepEqual(order.targets, ["198.18.0.1", "198.18.0.2", "198.18.0.3", "198.18.0.4"]);
  assert.equal(order.ports, "22,80,443");
  assert.equal(order.bandwidth, "1mbit");
});
