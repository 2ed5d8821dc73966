// What: sets what was seen against what was believed, endpoint by endpoint, and names every belief that moved.
// Idea: a belief stays the same object while nothing is to be written, so what did not move costs no memory.
// Trap: "not seen" says something only inside coverage; "ignored" says nothing of whether it is there.

import type { Belief } from "../model/belief.ts";
import type { CoverageTest, View } from "../model/coverage.ts";
import type { DetectPolicy } from "../model/detect-policy.ts";
import type { Listener } from "../model/listener.ts";
import { believeFirst, believeMissed, believeSeen } from "./believe.ts";
import { indexEndpoints } from "./endpoint-index.ts";
import type { Judge } from "./judge.ts";
import type { Held } from "./owner-names.ts";
import { ownersBehind } from "./sighting.ts";

/** How one look moved one belief. `before` undefined: there was none; `after` undefined: it is forgotten. */
export interface Move {
  readonly before: Belief | undefined;
  readonly after: Belief | undefined;
  /** Nobody had looked there before: whatever stands there is no news. */
  readonly baseline: boolean;
}

/** One look at one host, beside what was believed before. */
export interface Compared {
  readonly host: { readonly id: string };
  readonly view: View;
  /** Server time. */
  readonly nowMs: number;
  /** How far the server's clock was set forward (+) or back (−) since this source's last look; 0 when unknown. */
  readonly clockStepMs: number;
  /** Of this host and view: at least those of every endpoint in `seen`, of every one that this look misses, and all pending ones. */
  readonly beliefs: readonly Belief[];
  /** `seenIn(look, …)`. Each endpoint once. */
  readonly seen: readonly Listener[];
  /** What this look looked at. */
  readonly covers: CoverageTest;
  /** What the same source had ever looked at before this look. `() => false` makes the look a baseline. */
  readonly wasCovered: CoverageTest;
  readonly policy: DetectPolicy;
}

/** In the order of `seen`, then of `beliefs`. */
export function movesOf(input: Compared, judge: Pick<Judge, "ignores">): readonly Move[] {
  const { host, view, nowMs, policy, beliefs } = input;
  const context = { hostId: host.id, view, nowMs, policy };
  const moves: Move[] = [];
  const move = (before: Belief | undefined, after: Belief | undefined, baseline = false): void => {
    if (before !== after) moves.push({ before, after, baseline });
  };

  const indexOf = indexEndpoints(beliefs);
  const wasSeen = new Uint8Array(beliefs.length);

  for (const listener of input.seen) {
    const index = indexOf(listener);
    const before = beliefs[index];
    if (before) wasSeen[index] = 1;
    if (judge.ignores(listener, () => heldBy(listener))) {
      move(before, undefined);
    } else if (before) {
      move(before, believeSeen(before, listener, context));
    } else {
      const baseline = !input.wasCovered(listener);
      move(undefined, believeFirst(listener, baseline, context), baseline);
    }
  }

  for (let index = 0; index < beliefs.length; index++) {
    const before = beliefs[index];
    if (!before || wasSeen[index] === 1 || !input.covers(before)) continue;
    const ignored = before.state !== "down" && judge.ignores(before, () => before);
    move(before, ignored ? undefined : believeMissed(before, input.clockStepMs, context));
  }
  return moves;
}

const heldBy = (listener: Listener): Held => ({
  owners: ownersBehind(listener),
  processes: listener.processes,
  ownerUnknown: listener.ownerUnknown,
});
