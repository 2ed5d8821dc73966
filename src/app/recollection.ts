import type { Clock } from "../base/clock.ts";

/** How long an answer about a secret may be used again; so long a change made elsewhere may go unnoticed. */
export const recalledMs = 2_000;
const recalledMax = 10_000;

interface Remembered<Value> {
  readonly monotonicMs: number;
  readonly wallMs: number;
  readonly answer: Promise<Value | null>;
}

/** Remembers answers, "no" as well, for a moment: a burst of requests asks the database once. */
export interface Recollection<Value> {
  recall(key: string, ask: (key: string) => Promise<Value | null>): Promise<Value | null>;
  forget(): void;
}

export function recollection<Value>(clock: Clock): Recollection<Value> {
  const answers = new Map<string, Remembered<Value>>();
  return {
    recall(key, ask) {
      const [monotonicMs, wallMs] = [clock.monotonicMs(), clock.nowMs()];
      const found = answers.get(key);
      if (found !== undefined && isFresh(found, monotonicMs, wallMs)) return found.answer;
      if (answers.size >= recalledMax) answers.clear();
      const answer = ask(key);
      answers.set(key, { monotonicMs, wallMs, answer });
      answer.catch(() => answers.delete(key));
      return answer;
    },
    forget: () => answers.clear(),
  };
}

/** By both clocks: an end that is told by the wall must be seen when the wall is set. */
function isFresh(found: Remembered<unknown>, monotonicMs: number, wallMs: number): boolean {
  return monotonicMs - found.monotonicMs < recalledMs && Math.abs(wallMs - found.wallMs) < recalledMs;
}
