import assert from "node:assert/strict";
import test from "node:test";
import { answerShare } from "./answer-share.ts";

const windows = 8;
const certain = 0.1;

/** One window after the other, of so many questions and answers each. */
function asking() {
  const share = answerShare(windows);
  let window = 0;
  return {
    ...share,
    say(asked: number, answered: number, chanceMax = certain) {
      window = (window + 1) % windows;
      for (let count = 0; count < asked; count += 1) share.sent(window);
      for (let count = 0; count < answered; count += 1) share.answered(window);
      return share.weigh(window, 2 * asked, chanceMax);
    },
  };
}

test("the first share is what is usual, whatever it is; half of it is loss", () => {
  const { say } = asking();
  assert.deepEqual(say(10_000, 6_000), { sentPerWindow: 20_000, loss: 0, isLoss: false });
  assert.equal(say(10_000, 5_900)?.isLoss, false);
  const found = say(10_000, 3_000);
  assert.ok(found?.isLoss === true && Math.abs(found.loss - 0.5) < 0.01);
});

test("few answers are weighed together until they say something", () => {
  const { say } = asking();
  assert.equal(say(12, 12), null);
  assert.equal(say(12, 12, 0.25)?.isLoss, false);
  assert.equal(say(8, 4), null);
  assert.equal(say(8, 3)?.isLoss, true);
});

test("what chance could explain is neither loss nor a reason to go on, until it must be decided", () => {
  const { say } = asking();
  say(40, 40);
  const found = Array.from({ length: 64 }, (_, round) => say(2, round % 10 === 0 ? 1 : 2, 0.01));
  assert.ok(found.slice(0, 63).every((each) => each === null));
  assert.equal(found[63]?.isLoss, true);
});

test("a share that was learned on a full path is given up for a better one", () => {
  const { say } = asking();
  say(1_000, 500);
  assert.equal(say(1_000, 1_000)?.isLoss, false);
  assert.equal(say(1_000, 500)?.isLoss, true);
});

test("when others are asked another share is usual, and what was dropped was never said", () => {
  const { say, forget, drop, sent, weigh } = asking();
  say(1_000, 900);
  forget();
  assert.equal(say(10_000, 2_000)?.isLoss, false);
  sent(5);
  drop(5);
  assert.equal(weigh(5, 0, certain), null);
});
