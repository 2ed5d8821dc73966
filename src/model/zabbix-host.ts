import type { Parsed } from "../base/parsed.ts";

/** A technical name of a host in Zabbix holds so many characters. */
const nameCharactersMax = 128;

const placeholders: Readonly<Record<string, (hostname: string) => string>> = {
  hostname: (hostname) => hostname,
  shortname: (hostname) => hostname.split(".", 1)[0] ?? hostname,
};
const slot = /\{([^{}]*)\}/g;

/** Checks a template of host names: text with `{hostname}`, or `{shortname}` for what stands before its first dot. */
export function parseZabbixHost(text: string): Parsed<string> {
  if (text.length === 0) return { problem: "is empty", at: 0 };
  if (text.length > nameCharactersMax)
    return { problem: `is longer than ${nameCharactersMax} characters`, at: nameCharactersMax };
  for (const match of text.matchAll(slot)) {
    if (Object.hasOwn(placeholders, match[1] ?? "")) continue;
    const known = Object.keys(placeholders).map((name) => `{${name}}`);
    return { problem: `holds ${match[0]}, which is none of ${known.join(", ")}`, at: match.index };
  }
  return { value: text };
}

/** Under which technical name Zabbix knows the host. `template`: as checked by `parseZabbixHost`. */
export function zabbixHost(template: string, hostname: string): string {
  const filled = template.replace(slot, (whole, name: string) => placeholders[name]?.(hostname) ?? whole);
  return filled.slice(0, nameCharactersMax);
}
