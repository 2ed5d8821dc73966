import assert from "node:assert/strict";
import test from "node:test";
import { formatScanWindow, parseScanWindow, windowGate, type NetworkWindow } from "./scan-window.ts";
import { numberTargets } from "./target-set.ts";

function windowOf(text: string): NetworkWindow {
  const parsed = parseScanWindow(text);
  assert.ok("value" in parsed, text);
  return parsed.value;
}
const minuteMs = 60_000;
/** A day that begins at 0. */
const minuteOf = (ms: number): number => Math.floor(ms / minuteMs) % (24 * 60);
const at = (hour: number, minute = 0): number => (hour * 60 + minute) * minuteMs;
const targets = numberTargets({
  ipv4: [
    { first: 0x0a00_0001, last: 0x0a00_0001 },
    { first: 0xc000_0201, last: 0xc000_0201 },
  ],
  ipv6: ["20010db8000000000000000000000001"],
});

test("a window is read, written as it was read, and refused with its place", () => {
  for (const text of ["10.0.0.0/8=22:00-06:00", "2001:db8::/32=00:00-23:59", "192.0.2.1/32=08:30-09:00"])
    assert.equal(formatScanWindow(windowOf(text)), text);
  assert.equal(formatScanWindow(windowOf("192.0.2.1=08:30-09:00")), "192.0.2.1/32=08:30-09:00");
  for (const [text, place] of [
    ["10.0.0.0/8", 10],
    ["10.0.0.0/33=22:00-06:00", 9],
    ["ten=22:00-06:00", 3],
    ["10.0.0.0/8=24:00-06:00", 11],
    ["10.0.0.0/8=22:00-22:00", 11],
    ["10.0.0.0/8=22-6", 11],
  ] as const) {
    const parsed = parseScanWindow(text);
    assert.equal("value" in parsed ? undefined : parsed.at, place, text);
  }
});

test("a window passes midnight, begins with its first minute and ends before its last", () => {
  const gate = windowGate([windowOf("10.0.0.0/8=22:00-06:00")], targets, minuteOf);
  for (const [ms, isClosed] of [
    [at(21, 59), true],
    [at(22), false],
    [at(0), false],
    [at(5, 59), false],
    [at(6), true],
    [at(12), true],
  ] as const) {
    gate.look(ms);
    assert.equal(gate.isClosed(0), isClosed, `${ms}`);
    assert.ok(!gate.isClosed(1) && !gate.isClosed(2));
  }
  assert.equal(gate.opensAtMs(at(12) + 5_000), at(22));
  assert.equal(gate.opensAtMs(at(23)), null);
});

test("an address in several windows waits for all of them; families are kept apart", () => {
  const windows = ["10.0.0.0/8=08:00-12:00", "10.0.0.0/24=10:00-14:00", "2001:db8::/32=01:00-02:00"];
  const gate = windowGate(windows.map(windowOf), targets, minuteOf);
  const closedAt = (ms: number): boolean[] => {
    gate.look(ms);
    return [0, 1, 2].map(gate.isClosed);
  };
  assert.deepEqual(closedAt(at(9)), [true, false, true]);
  assert.deepEqual(closedAt(at(11)), [false, false, true]);
  assert.deepEqual(closedAt(at(1, 30)), [true, false, false]);
});
