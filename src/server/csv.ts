import { showable } from "../base/text.ts";

/**
 * Rows as RFC 4180 text for spreadsheets: CRLF, quotes doubled, a byte order mark so that Excel reads UTF-8.
 * A cell that a spreadsheet would take for a formula gets an apostrophe before it: `= + - @`, their full-width forms,
 * also behind blanks and quotes. TAB, CR and all other controls stand there escaped. Numbers stay numbers, `-5` too.
 */

export const byteOrderMark = "\ufeff";

export type Cell = string | number | boolean | null | undefined;

export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

export function csvCell(cell: Cell): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "number") return Number.isFinite(cell) ? String(cell) : "";
  if (typeof cell === "boolean") return String(cell);
  const shown = showable(cell);
  const safe = beginsFormula.test(shown) && !number.test(shown) ? `'${shown}` : shown;
  return needsQuotes.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const beginsFormula = /^[\s"']*[=+\-@\uff1d\uff0b\uff0d\uff20\u2212\ufe63]/;
/** Text that is a number as a whole: nothing to run in it. */
const number = /^[+-]?\d{1,15}(\.\d{1,15})?$/;
const needsQuotes = /[",']|^\s|\s$/;
