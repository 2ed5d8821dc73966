import assert from "node:assert/strict";
import test from "node:test";
import { blockade, type Blockade } from "./blockade.ts";

const waitMs = (): number => 200;
const width = 1_000;

/** Two hosts that have answered at 0 ms, by their pairs 7 and 1,007. */
function watched(loss = 0): { readonly watch: Blockade; readonly told: string[] } {
  const told: string[] = [];
  const watch = blockade(3, width, () => loss, {
    held: (host) => told.push(`held ${host}`),
    back: (host) => told.push(`back ${host}`),
  });
  watch.heard(0, 7, 0);
  watch.heard(1, 1_007, 0);
  return { watch, told };
}

/** The questions of a while, in steps of 10 ms; `answers` says whether a host does. */
function run(watch: Blockade, fromMs: number, toMs: number, answers: (host: number) => boolean): number[] {
  const asked: number[] = [];
  for (let nowMs = fromMs; nowMs < toMs; nowMs += 10) {
    const pair = watch.next(nowMs, waitMs, () => false);
    if (pair === undefined) continue;
    asked.push(pair);
    const host = Math.floor(pair / width);
    if (answers(host)) watch.heard(host, pair, nowMs);
  }
  return asked;
}

const ask = (watch: Blockade, host: number, count: number): void => {
  for (let index = 0; index < count; index += 1) watch.asked(host);
};

test("a silence is doubted after 64 probes, and one answer ends the doubt; the next needs twice as many", () => {
  const { watch, told } = watched();
  ask(watch, 0, 64);
  assert.deepEqual(
    run(watch, 0, 1_000, () => true),
    [],
  );
  ask(watch, 0, 1);
  assert.ok(run(watch, 1_000, 2_000, () => true).includes(7));
  ask(watch, 0, 120);
  assert.deepEqual(
    run(watch, 2_000, 3_000, () => true),
    [],
  );
  assert.deepEqual(told, []);
});

test("a host that stays silent is held after three questions and blocked after eight, slowly", () => {
  const { watch, told } = watched();
  ask(watch, 0, 65);
  const answers = (host: number): boolean => host !== 0;
  run(watch, 0, 500, answers);
  assert.ok(!watch.isHeld(0));
  run(watch, 500, 2_000, answers);
  assert.ok(watch.isHeld(0) && !watch.isBlocked(0));
  run(watch, 2_000, 5_000, answers);
  assert.ok(watch.isBlocked(0) && !watch.allBlocked());
  assert.deepEqual(watch.blockedHosts(), [0]);
  assert.deepEqual(told, ["held 0"]);
  watch.heard(0, 7, 5_000);
  assert.deepEqual(told, ["held 0", "back 0"]);
  assert.deepEqual(watch.blockedHosts(), []);
});

test("when nobody answers, everyone is held, and blocked", () => {
  const { watch, told } = watched();
  ask(watch, 2, 200);
  run(watch, 0, 5_000, () => false);
  assert.ok(watch.allHeld() && watch.allBlocked());
  assert.deepEqual(told, ["held -1"]);
  assert.equal(watch.allAnsweredMs(), 0);
});

test("where much gets lost more silence is needed", () => {
  const { watch } = watched(0.5);
  ask(watch, 0, 65);
  run(watch, 0, 6_000, (host) => host !== 0);
  assert.ok(!watch.isBlocked(0));
  run(watch, 6_000, 20_000, (host) => host !== 0);
  assert.ok(watch.isBlocked(0));
});

test("who has never answered is never doubted; a review doubts a short silence too", () => {
  const { watch } = watched();
  ask(watch, 2, 50);
  ask(watch, 1, 3);
  assert.ok(watch.isSure());
  watch.review((host) => host !== 0);
  assert.ok(!watch.isSure());
  const asked = run(watch, 0, 1_000, () => true);
  assert.ok(asked.includes(1_007) && !asked.some((pair) => pair >= 2_000));
  assert.ok(watch.isSure());
});
