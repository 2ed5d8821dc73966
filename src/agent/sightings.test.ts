import assert from "node:assert/strict";
import test from "node:test";
import type { Finding } from "../sources/scan/scan.ts";
import { createSightings, heldMs } from "./sightings.ts";

function rig() {
  let nowMs = 0;
  const sightings = createSightings({ nowMs: () => nowMs, monotonicMs: () => nowMs });
  return { sightings, wait: (ms: number) => void (nowMs += ms) };
}

const found = (address: string, port: number, state: Finding["state"] = "open"): Finding => ({
  address,
  port,
  transport: "tcp",
  state,
  reason: "syn-ack",
});

test("a finding is told once, and not before it has been held", () => {
  const { sightings, wait } = rig();
  sightings.found(found("192.0.2.1", 80));
  assert.deepEqual(sightings.due(), []);
  wait(heldMs - 1);
  sightings.found(found("192.0.2.1", 22));
  wait(1);
  assert.deepEqual(
    sightings.due().map(({ open }) => open),
    [[{ transport: "tcp", port: 80 }]],
  );
  wait(heldMs);
  assert.deepEqual(sightings.due(), [
    {
      address: "192.0.2.1",
      coverage: [
        {
          transport: "tcp",
          addresses: ["192.0.2.1"],
          ports: [{ first: 22, last: 22 }],
          networkNamespaces: [null],
        },
      ],
      open: [{ transport: "tcp", port: 22 }],
    },
  ]);
  wait(heldMs);
  assert.deepEqual(sightings.due(), []);
  assert.deepEqual(
    sightings.openAt("192.0.2.1").map(({ port }) => port),
    [80, 22],
  );
});

test("of an address that answers on every port nothing is told, whenever that comes to light", () => {
  const { sightings, wait } = rig();
  sightings.found(found("192.0.2.1", 80));
  sightings.found(found("192.0.2.2", 80));
  sightings.everywhere("192.0.2.1");
  sightings.found(found("192.0.2.1", 81));
  wait(heldMs);
  assert.deepEqual(
    sightings.due().map(({ address }) => address),
    ["192.0.2.2"],
  );
  assert.deepEqual(sightings.addresses(), ["192.0.2.2"]);
  assert.ok(sightings.isEverywhere("192.0.2.1"));
});

test("only what is open is a sighting", () => {
  const { sightings } = rig();
  sightings.found(found("192.0.2.1", 161, "open|filtered"));
  assert.deepEqual(sightings.addresses(), []);
});
