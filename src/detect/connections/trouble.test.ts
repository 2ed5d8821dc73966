import assert from "node:assert/strict";
import test from "node:test";
import type { ConnectionSeverity, ConnectionVerdict } from "../../model/connection-verdict.ts";
import type { HeldChange } from "./held-verdict.ts";
import { troubleKind } from "./trouble.ts";

function told(change: HeldChange["change"], severity: ConnectionSeverity, from: HeldChange["from"]) {
  const verdict: ConnectionVerdict = {
    kind: "syn-flood",
    subject: "",
    severity,
    sources: [],
    process: null,
    port: null,
    reasons: [],
    meaning: "flood-from-many",
    advice: [],
    state: change === "resolved" ? "resolved" : "firing",
    sinceMs: 0,
    changedMs: 0,
  };
  return troubleKind({ verdict, change, from });
}

test("an alarm begins, becomes worse and ends as events", () => {
  assert.equal(told("firing", "warning", null), "trouble");
  assert.equal(told("worse", "critical", "warning"), "trouble-worse");
  assert.equal(told("resolved", "critical", "critical"), "trouble-over");
});

test("a look is no event, neither when it begins nor when it ends", () => {
  assert.equal(told("firing", "look", null), null);
  assert.equal(told("resolved", "look", "look"), null);
});

test("a look that becomes an alarm begins as one", () => {
  assert.equal(told("worse", "warning", "look"), "trouble");
  assert.equal(told("worse", "critical", "look"), "trouble");
});
