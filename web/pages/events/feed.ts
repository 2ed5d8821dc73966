import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Query } from "../../api/client.ts";
import { eventsPageSize, newestEvents, olderEvents } from "../../api/queries.ts";
import type { EventRow } from "../../api/shapes.ts";

interface Feed {
  readonly events: readonly EventRow[] | undefined;
  /** Newer ones that wait to be let in. */
  readonly waiting: number;
  readonly letIn: () => void;
  /** What is shown answers an earlier question; the answer to this one is on its way. */
  readonly old: boolean;
  readonly more: (() => void) | undefined;
  readonly error: unknown;
  readonly refetch: () => void;
}

/** The newest events on top, in place while the reader is at the top, behind a pill while not. */
export function useEventFeed(query: Query, hold: boolean): Feed {
  const head = useQuery(newestEvents(query));
  const tail = useInfiniteQuery(olderEvents(query));
  const identity = JSON.stringify(query);
  const [accepted, setAccepted] = useState<{ identity: string; rows: readonly EventRow[] }>({
    identity,
    rows: [],
  });
  const own = accepted.identity === identity ? accepted.rows : none;
  const older = useMemo(() => tail.data?.pages.flatMap((page) => page.rows), [tail.data]);

  const fresh = useMemo(() => {
    if (older === undefined || head.data === undefined) return none;
    const known = new Set([...own, ...older].map((event) => event.id));
    return head.data.rows.filter((event) => !known.has(event.id));
  }, [head.data, older, own]);
  /** A whole page of unknown events: there may be more between it and what is shown. */
  const gap = fresh.length === eventsPageSize && (older?.length ?? 0) > 0;

  const { refetch } = tail;
  const letIn = (): void => {
    setAccepted({ identity, rows: gap ? [] : [...fresh, ...own] });
    if (gap) void refetch();
  };
  useEffect(() => {
    if (hold || fresh.length === 0) return;
    setAccepted({ identity, rows: gap ? [] : [...fresh, ...own] });
    if (gap) void refetch();
  }, [hold, fresh, own, gap, identity, refetch]);

  const shown = useRef<readonly EventRow[]>(undefined);
  if (older !== undefined) shown.current = [...own, ...older];
  else if (tail.error !== null) shown.current = undefined;
  return {
    events: shown.current,
    old: older === undefined && shown.current !== undefined,
    waiting: hold ? fresh.length : 0,
    letIn,
    more: tail.hasNextPage && !tail.isFetchingNextPage ? () => void tail.fetchNextPage() : undefined,
    error: older === undefined ? tail.error : null,
    refetch: () => void refetch(),
  };
}

const none: readonly EventRow[] = [];
