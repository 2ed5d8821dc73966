import type { ReactNode } from "react";

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** Least width in px. */
  readonly least: number;
  /** Share of the room that is left; 0 or none: the column keeps its least width. */
  readonly share?: number;
  /** The API's name to sort by; none: cannot be sorted. */
  readonly sort?: string;
  /** Cannot be hidden. */
  readonly always?: boolean;
  readonly end?: boolean;
  readonly cell: (row: Row) => ReactNode;
}

/** "port" | "-port" → what aria-sort says. */
export function sortState(
  sort: string,
  field: string | undefined,
): "ascending" | "descending" | "none" | undefined {
  if (field === undefined) return undefined;
  if (sort === field) return "ascending";
  return sort === `-${field}` ? "descending" : "none";
}

/** A first click sorts up, a second down. */
export function nextSort(sort: string, field: string): string {
  return sort === field ? `-${field}` : field;
}

const gap = 10;
/** Least width of a row with its gaps; under it the grid scrolls sideways inside itself. */
export function leastWidth(columns: readonly Pick<Column<never>, "least">[]): number {
  return columns.reduce((sum, column) => sum + column.least + gap, gap);
}

/** Widths in whole px: the browser then lays out a row without measuring what stands in it. */
export function tracks(columns: readonly Pick<Column<never>, "least" | "share">[], width: number): string {
  const room = Math.max(0, width - leastWidth(columns));
  const shares = columns.reduce((sum, column) => sum + (column.share ?? 0), 0);
  return columns
    .map(({ least, share = 0 }) => `${least + (shares === 0 ? 0 : Math.floor((room * share) / shares))}px`)
    .join(" ");
}
