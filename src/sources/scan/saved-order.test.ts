import assert from "node:assert/strict";
import test from "node:test";
import { cidrOfAddress } from "../../base/cidr.ts";
import { systemClock } from "../../base/clock.ts";
import { readOrder, writeOrder, type SavedOrder } from "./saved-order.ts";

const ipv4Private = cidrOfAddress("10.0.0.1");
assert.ok(ipv4Private !== undefined);
const given = { clock: systemClock, random: () => 0.5 };
const order: SavedOrder = {
  command: "portolan scan 192.0.2.1",
  startedAtMs: 1_700_000_000_000,
  scan: {
    targets: { ipv4: [{ first: 5, last: 9 }], ipv6: ["20010db8000000000000000000000001"] },
    scope: { ipv4: [{ first: 0, last: 99 }], ipv6: ["20010db8000000000000000000000001"] },
    udpPorts: new Uint16Array(),
    excludedUdpPorts: [],
    ports: Uint16Array.of(22, 80, 81),
    excludedPorts: [{ first: 50_000, last: 50_100 }],
    speed: { bytesPerSecond: null, packetsPerSecond: 5_000, perHost: 100, perNetwork: null },
    hostTimeoutMs: 60_000,
    windows: [{ network: ipv4Private, from: 22 * 60, to: 6 * 60 + 30 }],
    missTarget: 0.001,
    device: null,
    seed: 2 ** 32 - 1,
    ...given,
  },
};

test("an order that was saved is the same order when it is read", () => {
  assert.deepEqual(readOrder(writeOrder(order), given), order);
});

test("what no command line could say is refused", () => {
  const saved = JSON.parse(Buffer.from(writeOrder(order)).toString()) as Record<string, unknown>;
  for (const [field, value, problem] of [
    ["version", 2, /another version/],
    ["targets", { ipv4: [{ first: 5, last: 100 }], ipv6: [] }, /outside of its scope/],
    ["targets", { ipv4: [], ipv6: [] }, /size/],
    ["targets", { ipv4: [{ first: 9, last: 5 }], ipv6: [] }, /range/],
    ["targets", { ipv4: [], ipv6: ["::1"] }, /addresses/],
    ["targets", null, /addresses/],
    ["ports", [{ first: 0, last: 65_536 }], /range/],
    ["ports", [null], /range/],
    ["packetsPerSecond", 0, /limit/],
    ["windows", ["10.0.0.0/8"], /window/],
    ["missTarget", "1", /number/],
    ["device", 7, /no order/],
  ] as const) {
    const bytes = Buffer.from(JSON.stringify({ ...saved, [field]: value }));
    assert.throws(() => readOrder(bytes, given), problem, field);
  }
  for (const text of ["", "null", "[]", "{", '"x"'])
    assert.throws(() => readOrder(Buffer.from(text), given), /The saved scan/, text);
});
