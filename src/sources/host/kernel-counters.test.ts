import assert from "node:assert/strict";
import test from "node:test";
import { tcpCounters } from "./kernel-counters.ts";

test("counters are found by name, wherever they stand", () => {
  const text = [
    "TcpExt: Other ListenDrops SyncookiesSent SyncookiesRecv SyncookiesFailed ListenOverflows",
    "TcpExt: 9 5 1 2 3 4",
    "IpExt: ListenDrops",
    "IpExt: 77",
  ].join("\n");
  assert.deepEqual(tcpCounters(text, "Tcp: ActiveOpens PassiveOpens\nTcp: 6 7\n"), {
    synCookiesSent: 1,
    synCookiesReceived: 2,
    synCookiesFailed: 3,
    listenOverflows: 4,
    listenDrops: 5,
    passiveOpens: 7,
  });
});

test("a counter that the kernel does not have, or that is no number, is null", () => {
  const nothing = {
    synCookiesSent: null,
    synCookiesReceived: null,
    synCookiesFailed: null,
    listenOverflows: null,
    listenDrops: null,
    passiveOpens: null,
  };
  assert.deepEqual(tcpCounters("", ""), nothing);
  assert.deepEqual(tcpCounters("TcpExt: ListenDrops", "Tcp: PassiveOpens"), nothing);
  assert.deepEqual(
    tcpCounters("TcpExt: ListenDrops\nTcpExt: -1\n", "TcpExt: PassiveOpens\nTcpExt: 1\n"),
    nothing,
  );
});
