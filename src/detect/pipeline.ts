// What: one look at one host, with what was believed before, to what is believed now and what is told of it.
// Idea: ignore → believe → diff → judge, for each endpoint by itself. Whatever is missing counts only inside coverage,
//   whatever is new only where somebody had looked before.
// Trap: same inputs, same outputs. Time, ids and rules come in; nothing that comes in is changed.
// Source: ../../ARCHITECTURE.md, "Life of an observation".

import { type Belief, isPending } from "../model/belief.ts";
import type { PortEvent } from "../model/event.ts";
import type { EvidenceKind } from "../model/evidence.ts";
import type { RuleHost } from "./compiled-rule.ts";
import { type Change, diff, ownerChange } from "./diff.ts";
import { createJudge, type Judge, type RuleIndex } from "./judge.ts";
import { type Compared, movesOf } from "./moves.ts";

export interface DetectInput extends Compared {
  readonly host: RuleHost;
  readonly rules: RuleIndex;
  readonly newId: () => string;
}

/** What became of one belief. */
export interface Moved {
  /** Null: there was none. */
  readonly before: Belief | null;
  readonly after: Belief;
  readonly evidence: readonly EvidenceKind[];
  readonly event: PortEvent | null;
}

export interface DetectOutcome {
  /** Only what is new or differs. */
  readonly moved: readonly Moved[];
  /** As they were: never seen often enough to be believed, or ignored from now on. They go without a word. */
  readonly forgotten: readonly Belief[];
  readonly events: readonly PortEvent[];
  /** Something waits for a second opinion: look again soon. */
  readonly pending: boolean;
}

/** O(seen + beliefs); an endpoint that is as it was costs one look-up and one comparison. */
export function detect(input: DetectInput): DetectOutcome {
  const { policy, nowMs } = input;
  const judge = createJudge(input.rules, input.host, input.view, nowMs);
  const moved: Moved[] = [];
  const forgotten: Belief[] = [];
  let pending = false;
  for (const move of movesOf(input, judge)) {
    const { before = null, after } = move;
    if (!after) {
      if (before) forgotten.push(before);
      continue;
    }
    const change = diff(move, policy, nowMs);
    const event = change ? eventOf(input, after, change, judge) : null;
    moved.push({ before, after, evidence: evidenceOf(before, after), event });
    pending ||= isPending(after) && input.covers(after);
  }
  return { moved, forgotten, events: moved.flatMap(({ event }) => event ?? []), pending };
}

function eventOf({ newId, nowMs }: DetectInput, after: Belief, change: Change, judge: Judge): PortEvent {
  const { hostId, view, transport, address, port, networkNamespace } = after;
  const endpoint = { transport, address, port, interface: after.interface, networkNamespace };
  return {
    id: newId(),
    atMs: nowMs,
    hostId,
    view,
    endpoint,
    ...change,
    verdict: judge.verdict(endpoint, after),
  };
}

function evidenceOf(before: Belief | null, after: Belief): EvidenceKind[] {
  const kinds: EvidenceKind[] = [];
  if (!before) kinds.push("seen");
  else if (after.misses > before.misses) kinds.push("missed");
  else if (before.misses > 0 && after.misses === 0) kinds.push("returned");
  if (before && ownerChange(before, after) !== "none") kinds.push("owner");
  return kinds;
}
