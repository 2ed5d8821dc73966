import assert from "node:assert/strict";
import test from "node:test";
import { en } from "./en.ts";
import { chooseLanguage, createSay } from "./language.ts";
import type { TextKey } from "./catalogue.ts";
import { zhCn } from "./zh-cn.ts";

test("both catalogues have the same keys and name the same parameters", () => {
  assert.deepEqual(Object.keys(zhCn), Object.keys(en));
  const parameters = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();
  for (const key of Object.keys(en) as TextKey[]) {
    if (key.startsWith("usage.")) continue;
    assert.deepEqual(parameters(zhCn[key]), parameters(en[key]), key);
  }
});

test("PORTOLAN_LANG stands before the locale, LC_ALL before LANG", () => {
  assert.equal(chooseLanguage({}), "en");
  assert.equal(chooseLanguage({ LANG: "zh_CN.UTF-8" }), "zh-CN");
  assert.equal(chooseLanguage({ LANG: "zh_CN.UTF-8", LC_ALL: "C" }), "en");
  assert.equal(chooseLanguage({ LANG: "en_US.UTF-8", PORTOLAN_LANG: "zh-CN" }), "zh-CN");
  assert.equal(chooseLanguage({ PORTOLAN_LANG: "", LANG: "zh_TW" }), "zh-CN");
});

test("a word goes with its number", async () => {
  const say = await createSay("en");
  const open = (up: number, hosts: number): string => say("status.open", { up, hosts, all: 0, risky: 0 });
  assert.match(open(1, 1), /^1 endpoint open on 1 host ·/);
  assert.match(open(0, 2), /^0 endpoints open on 2 hosts ·/);
});

test("parameters are filled in, once, whatever they hold", async () => {
  const say = await createSay("en");
  assert.equal(say("user.added", { name: "{role}", role: "$&" }), "{role} may sign in as $&");
});
