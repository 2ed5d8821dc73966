// What: remembers who used to be connected, since when and with how many connections.
// Idea: what counts is in how many different hours somebody was seen, so those that stay are kept, and a flood of
//   strangers drives out only strangers.
// Trap: an address is remembered only after a completed handshake: whoever forges a million addresses is remembered
//   with none of them.

import type { RemoteConnections } from "../../model/connection-sample.ts";
import { completedOf, heldOf } from "./figures.ts";
import { hourMs } from "./normal.ts";
import { stepOf, valueOf } from "./hour-sketch.ts";

/** First and last hour since 1970, hours in which it was seen, step of its usual connections (`hour-sketch.ts`). */
type Known = readonly [firstHour: number, lastHour: number, hours: number, usual: number];

/** By address or prefix; about 35 bytes each as JSON. */
export type KnownRemotes = Readonly<Record<string, Known>>;

export const knownRemotesMax = 1_000;
/** When it is full, so many of the least known go at once. */
const forgottenAtOnce = 100;
/** Seen in fewer hours, somebody has no past. */
const pastHoursMin = 2;
const vanishedHours = 2;
/** Twice as many an hour at most; a fifth less after four days. */
const riseStepsMax = 4;
const fallSteps = 0.01;

/** Addresses and prefixes as text; nothing else becomes a key. */
const remotePattern = /^[0-9a-f.:]{2,45}(?:\/\d{1,3})?$/;
export const isRemote = (text: string): boolean => typeof text === "string" && remotePattern.test(text);

/** Null: a stranger. `usual` is what it seldom exceeded. */
export function pastOf(known: KnownRemotes, remote: string): { readonly usual: number } | null {
  const past = isRemote(remote) ? known[remote] : undefined;
  return past && past[2] >= pastHoursMin ? { usual: valueOf(past[3]) } : null;
}

/**
 * The most that any address (or prefix) had that was here until two hours ago and is not any more: whoever has as much
 * now may have taken its place. O(known).
 */
export function vanishedUsual(
  known: KnownRemotes,
  atMs: number,
  rows: readonly RemoteConnections[],
  isPrefix: boolean,
): number {
  const hour = Math.floor(atMs / hourMs);
  const here = new Set(rows.map(({ remote }) => remote));
  let most = 0;
  for (const [remote, [, lastHour, hours, usual]] of Object.entries(known)) {
    const isGone = hours >= pastHoursMin && lastHour >= hour - vanishedHours && !here.has(remote);
    if (isGone && remote.includes("/") === isPrefix) most = Math.max(most, valueOf(usual));
  }
  return most;
}

/** Once an hour for each; the same object when nothing changes. Never changes `known`. */
export function rememberRemotes(
  known: KnownRemotes,
  atMs: number,
  rows: readonly RemoteConnections[],
): KnownRemotes {
  const hour = Math.floor(atMs / hourMs);
  let next: Record<string, Known> | undefined;
  for (const { remote, states } of rows) {
    if (completedOf(states) === 0 || !isRemote(remote)) continue;
    const before = known[remote];
    if (before && before[1] === hour) continue;
    next ??= { ...known };
    next[remote] = before
      ? seenAgain(before, hour, stepOf(heldOf(states)))
      : [hour, hour, 1, stepOf(heldOf(states))];
  }
  return next ? forgetting(next) : known;
}

function seenAgain([firstHour, , hours, usual]: Known, hour: number, step: number): Known {
  const moved = step > usual ? Math.min(step, usual + riseStepsMax) : Math.max(step, usual - fallSteps);
  return [firstHour, hour, hours + 1, Math.round(moved * 100) / 100];
}

function forgetting(known: Record<string, Known>): KnownRemotes {
  const entries = Object.entries(known);
  if (entries.length <= knownRemotesMax) return known;
  entries.sort(([, a], [, b]) => b[2] - a[2] || b[1] - a[1]);
  return Object.fromEntries(entries.slice(0, knownRemotesMax - forgottenAtOnce));
}
