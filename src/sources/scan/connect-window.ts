// What: how many connections may be under way at once.
// Idea: TCP's own answer: it grows by every answer, twofold in a round trip until the first loss and slowly from then
//   on; where hosts that answer their closed ports fall silent, a queue has overflowed and it shrinks.
// Trap: a silent host teaches nothing. It lets the window grow, or a filtered address would take for ever; what is lost
//   by that, later tries find.
// Source: RFC 5681 §3.1.

const windowMin = 64;
/** Ends that are weighed together. */
const weighed = 64;
/** Less loss than this is not answered by going slower. */
const toleratedLoss = 0.15;

export interface ConnectWindow {
  readonly size: number;
  /** An attempt ended. `due`: its host answers closed ports, so an answer should have come. */
  ended(answered: boolean, due: boolean, nowMs: number, waitMs: number): void;
  /** There are no more descriptors than this. */
  limit(most: number): void;
}

export function connectWindow(most: number): ConnectWindow {
  let size = Math.min(windowMin, most);
  let ceiling = most;
  let doublesUntil = most;
  let [ends, lost, changedMs] = [0, 0, Number.NEGATIVE_INFINITY];
  const shrink = (nowMs: number, share: number): void => {
    size = Math.max(Math.min(windowMin, ceiling), size * (1 - share));
    doublesUntil = size;
    changedMs = nowMs;
  };
  return {
    get size() {
      return Math.floor(size);
    },
    ended(answered, due, nowMs, waitMs) {
      if (answered || !due) size = Math.min(ceiling, size + (size < doublesUntil ? 1 : 1 / size));
      if (!due) return;
      ends += 1;
      if (!answered) lost += 1;
      if (ends < Math.max(weighed, size)) return;
      const share = lost / ends;
      [ends, lost] = [0, 0];
      // What fell silent now was begun before the last change: it must not count twice.
      if (share > toleratedLoss && nowMs - changedMs > waitMs) shrink(nowMs, Math.max(share, 0.5));
    },
    limit(most) {
      ceiling = Math.max(1, most);
      size = Math.min(size, ceiling);
    },
  };
}
