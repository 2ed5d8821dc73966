// What: Zabbix's item key, `tcp.status[ESTABLISHED,extra]`, into name and parameters.
// Idea: one pass, character by character, as the specification is written.
// Trap: a backslash escapes nothing but a quote, and only inside quotes. Unquoted parameters may hold quotes, opening
//   brackets and blanks, but for leading ones. `key[]` has one parameter, the empty one; `key` has none. An array is one
//   parameter: its text between the brackets.
// Source: Zabbix manual, "Item key format".

import type { Parsed } from "../base/parsed.ts";

export interface ItemKey {
  readonly name: string;
  readonly parameters: readonly string[];
}

/** As Zabbix stores keys; 255 before version 4.4. */
export const itemKeyCharactersMax = 2048;

const namePattern = /^[0-9A-Za-z_.-]+/;

/** Reads a whole key. */
export function parseItemKey(text: string): Parsed<ItemKey> {
  if (text.length > itemKeyCharactersMax)
    return { problem: `is longer than ${itemKeyCharactersMax} characters`, at: itemKeyCharactersMax };
  const name = namePattern.exec(text)?.[0];
  if (name === undefined)
    return { problem: "does not begin with a name of letters, digits, `_`, `.`, `-`", at: 0 };
  if (name.length === text.length) return { value: { name, parameters: [] } };
  if (text[name.length] !== "[") return { problem: "has a character that no name has", at: name.length };
  const list = readParameters(text, name.length + 1, false);
  if ("problem" in list) return list;
  return list.end === text.length
    ? { value: { name, parameters: list.parameters } }
    : { problem: "goes on behind its closing bracket", at: list.end };
}

interface ParameterList {
  readonly parameters: readonly string[];
  /** Behind the closing bracket. */
  readonly end: number;
}
interface Problem {
  readonly problem: string;
  readonly at: number;
}

function readParameters(text: string, from: number, inArray: boolean): ParameterList | Problem {
  const parameters: string[] = [];
  for (let at = from; ;) {
    while (text[at] === " ") at += 1;
    const parameter = readParameter(text, at, inArray);
    if ("problem" in parameter) return parameter;
    parameters.push(parameter.value);
    at = parameter.end;
    if (text[at] === "]") return { parameters, end: at + 1 };
    if (text[at] !== ",")
      return { problem: at < text.length ? "lacks a comma" : "lacks its closing bracket", at };
    at += 1;
  }
}

function readParameter(
  text: string,
  at: number,
  inArray: boolean,
): { readonly value: string; readonly end: number } | Problem {
  if (text[at] === '"') return readQuoted(text, at);
  if (text[at] === "[") {
    if (inArray) return { problem: "has an array in an array", at };
    const array = readParameters(text, at + 1, true);
    if ("problem" in array) return array;
    const end = skipBlanks(text, array.end);
    return { value: text.slice(at + 1, array.end - 1), end };
  }
  let end = at;
  while (end < text.length && text[end] !== "," && text[end] !== "]") end += 1;
  return { value: text.slice(at, end), end };
}

function readQuoted(text: string, at: number): { readonly value: string; readonly end: number } | Problem {
  let value = "";
  for (let index = at + 1; index < text.length; index += 1) {
    if (text[index] === '"') return { value, end: skipBlanks(text, index + 1) };
    if (text[index] === "\\" && text[index + 1] === '"') index += 1;
    value += text[index];
  }
  return { problem: "lacks a closing quote", at };
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text[at] === " ") at += 1;
  return at;
}
