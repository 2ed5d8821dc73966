import assert from "node:assert/strict";
import test from "node:test";
import { connectionStates } from "./connection-counts.ts";
import { connectionStateOf } from "./connection-state.ts";

test("every state is known in the spellings of the kernel, ss, netstat, Windows, Zabbix and OpenTelemetry", () => {
  const spellings: Readonly<Record<(typeof connectionStates)[number], readonly string[]>> = {
    LISTEN: ["LISTENING", "Listen", "listen"],
    "SYN-SENT": ["SYN_SENT", "syn-sent", "SynSent"],
    "SYN-RECEIVED": ["SYN_RECV", "SYN-RECV", "SYN_REC", "SYN_RCVD", "SYN_RECEIVED", "NEW_SYN_RECV"],
    ESTABLISHED: ["ESTAB", "established"],
    "FIN-WAIT-1": ["FIN_WAIT1", "FIN_WAIT_1", "fin_wait1"],
    "FIN-WAIT-2": ["FIN_WAIT2", "FIN_WAIT_2", "fin_wait_2"],
    "CLOSE-WAIT": ["CLOSE_WAIT", "close_wait"],
    CLOSING: ["closing"],
    "LAST-ACK": ["LAST_ACK", "last_ack"],
    "TIME-WAIT": ["TIME_WAIT", "time_wait", "TIMEWAIT"],
    CLOSED: ["CLOSE", "close", "UNCONN", "bound-inactive"],
  };
  for (const state of connectionStates)
    for (const spelling of [state, ...spellings[state]])
      assert.equal(connectionStateOf(spelling), state, spelling);
});

test("what is no state is none", () => {
  for (const text of ["", "constructor", "__proto__", "OPEN", "ESTABLISHED ", "-".repeat(100_000)])
    assert.equal(connectionStateOf(text), undefined, text.slice(0, 20));
});
