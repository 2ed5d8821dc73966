import { keepPreviousData, useQueries } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Page } from "../api/shapes.ts";

/** Pages asked for only after scrolling rested this long, so that a fling does not ask for everything it passes. */
const restMs = 50;

export interface Windows<Row> {
  /** undefined: not answered yet, or with an error. */
  readonly total: number | undefined;
  readonly rowAt: (index: number) => Row | undefined;
  readonly onRange: (first: number, last: number) => void;
  /** Why there is no answer; a known one that could not be asked again is no error. */
  readonly error: unknown;
  readonly refetch: () => void;
  /** Rows on screen belong to an earlier question. */
  readonly old: boolean;
}

type PageQuery<Row> = (page: number) => {
  readonly queryKey: readonly unknown[];
  readonly queryFn: (context: { signal: AbortSignal }) => Promise<Page<Row>>;
};

/** The rows of a list of any length, by pages around what is on screen. */
export function useWindows<Row>(identity: string, pageSize: number, query: PageQuery<Row>): Windows<Row> {
  const [range, setRange] = useState<readonly [number, number]>([0, 0]);
  const wanted = useRef<readonly [number, number]>([0, 0]);
  const timer = useRef<number | undefined>(undefined);
  useEffect(() => () => window.clearTimeout(timer.current), []);

  const [first, last] = range;
  const pages = useMemo(
    () => Array.from({ length: last - first + 1 }, (_, index) => first + index),
    [first, last],
  );
  const results = useQueries({
    queries: pages.map((page) => ({ ...query(page), placeholderData: keepPreviousData })),
  });

  // What the last question answered stays on screen until the first page of the next one is there.
  const kept = useRef({
    identity,
    rows: new Map<number, Page<Row>>(),
    total: undefined as number | undefined,
  });
  const fresh = results.some((result) => result.data !== undefined && !result.isPlaceholderData);
  if (kept.current.identity !== identity && fresh)
    kept.current = { identity, rows: new Map(), total: undefined };
  if (kept.current.identity === identity) {
    for (const [index, result] of results.entries()) {
      if (result.data === undefined || result.isPlaceholderData) continue;
      kept.current.rows.set(pages[index] ?? 0, result.data);
      if (result.data.total !== null) kept.current.total = result.data.total;
    }
  }
  const { rows, total } = kept.current;
  const old = kept.current.identity !== identity;
  const error =
    old || total === undefined ? results.find((result) => result.error !== null)?.error : undefined;
  return {
    total: error === undefined ? total : undefined,
    old: old && error === undefined,
    error,
    refetch: () => {
      for (const result of results) void result.refetch();
    },
    rowAt: (index) => rows.get(Math.floor(index / pageSize))?.rows[index % pageSize],
    onRange: (from, to) => {
      const next = [Math.floor(from / pageSize), Math.floor(to / pageSize)] as const;
      if (next[0] === wanted.current[0] && next[1] === wanted.current[1]) return;
      wanted.current = next;
      window.clearTimeout(timer.current);
      timer.current = window.setTimeout(() => setRange(next), restMs);
    },
  };
}
