import type { Catalogue, TextKey } from "./catalogue.ts";
import { en } from "./en.ts";

export type LanguageTag = "en" | "zh-CN";

/** One text of the chosen language, `{name}` filled in. */
export type Say = (key: TextKey, parameters?: Readonly<Record<string, string | number>>) => string;

type Environment = Readonly<Record<string, string | undefined>>;

/** PORTOLAN_LANG, then the locale as POSIX orders its variables. Any Chinese is answered in simplified Chinese. */
export function chooseLanguage(environment: Environment): LanguageTag {
  const wish = ["PORTOLAN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"]
    .map((name) => environment[name])
    .find((value) => value !== undefined && value !== "");
  return wish !== undefined && /^zh/i.test(wish) ? "zh-CN" : "en";
}

export async function createSay(tag: LanguageTag): Promise<Say> {
  const catalogue: Catalogue = tag === "en" ? en : (await import("./zh-cn.ts")).zhCn;
  return (key, parameters) => fill(catalogue[key], parameters);
}

/** `{count}` is the value; `{count:host|hosts}` the word that goes with it. */
const slot = /\{(\w+)(?::([^|{}]*)\|([^|{}]*))?\}/g;

function fill(text: string, parameters: Readonly<Record<string, string | number>> = {}): string {
  return text.replace(slot, (whole, name: string, one?: string, many?: string) => {
    const value = parameters[name];
    if (value === undefined) return whole;
    return (one === undefined ? String(value) : Number(value) === 1 ? one : many) ?? whole;
  });
}
