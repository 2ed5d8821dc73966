// Config text and intake bodies from nowhere good: an answer or PortolanError `invalid`, soon, and nothing else.
// PORTOLAN_FUZZ: how many inputs per target.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cpuUsage } from "node:process";
import test from "node:test";
import { PortolanError } from "../../src/base/errors.ts";
import { hasUnsafeCharacters } from "../../src/base/text.ts";
import { loadConfig } from "../../src/config/load.ts";
import { parseIntakeBatch } from "../../src/model/intake-schema.ts";
import { parseHostSelector } from "../../src/model/rule-host.ts";
import { parsePortRange } from "../../src/model/port-range.ts";
import { parseDuration } from "../../src/base/duration.ts";
import { amount } from "../support/amount.ts";
import { fullCoverage, listener, process as madeProcess } from "../support/listener.ts";
import { aBatch } from "../support/lookout.ts";
import { randomOf } from "../support/random.ts";

const inputs = amount("PORTOLAN_FUZZ", { short: 20_000, long: 1_000_000 });
/** One input of at most 64 KB. */
const hangMs = 1_000;

/** A whole number below what is asked. */
function below(seed: number): (limit: number) => number {
  const random = randomOf(seed);
  return (limit) => Math.floor(random() * limit);
}

const pick = <Item>(items: readonly Item[], next: (below: number) => number): Item =>
  items[next(items.length)] as Item;

/** Cuts, doubles, swaps and inserts pieces of text. */
function mutate(text: string, words: readonly string[], next: (below: number) => number): string {
  let mutated = text;
  for (let round = next(4); round >= 0; round--) {
    const at = next(mutated.length + 1);
    const length = next(12);
    const kinds = [
      () => mutated.slice(0, at) + mutated.slice(at + length),
      () => mutated.slice(0, at) + pick(words, next) + mutated.slice(at + next(3)),
      () =>
        mutated.slice(0, at) +
        String.fromCharCode(next(3) === 0 ? next(0x10000) : next(0x80)) +
        mutated.slice(at),
      () => mutated.slice(0, at) + mutated.slice(at, at + length).repeat(next(4)) + mutated.slice(at),
      () => mutated.slice(at) + mutated.slice(0, at),
      () => mutated.slice(0, at) + pick(words, next).repeat(next(40)) + mutated.slice(at),
    ];
    mutated = pick(kinds, next)();
  }
  return mutated;
}

const prototypes = [Object.prototype, Array.prototype, Function.prototype, String.prototype];
const propertiesBefore = prototypes.map((prototype) => Reflect.ownKeys(prototype).length);

function assertPrototypes(): void {
  assert.deepEqual(
    prototypes.map((prototype) => Reflect.ownKeys(prototype).length),
    propertiesBefore,
  );
  assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
}

/** Runs one target; how many were taken, how many refused. */
function fuzz(
  make: (next: (below: number) => number) => string,
  run: (text: string) => void,
): { taken: number; refused: number; slowestMs: number } {
  const tally = { taken: 0, refused: 0, slowestMs: 0 };
  for (let number = 1; number <= inputs; number++) {
    const text = make(below(number));
    const before = cpuUsage();
    try {
      run(text);
      tally.taken += 1;
    } catch (error) {
      const expected = error instanceof PortolanError && error.code === "invalid";
      assert.ok(expected, `input ${number}: ${JSON.stringify(text.slice(0, 500))}: ${String(error)}`);
      assert.ok(
        !hasUnsafeCharacters(error.message.replaceAll("\n", "")),
        `input ${number}: the message is unsafe`,
      );
      tally.refused += 1;
    }
    const { user, system } = cpuUsage(before);
    tally.slowestMs = Math.max(tally.slowestMs, (user + system) / 1_000);
    assert.ok(tally.slowestMs < hangMs, `input ${number} took ${tally.slowestMs} ms`);
  }
  assertPrototypes();
  return tally;
}

const told = ({ taken, refused, slowestMs }: ReturnType<typeof fuzz>): string =>
  `${taken} taken, ${refused} refused, slowest ${slowestMs.toFixed(1)} ms of CPU`;

const fixtures = join(import.meta.dirname, "../../src/config/fixtures");
const complete = readFileSync(join(fixtures, "complete.yml"), "utf8");
const yamlWords = [
  "\n",
  "  ",
  "- ",
  ": ",
  "[",
  "]",
  "{",
  "}",
  "&a ",
  "*a",
  "!!js ",
  "<<: ",
  "? ",
  "|\n",
  ">-\n",
  "'",
  '"',
  "#",
  "---\n",
  "...\n",
  "%YAML 1.1\n",
  "__proto__: ",
  "constructor: ",
  "agent:\n",
  "rules:\n",
  "null",
  "~",
  "0x7fffffffffffffff",
  "1e999",
  "-.inf",
  "\t",
  "\u0000",
  "\u202e",
  "5s",
];

test(`${inputs} mutated configuration files`, (context) => {
  const sections = complete.split(/\n(?=\w)/);
  const tally = fuzz(
    (next) =>
      mutate(Array.from({ length: 1 + next(3) }, () => pick(sections, next)).join("\n"), yamlWords, next),
    (text) => {
      const config = loadConfig({ file: { name: "fuzz.yml", text } });
      const { rules, ...rest } = config;
      assert.equal(hasUnsafeCharacters(JSON.stringify(rest)), false, JSON.stringify(text));
      assert.ok(
        rules.every((rule) => rule.host ?? rule.process ?? rule.ports ?? rule.transport ?? rule.view),
      );
    },
  );
  context.diagnostic(told(tally));
  assert.ok(tally.taken > inputs / 100 && tally.refused > inputs / 10, told(tally));
});

const jsonWords = [
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  '"',
  "null",
  "true",
  "-1",
  "1e999",
  "9007199254740993",
  "0.1",
  '"__proto__":{"polluted":1},',
  '"constructor":{"prototype":{"polluted":1}},',
  '"port":80,',
  '"port":65536,',
  "\\u0000",
  "\\u001b[2J",
  "\\ud800",
  "\\u202e",
  '"same"',
  '"delta"',
  '"any"',
  "[[[[[[[[",
  '{"a":{"a":{"a":',
];

const sample = JSON.stringify(
  aBatch({
    coverage: fullCoverage.slice(0, 1),
    listeners: [listener({}, [madeProcess(5, "served")])],
    startedAtMs: 1,
    endedAtMs: 2,
  }),
);

const oddValues: readonly unknown[] = [
  null,
  true,
  -1,
  0.5,
  65_536,
  2 ** 53,
  "",
  "any",
  "delta",
  "same",
  "::",
  "\u001b[2J",
  "\ud800",
  "x".repeat(5_000),
  [],
  {},
  [[]],
  { __proto__: null, constructor: 1 },
];

/** One value somewhere in the body replaced, removed or joined by another key. */
function mutateBody(next: (below: number) => number): string {
  const body = JSON.parse(sample) as Record<string, unknown>;
  let node: Record<string, unknown> = body;
  for (let depth = next(7); depth > 0; depth--) {
    const below = Object.values(node).filter((child) => typeof child === "object" && child !== null);
    if (below.length > 0) node = pick(below, next) as Record<string, unknown>;
  }
  const keys = Object.keys(node);
  const key = keys.length > 0 && next(8) > 0 ? pick(keys, next) : pick(["__proto__", "extra", "0"], next);
  if (next(6) === 0) delete node[key];
  else
    Object.defineProperty(node, key, { value: pick(oddValues, next), enumerable: true, configurable: true });
  return JSON.stringify(body);
}

test(`${inputs} mutated intake bodies`, (context) => {
  const tally = fuzz(
    (next) => (next(2) === 0 ? mutate(sample, jsonWords, next) : mutateBody(next)),
    (text) => {
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch (error) {
        throw new PortolanError("invalid", "no JSON", { cause: error });
      }
      const batch = parseIntakeBatch(value);
      assert.equal(hasUnsafeCharacters(JSON.stringify(batch)), false, JSON.stringify(text));
      assert.ok(
        batch.look.listeners.every(({ port }) => Number.isInteger(port) && port >= 0 && port < 65_536),
      );
    },
  );
  context.diagnostic(told(tally));
  assert.ok(tally.taken > inputs / 1_000 && tally.refused > inputs / 10, told(tally));
});

test("I3 intake bodies that are deep, doubled or huge", () => {
  const bodies: readonly string[] = [
    "[".repeat(5_000) + "]".repeat(5_000),
    '{"look":'.repeat(10_000) + "1" + "}".repeat(10_000),
    sample.replace('"listeners":[', `"listeners":[${"[".repeat(10_000)}${"]".repeat(10_000)},`),
    sample.replace('"sequence":1', '"sequence":1,"sequence":1e400'),
    sample.replace('"sequence":1', '"sequence":1e400'),
    sample.replace('"source":{', '"source":{"__proto__":{"polluted":1},'),
    sample.replace('"kind":"agent"', '"kind":"agent","constructor":{"prototype":{"polluted":1}}'),
    sample.replace('"limits":[]', `"limits":[${'"x",'.repeat(100_000)}"x"]`),
    sample.replace('"gone":[]', `"gone":[${'"tcp/nowhere",'.repeat(20_001)}"x"]`),
  ];
  for (const body of bodies) {
    const startMs = cpuUsage().user;
    assert.throws(
      () => parseIntakeBatch(JSON.parse(body)),
      (error) => error instanceof PortolanError && error.code === "invalid",
      body.slice(0, 80),
    );
    assert.ok((cpuUsage().user - startMs) / 1_000 < hangMs * 2);
  }
  assertPrototypes();
});

test(`I8 ${inputs} mutated expressions of rules and durations`, (context) => {
  const samples = [
    "10.0.0.0/8",
    "2001:db8::1",
    "label:team=web",
    "web1.example.org",
    "8000-8100",
    "22",
    "1h30m",
    "3d",
  ];
  const words = [
    "/",
    ":",
    "::",
    "-",
    ".",
    "label:",
    "=",
    "ffff",
    "255",
    "999",
    "\n",
    "\u0000",
    "%eth0",
    "٣",
    "d",
    "ms",
  ];
  const problems: string[] = [];
  const tally = fuzz(
    (next) => mutate(pick(samples, next), words, next),
    (text) => {
      const parsed = [parseHostSelector(text), parsePortRange(text), parseDuration(text)];
      for (const one of parsed) {
        if ("value" in one) continue;
        assert.ok(one.at >= 0 && one.at <= text.length && one.problem !== "", JSON.stringify(text));
      }
      if (parsed.every((one) => "problem" in one)) problems.push(text);
    },
  );
  context.diagnostic(`${told(tally)}; ${problems.length} read by none`);
  assert.ok(problems.length > inputs / 10 && problems.length < inputs);
});
