import type { Belief } from "../model/belief.ts";
import { ownerLabel, sameOwner } from "../model/owner.ts";
import type { PortEvent } from "../model/event.ts";
import { highRiskOf } from "../detect/high-risk.ts";
import type { Moved } from "../detect/pipeline.ts";
import { listedState } from "../store/listed-state.ts";
import type { Evidence } from "../store/rows.ts";
import type { BeliefWrite } from "../store/store.ts";

interface LookOrigin {
  readonly nowMs: number;
  readonly source: Evidence["source"];
}

/** What a decision leaves behind of every belief it moved: the belief, its history, its evidence, its event. */
export function beliefWrites(moved: readonly Moved[], origin: LookOrigin): BeliefWrite[] {
  return moved.map(({ before, after, evidence, event }) => ({
    before,
    belief: after,
    turnedAtMs: turnedAt(before, after, origin.nowMs),
    evidence: evidence.map((kind) => evidenceOf(kind, after, event, origin)),
    event,
    highRisk: highRiskOf(after)?.code ?? null,
  }));
}

/** When an interval ended and another began; null while everything that a port map shows stays as it was. */
function turnedAt(before: Belief | null, after: Belief, nowMs: number): number | null {
  const state = listedState(after);
  if (state === "unverified") return null;
  if (before === null || listedState(before) !== state) return after.sinceMs;
  return sameOwners(before, after) ? null : nowMs;
}

function sameOwners(a: Belief, b: Belief): boolean {
  return (
    a.owners === b.owners ||
    (a.owners.length === b.owners.length &&
      a.owners.every((owner) => b.owners.some((other) => sameOwner(owner, other))))
  );
}

function evidenceOf(
  kind: Evidence["kind"],
  belief: Belief,
  event: PortEvent | null,
  origin: LookOrigin,
): Evidence {
  const { nowMs, source } = origin;
  const params: Evidence["params"] =
    kind === "missed"
      ? { misses: belief.misses }
      : kind === "owner"
        ? {
            before: event?.ownersBefore.map(ownerLabel).join(", ") ?? null,
            after: belief.owners.map(ownerLabel).join(", "),
          }
        : { owner: belief.owners.map(ownerLabel).join(", ") || null };
  return { atMs: nowMs, kind, source, code: kind, params };
}
