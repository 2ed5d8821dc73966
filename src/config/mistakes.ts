import { PortolanError } from "../base/errors.ts";
import { nearest } from "../base/nearest.ts";
import { showable } from "../base/text.ts";
import { fitText } from "../model/fit-listener.ts";
import { sentenceCharactersMax } from "../model/listener-check.ts";
import { keysAt, leavesOf } from "./outline.ts";
import { type Mistake, mistakesMax, type Place, placeKey, type Read } from "./read.ts";

/** The part of a zod issue that is told on. */
export interface Issue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly expected?: string;
  readonly values?: readonly unknown[];
}

/** What a group lacks is not told beside a key of it that was written wrongly. */
export function withoutConsequences(issues: readonly Issue[]): readonly Issue[] {
  const misspelt = new Set(
    issues.filter(({ code }) => code === "unrecognized_keys").map(({ path }) => placeKey(path)),
  );
  return issues.filter(({ code, path }) => code !== "custom" || !misspelt.has(placeKey(path)));
}

export function mistakesOf(issue: Issue, read: Read, origins: ReadonlyMap<string, string>): Mistake[] {
  const { code, path, keys = [] } = issue;
  if (code === "unrecognized_keys") {
    return keys.map((key, index) => ({
      place: read.keyPlaces.get(placeKey([...path, key])) ?? placeOf(read, path),
      key: [...path, key].join("."),
      problem: index < mistakesMax ? unknownKey(key, keysAt(path) ?? []) : "is an unknown key",
    }));
  }
  const key = path.map(String).join(".");
  const set = origins.has(key) || read.valuePlaces.has(placeKey(path));
  const place = origins.has(key) ? null : placeOf(read, path);
  return [{ place, key, problem: set ? problemOf(issue) : "is missing" }];
}

function unknownKey(key: string, known: readonly string[]): string {
  const meant = nearest(key, known);
  return meant === undefined
    ? `is an unknown key; allowed are ${known.join(", ")}`
    : `is an unknown key; did you mean ${meant}?`;
}

function problemOf({ code, path, message, expected = "", values = [] }: Issue): string {
  const key = path.map(String).join(".");
  const allowed = leavesOf().find((leaf) => leaf.path.join(".") === key)?.allowed ?? values.join(", ");
  const suffix = allowed === "" ? "" : `; allowed: ${allowed}`;
  if (code === "custom") return message;
  if (code === "invalid_type") {
    const keys = keysAt(path);
    return keys
      ? `needs keys below it: ${keys.join(", ")}`
      : `has to be ${typeWords[expected] ?? expected}${suffix}`;
  }
  if (code === "invalid_value") return `is none of the allowed words${suffix}`;
  if (code === "invalid_union")
    return `has to be ${unionWords[String(path.at(-1))] ?? "another value"}${suffix}`;
  return `${message}${suffix}`;
}

const typeWords: Readonly<Record<string, string>> = {
  string: "text",
  int: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "a group of keys",
};

const unionWords: Readonly<Record<string, string>> = { ports: "a port or a range like 8000-8100" };

/** Of the value, or of the nearest thing around it that stands in the file. */
export function placeOf(read: Read, path: readonly PropertyKey[]): Place | null {
  for (let length = path.length; length >= 0; length--) {
    const place = read.valuePlaces.get(placeKey(path.slice(0, length)));
    if (place) return place;
  }
  return null;
}

export function refusal(mistakes: readonly Mistake[], origin: (key: string) => string): PortolanError {
  const tell = ({ place, key, problem }: Mistake) => {
    const source = showable(origin(key));
    const where = place ? `${source}:${place.line}:${place.column}` : source;
    const [shownKey, shownProblem] = [key, problem].map((text) => fitText(text, sentenceCharactersMax));
    const text = [where, shownKey, shownProblem].filter(Boolean).join(": ");
    return { source, ...place, key: shownKey, problem: shownProblem, text };
  };
  const told = mistakes.toSorted(byPlace).slice(0, mistakesMax).map(tell);
  const more = mistakes.length - told.length;
  const lines = told.map(({ text }) => text);
  if (more > 0) lines.push(`… and ${more} more`);
  return new PortolanError("invalid", lines.join("\n"), {
    hint: "`portolan config print` shows every key with its value; docs/config.md says what each means.",
    details: { mistakes: told },
  });
}

/** In the order of the file; what no file says comes first. */
function byPlace({ place: a }: Mistake, { place: b }: Mistake): number {
  return (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0);
}
