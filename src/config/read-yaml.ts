import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { type Mistake, mistakesMax, type Place, placeKey, type Read } from "./read.ts";

/** A file of ten thousand rules has half of it. */
export const configBytesMax = 2 * 1024 * 1024;
/** The schema is five deep. */
const depthMax = 32;

/**
 * YAML 1.2 without what a config needs not: aliases, anchors, tags, several documents, keys that are no text. That also
 * leaves no room for a file that grows when it is read. Never throws.
 */
export function readYaml(text: string): Read {
  const keyPlaces = new Map<string, Place>();
  const valuePlaces = new Map<string, Place>();
  const mistakes: Mistake[] = [];
  const lines = new LineCounter();
  const at = (offset: number | undefined): Place => {
    const { line, col } = lines.linePos(offset ?? 0);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const refuse = (offset: number | undefined, path: readonly PropertyKey[], problem: string): undefined => {
    if (mistakes.length < mistakesMax) mistakes.push({ place: at(offset), key: path.join("."), problem });
    return undefined;
  };
  const outcome = (value: unknown): Read => ({ value, keyPlaces, valuePlaces, mistakes });

  if (Buffer.byteLength(text) > configBytesMax) {
    refuse(0, [], `is larger than ${configBytesMax / 1024 / 1024} MiB`);
    return outcome({});
  }

  const plain = (node: unknown, path: readonly PropertyKey[]): unknown => {
    if (node === null) return null;
    const { range, anchor, tag } = node as Node & { anchor?: string; tag?: string };
    const offset = range?.[0];
    valuePlaces.set(placeKey(path), at(offset));
    if (path.length > depthMax) return refuse(offset, path, `is nested deeper than ${depthMax}`);
    if (isAlias(node)) return refuse(offset, path, "is an alias (*); write the value out");
    if (anchor !== undefined) return refuse(offset, path, "has an anchor (&); write the value out");
    if (tag !== undefined) return refuse(offset, path, "has a tag (!); leave it out");
    if (isSeq(node)) return node.items.map((item, index) => plain(item, [...path, index]));
    if (isScalar(node)) return node.value;
    if (!isMap(node)) return refuse(offset, path, "is not understood");
    const entries = new Map<string, unknown>();
    for (const { key, value } of node.items) {
      const keyOffset = (key as Node | null)?.range?.[0];
      if (!isScalar(key) || typeof key.value !== "string" || key.anchor !== undefined) {
        refuse(keyOffset ?? offset, path, "has a key that is no text");
        continue;
      }
      const entryPath = [...path, key.value];
      if (entries.has(key.value)) refuse(keyOffset, entryPath, "stands twice");
      keyPlaces.set(placeKey(entryPath), at(keyOffset));
      entries.set(key.value, plain(value, entryPath));
    }
    return Object.fromEntries(entries);
  };

  try {
    // Its own search for equal keys compares each with each; ours above does not.
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: false,
      version: "1.2",
    });
    // The reader calls itself for each level and tells the end of its stack once per level.
    if (document.errors.some(({ message }) => message.includes("call stack"))) throw new RangeError("stack");
    for (const { pos, message } of document.errors) refuse(pos[0], [], `is no YAML: ${message}`);
    if (mistakes.length > 0) return outcome({});
    const value = plain(document.contents, []);
    return outcome(value ?? {});
  } catch (error) {
    refuse(
      0,
      [],
      error instanceof RangeError ? `is nested deeper than ${depthMax}` : "is not understood as YAML",
    );
    return outcome({});
  }
}
