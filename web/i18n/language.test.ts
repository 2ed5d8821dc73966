import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";

type Tree = { readonly [key: string]: string | Tree };
const read = (name: string): Map<string, string> =>
  flat(JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), "utf8")) as Tree);
const english = read("en");
const chinese = read("zh-CN");

/** Chinese has one plural form, English two. */
const bare = (key: string): string => key.replace(/_(one|other)$/, "");

test("both languages say the same things", () => {
  assert.deepEqual(
    [...new Set([...chinese.keys()].map(bare))].sort(),
    [...new Set([...english.keys()].map(bare))].sort(),
  );
});

test("every plural has each form of its language", () => {
  for (const key of english.keys()) {
    if (/_(one|other)$/.test(key)) {
      assert.ok(english.has(`${bare(key)}_one`) && english.has(`${bare(key)}_other`), key);
      assert.ok(chinese.has(`${bare(key)}_other`) && !chinese.has(`${bare(key)}_one`), key);
    }
  }
});

test("a translation names the same placeholders, and is not empty", () => {
  for (const [key, text] of chinese) {
    const original = english.get(key);
    assert.ok(original !== undefined, key);
    assert.deepEqual(placeholders(text), placeholders(original), key);
    assert.notEqual(text.trim(), "", key);
  }
});

test("Chinese is Chinese: no sentence was left in English", () => {
  // What is a name in every language, or nothing but marks.
  const names = new Set([
    "export.json",
    "column.pid",
    "trouble.of",
    "source.other",
    "scanEngine.nmap",
    "scanEngine.masscan",
  ]);
  const left = [...chinese]
    .filter(([key, text]) => !names.has(key) && !/\p{Script=Han}/u.test(text))
    .map(([key]) => key);
  assert.deepEqual(left, []);
});

test("every key is used, or belongs to a family that is looked up by a code of the server", () => {
  const families =
    /^(risk|limit|health|error|reason|kind|scope|scopeLong|state|view|viewShort|viewLong|role|roleLong|theme|column|filter|page|keys|settings|hostHealth|hostHealthLong|planMistake|blockKind|blockingState|blockState|blockWarning|blockRefused|scanState|scanEngine|scanEngineLong|scanLane|tokenScope|connectionSpan|connectionLine|connectionKind|connectionTitle|connectionState|tokenScopeLong|verdict|severity|meaning|advice|why|odd|zabbixWay|zabbixStep|evidence|source|export|moment|overview\.figure)\./;
  const source = sources(new URL("../", import.meta.url)).join("\n");
  const unused = [...new Set([...english.keys()].map(bare))].filter(
    (key) => !families.test(key) && !source.includes(`"${key}"`),
  );
  assert.deepEqual(unused, []);
});

test("every check of the server's health has its name and its words", () => {
  const source = sources(new URL("../../src/", import.meta.url)).filter((text) =>
    /\bhealthCheck\(/.test(text),
  );
  const all = (pattern: RegExp): string[] =>
    source.flatMap((text) => [...text.matchAll(pattern)].map((match) => match[1] ?? ""));
  const codes = all(/\bcode: "([a-z-]+)"/g);
  assert.ok(codes.length >= 12, codes.join());
  const keys = new Set([...english.keys()].map(bare));
  const wanted = [
    ...all(/\bhealthCheck\("([a-z]+)"/g).map((name) => `health.name.${name}`),
    ...codes.map((code) => `health.${code}.what`),
  ];
  assert.deepEqual(
    wanted.filter((key) => !keys.has(key)),
    [],
  );
});

function flat(tree: Tree, prefix = ""): Map<string, string> {
  return new Map(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === "string" ? [[prefix + key, value] as const] : [...flat(value, `${prefix}${key}.`)],
    ),
  );
}

function placeholders(text: string): string[] {
  return [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? "").sort();
}

function sources(folder: URL): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name) && !name.startsWith("dist"))
    .map((name) => readFileSync(new URL(name, folder), "utf8"));
}
