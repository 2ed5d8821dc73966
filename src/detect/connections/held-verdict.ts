// What: findings of one moment become verdicts that fire, worsen and end, without flapping.
// Idea: a finding is believed when it was seen for as long as its rule asks. It ends after a minute without one; each
//   relapse within the hour doubles that minute, so that an attack in pulses is one verdict.
// Trap: time is what passed between samples, never a difference of clock readings over the whole life of a verdict: a
//   clock that jumps ends nothing and confirms nothing.

import {
  connectionSeverities,
  type ConnectionFinding,
  type ConnectionSeverity,
  type ConnectionVerdict,
} from "../../model/connection-verdict.ts";
import type { Confirmed } from "./situation.ts";

/** A finding that waits, a verdict that fires, or one that ended less than an hour ago. */
export interface Held {
  readonly state: "waiting" | "firing" | "ended";
  readonly finding: ConnectionFinding;
  readonly sinceMs: number;
  readonly changedMs: number;
  /** For how long something is seen that is not told yet: the finding, or a higher severity of it; null: nothing. */
  readonly seenForMs: number | null;
  /** How long it was not seen; while it fires or after it ended. */
  readonly quietForMs: number;
  readonly relapses: number;
}

export interface HeldChange {
  readonly verdict: ConnectionVerdict;
  readonly change: "firing" | "worse" | "resolved";
  /** As how severe it fired until now; null: it did not. */
  readonly from: ConnectionSeverity | null;
}

export interface HeldStep {
  readonly held: readonly Held[];
  readonly changes: readonly HeldChange[];
  /** Something waits for a second opinion that need not wait for the next ordinary sample. */
  readonly lookAgain: boolean;
}

const quietMs = 60_000;
const quietMsMax = 1_800_000;
const relapseMs = 3_600_000;
export const heldMax = 40;
/** What is confirmed later than this can wait for the ordinary samples. */
const soonMs = 5_000;

const rank = (severity: ConnectionSeverity): number => connectionSeverities.indexOf(severity);
const keyOf = ({ kind, subject }: ConnectionFinding): string => `${kind} ${subject}`;

/** `elapsedMs`: since the last sample. Never changes `held`. */
export function hold(
  held: readonly Held[],
  found: readonly Confirmed[],
  atMs: number,
  elapsedMs: number,
): HeldStep {
  const foundByKey = new Map(found.map((one) => [keyOf(one.finding), one]));
  const next: Held[] = [];
  const changes: HeldChange[] = [];
  let lookAgain = false;
  const take = (one: Held | null): void => {
    if (one) next.push(one);
  };
  for (const before of held) {
    const now = foundByKey.get(keyOf(before.finding));
    foundByKey.delete(keyOf(before.finding));
    const after = now ? seen(before, now, atMs, elapsedMs) : unseen(before, atMs, elapsedMs);
    const change = changeOf(before, after);
    const from = before.state === "firing" ? before.finding.severity : null;
    if (change && after) changes.push({ verdict: verdictOf(after), change, from });
    if (now && isUntold(after, now)) lookAgain ||= now.confirmMs <= soonMs;
    take(after);
  }
  for (const now of foundByKey.values()) {
    const after = firstSeen(now, atMs);
    if (after.state === "firing") changes.push({ verdict: verdictOf(after), change: "firing", from: null });
    else lookAgain ||= now.confirmMs <= soonMs;
    take(after);
  }
  return { held: next.sort(byImportance).slice(0, heldMax), changes, lookAgain };
}

const importance = { firing: 0, waiting: 1, ended: 2 } as const;
const byImportance = (a: Held, b: Held): number =>
  importance[a.state] - importance[b.state] || rank(b.finding.severity) - rank(a.finding.severity);

function firstSeen({ finding, confirmMs }: Confirmed, atMs: number): Held {
  const state = confirmMs === 0 ? "firing" : "waiting";
  const seenForMs = confirmMs === 0 ? null : 0;
  return { state, finding, sinceMs: atMs, changedMs: atMs, seenForMs, quietForMs: 0, relapses: 0 };
}

function seen(before: Held, { finding, confirmMs }: Confirmed, atMs: number, elapsedMs: number): Held {
  if (before.state === "ended") {
    const relapses = before.relapses + 1;
    return { ...firstSeen({ finding, confirmMs }, atMs), relapses };
  }
  const above = rank(finding.severity) - rank(before.finding.severity);
  if (before.state === "waiting") {
    // What is worse than what waits must be confirmed by itself.
    const seenForMs = above > 0 ? 0 : (before.seenForMs ?? 0) + elapsedMs;
    if (seenForMs < confirmMs) return { ...before, finding, seenForMs };
    return { ...before, state: "firing", finding, changedMs: atMs, seenForMs: null };
  }
  const seenForMs = above <= 0 ? null : before.seenForMs === null ? 0 : before.seenForMs + elapsedMs;
  if (seenForMs !== null && seenForMs >= confirmMs) {
    return { ...before, finding, changedMs: atMs, seenForMs: null, quietForMs: 0 };
  }
  return {
    ...before,
    finding: above === 0 ? finding : fading(before.finding, finding),
    seenForMs,
    quietForMs: 0,
  };
}

/** A verdict keeps its highest severity, with what that means and who was named, until it ends. */
const fading = (highest: ConnectionFinding, now: ConnectionFinding): ConnectionFinding => ({
  ...highest,
  reasons: now.reasons,
});

function unseen(before: Held, atMs: number, elapsedMs: number): Held | null {
  const quietForMs = before.quietForMs + elapsedMs;
  if (before.state === "waiting") {
    // It was not believed, so it was no relapse either.
    const relapses = before.relapses - 1;
    return relapses < 0 ? null : { ...before, state: "ended", quietForMs: 0, seenForMs: null, relapses };
  }
  if (before.state === "ended") return quietForMs > relapseMs ? null : { ...before, quietForMs };
  const enough = Math.min(quietMsMax, quietMs * 2 ** before.relapses);
  if (quietForMs < enough) return { ...before, quietForMs, seenForMs: null };
  return { ...before, state: "ended", changedMs: atMs, quietForMs: 0, seenForMs: null };
}

function changeOf(before: Held, after: Held | null): HeldChange["change"] | undefined {
  if (after?.state === "firing" && before.state !== "firing") return "firing";
  if (after?.state === "ended" && before.state === "firing") return "resolved";
  if (after?.state === "firing" && rank(after.finding.severity) > rank(before.finding.severity))
    return "worse";
  return undefined;
}

const isUntold = (after: Held | null, { finding }: Confirmed): boolean =>
  after?.state === "waiting" ||
  (after?.state === "firing" && rank(finding.severity) > rank(after.finding.severity));

export function verdictOf({ state, finding, sinceMs, changedMs }: Held): ConnectionVerdict {
  return { ...finding, state: state === "ended" ? "resolved" : "firing", sinceMs, changedMs };
}
