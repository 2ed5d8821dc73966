import type { EventCounts } from "../store/rows.ts";

/** What subscribers hear after a commit: that something changed, never the rows themselves. */
export type Change =
  | {
      readonly kind: "change";
      readonly id: number;
      readonly atMs: number;
      readonly kinds: EventCounts;
      readonly hostIds: readonly string[];
    }
  | { readonly kind: "health"; readonly id: number; readonly atMs: number }
  | { readonly kind: "scan"; readonly id: number; readonly atMs: number }
  | {
      readonly kind: "session-ended";
      readonly id: number;
      readonly atMs: number;
      readonly sessionIds: readonly string[] | "all";
      /** The one that goes on, after a change of one's own password. */
      readonly exceptId?: string | null;
      readonly userId: string;
    };

/** Without what the feed itself adds. */
export type NewChange = Change extends infer One ? (One extends Change ? Omit<One, "id"> : never) : never;

/** Past it a returning subscriber is told only that it missed some. */
export const changesRememberedMax = 1_000;

export interface ChangeFeed {
  /** Called in order, at once after the commit; must not throw. Returns the way out. */
  subscribe(listener: (change: Change) => void): () => void;
  /** How many changes came after `id`; null when that is longer ago than remembered, or before a restart. */
  missedSince(id: number): number | null;
  publish(change: NewChange): void;
  readonly lastId: number;
}

/**
 * Ids start at `firstId` and rise by one. Give the wall clock in ms: after a restart they are higher than any before,
 * so that a browser's Last-Event-ID is never mistaken for one of this run.
 */
export function changeFeed(firstId: number): ChangeFeed {
  const listeners = new Set<(change: Change) => void>();
  let lastId = firstId;
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    missedSince(id) {
      if (id < firstId || id > lastId || lastId - id > changesRememberedMax) return null;
      return lastId - id;
    },
    publish(change) {
      lastId += 1;
      const numbered = { ...change, id: lastId } as Change;
      for (const listener of listeners) listener(numbered);
    },
    get lastId() {
      return lastId;
    },
  };
}
