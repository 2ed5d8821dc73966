import assert from "node:assert/strict";
import test from "node:test";
import { connectionStates, type ConnectionCounts } from "../model/connection-counts.ts";
import type { TrapperValue } from "../sinks/zabbix/trapper-queue.ts";
import type { HostConnections } from "./connections.ts";
import { countsEveryMs, countsTeller } from "./zabbix-counts.ts";

const tcp = Object.fromEntries(connectionStates.map((state, index) => [state, index])) as ConnectionCounts;
const host = (hostName: string, atMs: number, stale = false): HostConnections =>
  ({ hostId: hostName, hostName, atMs, tcp, stale }) as HostConnections;

function rig() {
  const state = { hosts: [] as HostConnections[], waits: new Set<string>() };
  const offered: TrapperValue[] = [];
  const tell = countsTeller(
    { connectionHosts: () => Promise.resolve(state.hosts) },
    { offer: (value) => offered.push(value), waitsFor: ({ host }) => state.waits.has(host) },
    "{shortname}",
  );
  const toldAfter = async (...hosts: HostConnections[]): Promise<readonly string[]> => {
    state.hosts = hosts;
    const before = offered.length;
    await tell();
    return offered.slice(before).map((value) => value.host);
  };
  return { state, offered, toldAfter };
}

test("a host's connections are told once a minute, with all states", async () => {
  const { offered, toldAfter } = rig();
  assert.deepEqual(await toldAfter(host("quay-1.example.org", 0), host("quay-2", 5)), ["quay-1", "quay-2"]);
  assert.deepEqual(await toldAfter(host("quay-1.example.org", countsEveryMs), host("quay-2", 6)), ["quay-1"]);
  const [value] = offered;
  assert.deepEqual([value?.key, value?.atMs], ["portolan.tcp.status", 0]);
  assert.deepEqual(JSON.parse(value?.value ?? ""), { counts: tcp });
  // The clock was set back.
  assert.deepEqual(await toldAfter(host("quay-1.example.org", -countsEveryMs)), ["quay-1"]);
});

test("of a host that is not heard, and of one whose value still waits, nothing is told", async () => {
  const { state, toldAfter } = rig();
  state.waits.add("quay-2");
  assert.deepEqual(await toldAfter(host("quay-1", 0, true), host("quay-2", 0)), []);
  state.waits.clear();
  assert.deepEqual(await toldAfter(host("quay-1", 0), host("quay-2", 0)), ["quay-1", "quay-2"]);
});
