import { eventKinds, type EventKind } from "../model/event.ts";
import type { EventCounts } from "../store/rows.ts";

export type BatchKind = "looks" | "connections";
type Outcomes = Readonly<Record<"taken" | "refused", number>>;

/** What came in since the server's start, for metrics. */
export interface IntakeFigures {
  readonly batches: Readonly<Record<BatchKind, Outcomes>>;
  readonly events: EventCounts;
}

export interface IntakeTally extends IntakeFigures {
  /** Counts how it ends; fails as the work fails. */
  batch<T>(kind: BatchKind, work: Promise<T>): Promise<T>;
  addEvents(kinds: EventCounts): void;
}

export function intakeTally(): IntakeTally {
  const batches = { looks: { taken: 0, refused: 0 }, connections: { taken: 0, refused: 0 } };
  const events = Object.fromEntries(eventKinds.map((kind) => [kind, 0])) as Record<EventKind, number>;
  return {
    batches,
    events,
    async batch(kind, work) {
      try {
        const result = await work;
        batches[kind].taken += 1;
        return result;
      } catch (error) {
        batches[kind].refused += 1;
        throw error;
      }
    },
    addEvents(kinds) {
      for (const kind of eventKinds) events[kind] += kinds[kind];
    },
  };
}
