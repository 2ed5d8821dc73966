import assert from "node:assert/strict";
import test from "node:test";
import type { ConnectionFinding } from "../../model/connection-verdict.ts";
import { type Held, heldMax, hold } from "./held-verdict.ts";
import type { Confirmed } from "./situation.ts";

const finding: ConnectionFinding = {
  kind: "syn-flood",
  subject: "",
  severity: "look",
  sources: [],
  process: null,
  port: null,
  reasons: [],
  meaning: "handshakes-stay-open",
  advice: ["watch"],
};

/** `l` a look, believed after 20 s; `w` a warning, after 1 s; `W` one that is sure; `C` critical and sure. */
const marks: Readonly<Record<string, Confirmed>> = {
  l: { finding, confirmMs: 20_000 },
  w: { finding: { ...finding, severity: "warning" }, confirmMs: 1_000 },
  W: { finding: { ...finding, severity: "warning" }, confirmMs: 0 },
  C: { finding: { ...finding, severity: "critical" }, confirmMs: 0 },
};
const letters = { firing: "f", worse: "x", resolved: "r" } as const;

/** One column per sample, 10 s apart; `.` nothing found. Answers with what was told below each. */
function tell(history: string, elapsedMs: (column: number) => number = () => 10_000): string {
  let held: readonly Held[] = [];
  return Array.from(history, (mark, column) => {
    const found = marks[mark];
    const step = hold(held, found ? [found] : [], column * 10_000, elapsedMs(column));
    // As it comes back from storage.
    held = JSON.parse(JSON.stringify(step.held)) as Held[];
    return step.changes.map(({ change }) => letters[change]).join("") || "-";
  }).join("");
}

test("what one sample proves is told at once, what may be chance with the second", () => {
  assert.equal(tell("..W."), "--f-");
  assert.equal(tell("..ww"), "---f");
  assert.equal(tell("..w.w.w."), "--------");
  assert.equal(tell(".lll"), "---f");
});

test("a verdict ends after a minute without", () => {
  assert.equal(tell("W......"), "f-----r");
  assert.equal(tell("W.....W......"), "f-----------r");
});

test("it becomes worse, but not better before it ends", () => {
  assert.equal(tell("WCWW......"), "fx-------r");
  assert.equal(tell("lllww"), "--f-x");
  assert.equal(tell("lllw.l"), "--f---");
});

test("a worse finding that waits must be confirmed by itself", () => {
  assert.equal(tell("lw.ll"), "-----");
  assert.equal(tell("lww"), "--f");
});

test("each relapse takes twice as long to end, so that pulses are one verdict", () => {
  const history = "W......W............W.......................W";
  assert.equal(tell(history), "f-----rf-----------rf------------------------");
});

test("what came back but was not believed is no relapse", () => {
  assert.equal(tell("W......w.w.w.W............"), "f-----r------f-----------r");
});

test("a clock that stands or jumps back neither confirms nor ends anything", () => {
  assert.equal(
    tell("wwwwww", () => 0),
    "------",
  );
  assert.equal(
    tell("W.........", () => 0),
    "f---------",
  );
});

test("no more is held than there is room for, and what fires stays", () => {
  const many = Array.from({ length: 500 }, (_, index): Confirmed => ({
    finding: { ...finding, severity: "warning", subject: `tcp/${index}` },
    confirmMs: index < 30 ? 0 : 9_000,
  }));
  const { held } = hold([], many, 0, 0);
  assert.equal(held.length, heldMax);
  assert.equal(held.filter(({ state }) => state === "firing").length, 30);
});
