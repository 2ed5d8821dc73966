import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { itemKeyCharactersMax, parseItemKey } from "./zabbix-key.ts";

test("keys are read by the rules of the manual", () => {
  const cases: Readonly<Record<string, readonly [string, ...string[]]>> = {
    "agent.ping": ["agent.ping"],
    "agent.ping[]": ["agent.ping", ""],
    "tcp.status[ESTABLISHED]": ["tcp.status", "ESTABLISHED"],
    "tcp.status[ESTABLISHED,]": ["tcp.status", "ESTABLISHED", ""],
    "tcp.status[  SYN_RECV, extra]": ["tcp.status", "SYN_RECV", "extra"],
    'tcp.status["TIME-WAIT"]': ["tcp.status", "TIME-WAIT"],
    'k[ "a" , "b,]" ]': ["k", "a", "b,]"],
    'k["a\\"b","c\\d"]': ["k", 'a"b', "c\\d"],
    'k[a"b,a[b]': ["k", 'a"b', "a[b"],
    "k[[a,b],c]": ["k", "a,b", "c"],
    'k[["a]","b"] , c ]': ["k", '"a]","b"', "c "],
    'portolan.port.listening["tcp/[::]:22"]': ["portolan.port.listening", "tcp/[::]:22"],
  };
  for (const [text, [name, ...parameters]] of Object.entries(cases))
    assert.deepEqual(parseItemKey(text), { value: { name, parameters } }, text);
});

test("what is no key is told with the place", () => {
  const cases: Readonly<Record<string, number>> = {
    "": 0,
    "[a]": 0,
    "tcp status": 3,
    "k[a": 3,
    "k[a]b": 4,
    'k["a': 2,
    'k["a"b]': 5,
    "k[[a,[b]]]": 5,
    "k[[a]": 5,
  };
  for (const [text, at] of Object.entries(cases)) {
    const parsed = parseItemKey(text);
    assert.equal("problem" in parsed && parsed.at, at, `${text}: ${JSON.stringify(parsed)}`);
  }
  assert.ok("problem" in parseItemKey("x".repeat(itemKeyCharactersMax + 1)));
});

test("parameters come back from a key that quotes them", () => {
  const written = fc.array(fc.string(), { minLength: 1, maxLength: 9 }).filter(
    // The format cannot say a backslash before a quote or at the end: it has no escape for it.
    (parameters) => parameters.every((parameter) => !/\\(?:"|$)/.test(parameter)),
  );
  fc.assert(
    fc.property(written, (parameters) => {
      const key = `k[${parameters.map((parameter) => `"${parameter.replaceAll('"', '\\"')}"`).join(", ")}]`;
      assert.deepEqual(parseItemKey(key), { value: { name: "k", parameters } });
    }),
  );
});
