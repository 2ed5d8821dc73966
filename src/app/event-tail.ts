import type { Clock } from "../base/clock.ts";
import { pageRowsMax } from "../store/queries.ts";
import type { Application } from "./application.ts";
import type { EventRow } from "./views.ts";

interface EventTailOptions {
  readonly application: Pick<Application, "read" | "feed">;
  readonly clock: Clock;
  /** Hands on an event. Must not throw. */
  readonly take: (event: EventRow) => void;
  /** Between two readings: a storm of changes is read in few pages. */
  readonly pauseMs?: number;
}

export interface EventTail {
  /** Hands on nothing more from now on. */
  close(): void;
}

const usualPauseMs = 1_000;
/** So far before the newest event is read again: what is decided at the same time may be written later. */
const overlapMs = 10_000;

/**
 * Hands on every event once, oldest first, from those that are decided now on. The feed says that there are some, the
 * store says which. A reading that fails is repeated.
 */
export function followEvents({
  application,
  clock,
  take,
  pauseMs = usualPauseMs,
}: EventTailOptions): EventTail {
  /** Those after `fromMs`, by id. */
  const told = new Map<string, number>();
  let fromMs = clock.nowMs();
  let heardMs = fromMs;
  let isClosed = false;
  let isWanted = false;
  let isBusy = false;

  const read = async (): Promise<void> => {
    let newestMs = fromMs;
    let cursor: string | undefined;
    do {
      const query = { sort: "atMs", fromMs, limit: pageRowsMax, cursor } as const;
      const page = await application.read.events(query);
      for (const event of page.rows) {
        if (isClosed) return;
        if (told.has(event.id)) continue;
        told.set(event.id, event.atMs);
        newestMs = Math.max(newestMs, event.atMs);
        take(event);
      }
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    fromMs = Math.max(fromMs, newestMs - overlapMs);
    for (const [id, atMs] of told) if (atMs < fromMs) told.delete(id);
  };

  const pump = (): void => {
    if (isBusy || isClosed || !isWanted) return;
    [isBusy, isWanted] = [true, false];
    const rest = (): void => {
      const next = (): void => {
        isBusy = false;
        pump();
      };
      setTimeout(next, pauseMs).unref();
    };
    read().then(rest, () => {
      isWanted = true;
      rest();
    });
  };

  const unsubscribe = application.feed.subscribe((change) => {
    if (change.kind !== "change") return;
    // The clock was set back: decisions from now on bear earlier times.
    if (change.atMs < heardMs) fromMs = Math.min(fromMs, change.atMs - overlapMs);
    heardMs = change.atMs;
    isWanted = true;
    pump();
  });

  return {
    close() {
      isClosed = true;
      unsubscribe();
    },
  };
}
