import assert from "node:assert/strict";
import test from "node:test";
import { listener, process } from "../../test/support/listener.ts";
import { aLook } from "../../test/support/lookout.ts";
import { intakeBytesMax } from "../model/intake.ts";
import type { Listener } from "../model/listener.ts";
import type { Look } from "../model/look.ts";
import { commandLineCharactersMax } from "../model/process.ts";
import { LookFit, cutKeptMs, fits } from "./fit-look.ts";

const served = (port: number, commandLine: string): Listener =>
  listener({ port }, [process(port, "server", { commandLine })]);

/** Listeners on ports 1 … count; quotes double in JSON. */
const fullLook = (count: number, commandLine: string): Look =>
  aLook({ listeners: Array.from({ length: count }, (_, index) => served(index + 1, commandLine)) });

const tooMany = fullLook(3000, '"'.repeat(commandLineCharactersMax));

function fitFullLook(look: Look): Look {
  const told = new LookFit().fit(look, 0);
  assert.ok(told !== undefined);
  return told;
}

test("a look that fits is left as it is", () => {
  const look = fullLook(3000, "server --port");
  assert.equal(fitFullLook(look), look);
});

test("what does not fit leaves listeners and coverage alike, the highest ports first, and it is said", () => {
  const look = fitFullLook(tooMany);
  const last = look.coverage[0]?.ports[0]?.last ?? 0;
  assert.ok(look.listeners.length > 500);
  assert.equal(Math.max(...look.listeners.map(({ port }) => port)), last);
  assert.match(look.limits[0] ?? "", /ports above \d+ are not reported/);
  assert.ok(JSON.stringify(look).length < intakeBytesMax);
});

test("never more than the intake takes: listeners, limits, their length, and each endpoint once", () => {
  const small = fullLook(3, "server");
  const [first] = small.listeners as [Listener];
  const twice = {
    ...small,
    listeners: [...small.listeners, first],
    limits: Array<string>(40).fill("\u200b".repeat(600)),
  };
  assert.equal(fits(twice), false);
  const look = fitFullLook(twice);
  assert.deepEqual(look.listeners, small.listeners);
  assert.equal(look.limits.length, 31);
  assert.ok(look.limits.every((limit) => limit.length === 512 && limit.startsWith("\\u200b")));
  assert.equal(look.coverage, small.coverage);
  const many = aLook({ listeners: Array.from({ length: 20_500 }, (_, port) => ({ ...first, port })) });
  assert.ok(JSON.stringify(many).length < intakeBytesMax);
  const fitted = fitFullLook(many);
  assert.equal(fitted.listeners.length, 20_000);
  assert.deepEqual(fitted.coverage[0]?.ports, [{ first: 0, last: 19_999 }]);
  assert.ok(fits(fitted));
});

test("few listeners may be too much as well", () => {
  const processes = Array.from({ length: 40 }, (_, index) =>
    process(index + 1, "server", { commandLine: "x".repeat(commandLineCharactersMax) }),
  );
  const fat = aLook({
    listeners: Array.from({ length: 90 }, (_, index) => listener({ port: index + 1 }, processes)),
  });
  assert.equal(fits(fat), false);
  assert.ok(fits(fitFullLook(fat)));
});

test("what a cut left out stays out of all that builds on it: listeners, coverage and what is gone", () => {
  const fit = new LookFit();
  const last = fit.fit(tooMany, 0)?.coverage[0]?.ports[0]?.last ?? 0;
  const delta = aLook({
    basis: "delta",
    listeners: [served(last, "inside"), served(last + 1, "outside")],
    gone: [`tcp/0.0.0.0:${last - 1}`, `tcp/0.0.0.0:${last + 2}`],
  });
  for (const look of [delta, aLook({ basis: "same" })]) {
    const told = fit.fit(look, 1);
    for (const { ports } of told?.coverage ?? []) assert.deepEqual(ports, [{ first: 0, last }]);
    assert.match(told?.limits[0] ?? "", /ports above \d+ are not reported/);
  }
  const told = fit.fit(delta, 1);
  assert.deepEqual(told?.listeners, delta.listeners.slice(0, 1));
  assert.deepEqual(told.gone, delta.gone.slice(0, 1));
});

test("a whole look is tried again once something changed, not more often than a cut is kept, and ends the cut", () => {
  const fit = new LookFit();
  assert.equal(fit.wantsFullLook(cutKeptMs), false, "nothing was ever cut");
  fit.fit(tooMany, 0);
  assert.equal(fit.wantsFullLook(cutKeptMs), false, "nothing changed");
  fit.fit(aLook({ basis: "delta" }), 1);
  assert.equal(fit.wantsFullLook(cutKeptMs - 1), false, "too early");
  assert.equal(fit.wantsFullLook(cutKeptMs), true);
  fit.fit(tooMany, cutKeptMs);
  assert.equal(fit.wantsFullLook(2 * cutKeptMs), false, "cut again");
  const whole = fullLook(3, "server");
  assert.equal(fit.fit(whole, 2 * cutKeptMs), whole);
  const delta = aLook({ basis: "delta" });
  assert.equal(fit.fit(delta, 3 * cutKeptMs), delta);
  assert.equal(fit.wantsFullLook(3 * cutKeptMs), false);
});
