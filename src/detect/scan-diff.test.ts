import assert from "node:assert/strict";
import test from "node:test";
import type { PortState } from "../model/port-state.ts";
import type { ScanResult } from "../model/scan-result.ts";
import { diffScans } from "./scan-diff.ts";

const scan = (
  hosts: Readonly<Record<string, Readonly<Record<number, PortState>>>>,
  scanned: ScanResult["scanned"] = null,
): ScanResult => ({
  scanner: "x",
  version: "",
  command: "",
  startedAtMs: null,
  endedAtMs: null,
  complete: true,
  scanned,
  hosts: Object.entries(hosts).map(([address, ports]) => ({
    address,
    complete: true,
    hostnames: [],
    extra: [],
    ports: Object.entries(ports).map(([port, state]) => ({
      transport: "tcp",
      port: Number(port),
      state,
      reason: null,
      service: null,
    })),
  })),
});

const told = (before: ScanResult, after: ScanResult): string[] =>
  diffScans(before, after).differences.map(({ kind, address, port }) => `${kind} ${address}:${port}`);

test("what opened, closed and is only half sure is told; what was closed all along is not", () => {
  const before = scan({ a: { 22: "open", 23: "closed", 80: "open", 443: "open" } });
  const after = scan({ a: { 22: "open", 23: "filtered", 80: "closed", 443: "open|filtered", 8080: "open" } });
  assert.deepEqual(told(before, after), ["down a:80", "changed a:443", "new a:8080"]);
  assert.deepEqual(told(before, before), []);
});

test("a silent port is a difference only to an open one", () => {
  const silent = scan({ a: { 53: "open|filtered", 123: "open|filtered", 161: "open|filtered" } });
  const after = scan({ a: { 53: "open", 161: "closed" } });
  assert.deepEqual(told(silent, after), ["changed a:53"]);
  assert.deepEqual(told(after, silent), ["changed a:53"]);
});

test("a port that the other scan did not ask is no difference, but counted", () => {
  const narrow = scan({ a: { 22: "open" } }, { tcp: [{ first: 1, last: 1023 }] });
  const wide = scan({ a: { 22: "open", 8080: "open" } }, { tcp: [{ first: 1, last: 65_535 }] });
  assert.deepEqual(diffScans(narrow, wide), { differences: [], notCompared: 1, incomplete: 0 });
  assert.deepEqual(diffScans(wide, narrow), { differences: [], notCompared: 1, incomplete: 0 });
});

test("of a scan that was stopped, what it does not name is no difference", () => {
  const whole = scan({ a: { 22: "open", 80: "open" } });
  const stopped = { ...scan({ a: { 22: "open", 23: "open" } }), complete: false };
  assert.deepEqual(told(whole, stopped), ["new a:23"]);
});

test("hosts that only one scan knows are told port by port", () => {
  assert.deepEqual(told(scan({ a: { 22: "open" } }), scan({ b: { 22: "open", 25: "closed" } })), [
    "down a:22",
    "new b:22",
  ]);
});

test("what a scan did not look at to the end is not down, and not new either", () => {
  const before = scan({ a: { 22: "open", 80: "open" }, b: { 22: "open" } });
  const [host, other] = scan({ a: { 22: "open", 443: "open" }, b: {} }).hosts;
  assert.ok(host !== undefined && other !== undefined);
  const after = { ...before, hosts: [{ ...host, complete: false }, other] };
  assert.deepEqual(told(before, after), ["new a:443", "down b:22"]);
  assert.equal(diffScans(before, after).incomplete, 1);
  assert.deepEqual(told(after, before), ["down a:443", "new b:22"]);
  assert.equal(diffScans(before, { ...after, complete: false }).incomplete, null);
});
