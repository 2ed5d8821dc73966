import assert from "node:assert/strict";
import { createServer } from "node:net";
import { once } from "node:events";
import test from "node:test";
import { connectionStates } from "../../model/connection-counts.ts";
import { countStates, keptOf } from "./state-counts.ts";
import { connectionStateOf, connectionStateSpellings } from "../../model/connection-state.ts";
import { tcpStateByNumber } from "./tcp-state-names.ts";

const sockstat =
  "sockets: used 86\nTCP: inuse 25 orphan 0 tw 11 alloc 29 mem 198\nUDP: inuse 0 mem 0\nRAW: inuse 0\n";

test("what the kernel keeps is read by name, of both families", () => {
  assert.deepEqual(keptOf(sockstat, "TCP6: inuse 4\nUDP6: inuse 0\n"), { inUse: 29, timeWait: 11 });
  assert.deepEqual(keptOf(sockstat, ""), { inUse: 25, timeWait: 11 });
});

test("a counter that is missing is not taken for 0", () => {
  assert.equal(keptOf("", ""), undefined);
  assert.equal(keptOf("TCP: inuse 25 orphan 0\n", ""), undefined);
  assert.equal(keptOf(sockstat, "UDP6: inuse 0\n"), undefined);
});

test("a listener of ours counts by either way, and only what is asked for is told", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  for (const ffi of [true, false]) {
    const counted = await countStates(new Set(["LISTEN"]), { ffi });
    assert.ok(!("unavailable" in counted));
    assert.ok(counted.counts.LISTEN >= 1);
    assert.deepEqual(Object.keys(counted.counts), [...connectionStates]);
    for (const state of connectionStates) if (state !== "LISTEN") assert.equal(counted.counts[state], 0);
  }
  server.close();
});

test("every number and every spelling of a state is one of the eleven", () => {
  const known = new Set<string | undefined>(connectionStates);
  for (let number = 1; number <= 13; number++) assert.ok(known.has(tcpStateByNumber(number)), String(number));
  assert.equal(tcpStateByNumber(0), undefined);
  assert.equal(tcpStateByNumber(14), undefined);
  for (const spelling of connectionStateSpellings)
    assert.ok(known.has(connectionStateOf(spelling)), spelling);
  for (const [spelling, state] of Object.entries({
    SYN_REC: "SYN-RECEIVED",
    "syn-recv": "SYN-RECEIVED",
    Estab: "ESTABLISHED",
    FIN_WAIT1: "FIN-WAIT-1",
    "fin-wait-2": "FIN-WAIT-2",
    TIMEWAIT: "TIME-WAIT",
    LISTENING: "LISTEN",
    "bound-inactive": "CLOSED",
  })) {
    assert.equal(connectionStateOf(spelling), state);
  }
  assert.equal(connectionStateOf("toString"), undefined);
});
