import type { Colour, Terminal } from "./terminal.ts";
import { fitText, textWidth } from "./text-width.ts";

export interface Column<Row> {
  readonly title: string;
  /** Safe text: without control characters. */
  readonly text: (row: Row) => string;
  readonly colours?: (row: Row) => readonly Colour[];
  readonly align?: "left" | "right";
  /** May be cut to this many cells when the line is too narrow; without it the column is never cut. */
  readonly shrinkTo?: number;
}

const gap = "  ";

/** An aligned table with a header. Cut only where a terminal is too narrow; columns without any text are left out. */
export function printTable<Row>(
  terminal: Terminal,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): void {
  const filled = columns
    .map((column) => ({ column, cells: rows.map((row) => column.text(row)) }))
    .filter(({ cells }) => cells.some((text) => text !== ""));
  const widths = widthsOf(
    filled.map(({ column, cells }) => ({
      natural: Math.max(textWidth(column.title), ...cells.map(textWidth)),
      least: column.shrinkTo,
    })),
    terminal.columns,
  );
  const line = (text: (index: number) => string): string =>
    filled
      .map((_, index) => text(index))
      .join(gap)
      .trimEnd();
  const cell = (index: number, text: string): string => {
    const width = widths[index] ?? 0;
    const last = index === filled.length - 1;
    const fitted = fitText(text, width);
    if (filled[index]?.column.align === "right")
      return " ".repeat(Math.max(0, width - textWidth(text))) + text;
    return last ? fitted.trimEnd() : fitted;
  };
  terminal.print(
    terminal.paint(
      line((index) => cell(index, filled[index]?.column.title ?? "")),
      "dim",
    ),
  );
  for (const [at, row] of rows.entries()) {
    terminal.print(
      line((index) => {
        const { column, cells } = filled[index] as (typeof filled)[number];
        return terminal.paint(cell(index, cells[at] ?? ""), ...(column.colours?.(row) ?? []));
      }),
    );
  }
}

interface Wanted {
  readonly natural: number;
  readonly least: number | undefined;
}

/** Natural widths, the widest shrinkable column giving way first until the line fits. */
function widthsOf(wanted: readonly Wanted[], columns: number | null): number[] {
  const widths = wanted.map(({ natural }) => natural);
  if (columns === null) return widths;
  const total = (): number => widths.reduce((sum, width) => sum + width, gap.length * (widths.length - 1));
  for (let over = total() - columns; over > 0; over -= 1) {
    let widest = -1;
    for (const [index, { least }] of wanted.entries()) {
      if (least === undefined || (widths[index] ?? 0) <= least) continue;
      if (widest < 0 || (widths[index] ?? 0) > (widths[widest] ?? 0)) widest = index;
    }
    if (widest < 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}
