/** Tries per key within a span; the table is bounded, the oldest keys go first. */
export interface Attempts {
  /** Counts a try; how long to wait when there were too many, else null. */
  add(key: string, nowMs: number): number | null;
  forget(key: string): void;
  /** The last try was none: what succeeds is not counted, but was counted while it was tried. */
  takeBack(key: string): void;
}

export const attemptsMax = 20;
export const attemptsSpanMs = 15 * 60_000;
const keysMax = 20_000;

export function attempts(): Attempts {
  /** In the order of the last try, so that the first key is the oldest. */
  const tries = new Map<string, number[]>();
  return {
    add(key, nowMs) {
      // A clock that was set back must not lock anybody out for longer than the span.
      const recent = (tries.get(key) ?? []).filter((atMs) => atMs > nowMs - attemptsSpanMs && atMs <= nowMs);
      tries.delete(key);
      const tooMany = recent.length >= attemptsMax;
      tries.set(key, tooMany ? recent : [...recent, nowMs]);
      for (const oldest of tries.keys()) {
        if (tries.size <= keysMax) break;
        tries.delete(oldest);
      }
      return tooMany ? (recent[0] ?? nowMs) + attemptsSpanMs - nowMs : null;
    },
    forget: (key) => void tries.delete(key),
    takeBack: (key) => void tries.get(key)?.pop(),
  };
}
