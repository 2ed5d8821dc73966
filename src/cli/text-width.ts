/** Ranges of East Asian Width W and F (Unicode 17, UAX #11), as far as terminals draw them two cells wide. */
const wide: readonly (readonly [first: number, last: number])[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x23e9, 0x23ec],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1faff],
  [0x20000, 0x3fffd],
];

/** Marks upon the letter before, joiners; variation selectors are among Mn. */
const zeroWide = /^(?:\p{Mn}|\p{Me}|\p{Cf})$/u;

/** Cells that one character takes. */
function cellsOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (zeroWide.test(character)) return 0;
  return wide.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}

/** Cells that `text` takes in a terminal; text without control characters. */
export function textWidth(text: string): number {
  let cells = 0;
  for (const character of text) cells += cellsOf(character);
  return cells;
}

/** The text in exactly `cells` cells, or cut to them with `…`. */
export function fitText(text: string, cells: number): string {
  const width = textWidth(text);
  if (width <= cells) return text + " ".repeat(cells - width);
  let kept = "";
  let used = 0;
  for (const character of text) {
    const size = cellsOf(character);
    if (used + size > cells - 1) break;
    kept += character;
    used += size;
  }
  return `${kept}…${" ".repeat(Math.max(0, cells - 1 - used))}`;
}
