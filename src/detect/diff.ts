// What: the belief before and after a look to the event that is told of it, or none.
// Idea: `recovered` is a kind of its own, so that neither "new" nor silence hides a return; a return after the
//   look-back, or with another owner, is named as what it is.
// Trap: what could not be read. An owner that was or is unknown never makes "changed", a socket of which only some
//   owners could be read neither gains nor loses one by that.
// Source: ../../ARCHITECTURE.md, "Life of an observation".

import type { Belief } from "../model/belief.ts";
import type { DetectPolicy } from "../model/detect-policy.ts";
import type { PortEventKind, EventReason } from "../model/event.ts";
import { type Owner, sameOwner } from "../model/owner.ts";
import type { Move } from "./moves.ts";

/** An event without its id and verdict. */
export interface Change {
  readonly kind: PortEventKind;
  readonly observedAtMs: number;
  readonly ownersBefore: readonly Owner[];
  readonly ownersAfter: readonly Owner[];
  readonly reason: EventReason;
}

/** What is to be told of a move at `nowMs`; undefined: nothing. */
export function diff(
  { before, after, baseline }: Move,
  policy: DetectPolicy,
  nowMs: number,
): Change | undefined {
  if (!after || baseline) return undefined;
  if (after.state === "down") return before?.state === "up" ? down(after, nowMs) : undefined;
  if (after.state === "unverified") return undefined;
  if (before?.state === "up") return before.owners === after.owners ? undefined : held(before, after, nowMs);
  const downSinceMs = before?.missingSinceMs ?? (before?.state === "down" ? before.sinceMs : null);
  if (!before || downSinceMs === null) return appeared(before, after);
  return returned(before, after, Math.max(0, after.sinceMs - downSinceMs), policy.lookBackMs);
}

function appeared(before: Belief | undefined, after: Belief): Change {
  return {
    kind: "new",
    observedAtMs: after.sinceMs,
    ownersBefore: [],
    ownersAfter: after.owners,
    reason: { code: "first-seen-where-looked-before", sightings: (before?.sightings ?? 0) + 1 },
  };
}

function down(after: Belief, nowMs: number): Change {
  return {
    kind: "down",
    observedAtMs: after.sinceMs,
    ownersBefore: after.owners,
    ownersAfter: [],
    reason: { code: "not-seen", misses: after.misses, spanMs: nowMs - after.sinceMs },
  };
}

function returned(before: Belief, after: Belief, downForMs: number, lookBackMs: number): Change {
  const observedAtMs = after.sinceMs;
  const ownersAfter = after.owners;
  if (downForMs > lookBackMs) {
    const reason = { code: "back-after-look-back", downForMs, lookBackMs } as const;
    return { kind: "new", observedAtMs, ownersBefore: [], ownersAfter, reason };
  }
  const ownersBefore = before.owners;
  if (ownerChange(before, after) !== "none") {
    const reason = { code: "owner-differs", downForMs } as const;
    return { kind: "changed", observedAtMs, ownersBefore, ownersAfter, reason };
  }
  const reason = { code: "back-within-look-back", downForMs, lookBackMs } as const;
  return { kind: "recovered", observedAtMs, ownersBefore, ownersAfter, reason };
}

/** It was up before and is now, perhaps with a short absence between that nobody was told of. */
function held(before: Belief, after: Belief, nowMs: number): Change | undefined {
  const change = ownerChange(before, after);
  if (change === "none") return undefined;
  const absent = before.missingSinceMs !== null;
  const downForMs = absent ? Math.max(0, nowMs - (before.missingSinceMs ?? nowMs)) : 0;
  const reason: EventReason =
    absent || change === "owner-differs" ? { code: "owner-differs", downForMs } : { code: change };
  return {
    kind: "changed",
    observedAtMs: nowMs,
    ownersBefore: before.owners,
    ownersAfter: after.owners,
    reason,
  };
}

/** How the set of owners changed, as far as both sides are known. */
export function ownerChange(
  before: Belief,
  after: Belief,
): "none" | "owner-differs" | "owner-joined" | "owner-left" {
  if (before.owners.length === 0 || after.owners.length === 0) return "none";
  const lost = without(before.owners, after.owners);
  const gained = without(after.owners, before.owners);
  if (lost && gained) return "owner-differs";
  if (lost) return "owner-left";
  return gained && before.ownerUnknown === null ? "owner-joined" : "none";
}

/** Whether `owners` holds one that `others` lacks. */
const without = (owners: readonly Owner[], others: readonly Owner[]): boolean =>
  owners.some((owner) => !others.some((other) => sameOwner(owner, other)));
