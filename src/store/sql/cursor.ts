import { PortolanError } from "../../base/errors.ts";

/** Where a page ended: the values that the list is sorted by. Bytes travel as hex behind a mark. */
export type CursorValue = string | number | Uint8Array;

const bytesMark = "\u0000x";

export function encodeCursor(sort: string, values: readonly CursorValue[]): string {
  const plain = values.map((value) =>
    value instanceof Uint8Array ? bytesMark + Buffer.from(value).toString("hex") : value,
  );
  return Buffer.from(JSON.stringify([sort, ...plain])).toString("base64url");
}

/** `invalid` for anything that was not handed out for this sort. */
export function decodeCursor(cursor: string, sort: string, length: number): CursorValue[] {
  const [foundSort, ...values] = parse(cursor);
  if (foundSort !== sort || values.length !== length || !values.every(isValue)) throw badCursor();
  return values.map((value) =>
    typeof value === "string" && value.startsWith(bytesMark)
      ? Buffer.from(value.slice(bytesMark.length), "hex")
      : (value as CursorValue),
  );
}

function isValue(value: unknown): boolean {
  return typeof value === "string" || (typeof value === "number" && Number.isFinite(value));
}

function parse(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function badCursor(): PortolanError {
  return new PortolanError("invalid", "This cursor does not belong to this list and sort.", {
    hint: "Start again without a cursor.",
  });
}
