// What: one belief and one look to the belief after it.
// Idea: a new endpoint is believed after enough sightings, a vanished one after enough misses that also lie far enough
//   apart; what nobody saw before and nobody had looked for is taken as it is, in silence.
// Trap: the wall clock jumps. A span is measured after the jump is taken out; a start that still lies in the future
//   begins again now, so that a wrong clock can delay a "down" and never invent one.
// Source: ../../ARCHITECTURE.md, "Life of an observation".

import type { Belief } from "../model/belief.ts";
import type { View } from "../model/coverage.ts";
import type { DetectPolicy } from "../model/detect-policy.ts";
import type { Listener } from "../model/listener.ts";
import { type Owner, ownerKey, ownersMax } from "../model/owner.ts";
import { sameProcesses } from "../model/process.ts";
import { ownersBehind } from "./sighting.ts";

/** What holds for every endpoint of one look. */
export interface LookContext {
  readonly hostId: string;
  readonly view: View;
  readonly nowMs: number;
  readonly policy: DetectPolicy;
}

/** An endpoint without a belief was seen. `baseline`: nobody had looked there before, so it is no news. */
export function believeFirst(listener: Listener, baseline: boolean, context: LookContext): Belief {
  const { hostId, view, nowMs, policy } = context;
  const enough = policy.sightingsToNew[listener.transport] <= 1;
  return {
    hostId,
    view,
    transport: listener.transport,
    address: listener.address,
    port: listener.port,
    interface: listener.interface,
    networkNamespace: listener.networkNamespace,
    state: enough || baseline ? "up" : "unverified",
    scope: listener.scope,
    sockets: listener.sockets,
    owners: ownersBehind(listener),
    processes: listener.processes,
    ownerUnknown: listener.ownerUnknown,
    firstSeenMs: nowMs,
    sinceMs: nowMs,
    lastSeenMs: nowMs,
    misses: 0,
    missingSinceMs: null,
    sightings: enough ? 0 : 1,
  };
}

/** Seen again. The same object when nothing is to be written. */
export function believeSeen(before: Belief, listener: Listener, context: LookContext): Belief {
  const { nowMs, policy } = context;
  const asBefore = sameHolders(before, listener);
  if (before.state === "up" && before.misses === 0 && before.sightings === 0 && asBefore) return before;
  const sightings = before.state === "down" ? 1 : before.sightings + 1;
  const enough = sightings >= policy.sightingsToNew[listener.transport];
  const settled = before.state === "up" && before.sightings === 0;
  const up = before.state === "up" || enough;
  // Until a return is believed, the owners from before it are kept to judge it by.
  const returning = before.state === "unverified" && before.missingSinceMs !== null;
  const kept = (asBefore && !returning) || (!up && before.missingSinceMs !== null);
  return {
    ...before,
    state: up ? "up" : "unverified",
    sockets: listener.sockets,
    owners: kept ? before.owners : ownersAfter(before, listener),
    processes: listener.processes,
    ownerUnknown: listener.ownerUnknown,
    sinceMs: before.state === "down" ? nowMs : before.sinceMs,
    lastSeenMs: nowMs,
    misses: 0,
    missingSinceMs: up ? null : before.missingSinceMs,
    sightings: settled || enough ? 0 : sightings,
  };
}

/**
 * Looked for and not seen. The same object when nothing is to be written; undefined when it is forgotten without a
 * word, because it had never been seen often enough to be believed.
 */
export function believeMissed(before: Belief, clockStepMs: number, context: LookContext): Belief | undefined {
  if (before.state === "down") return before;
  if (before.state === "unverified") {
    const downSinceMs = before.missingSinceMs;
    if (downSinceMs === null) return undefined;
    return { ...before, state: "down", sinceMs: downSinceMs, misses: 1, sightings: 0 };
  }
  if (before.sightings > 0) return undefined;
  const { nowMs, policy } = context;
  const misses = before.misses + 1;
  const missingSinceMs = Math.min(nowMs, (before.missingSinceMs ?? nowMs - clockStepMs) + clockStepMs);
  const down = misses >= policy.missesToDown && nowMs - missingSinceMs >= policy.missSpanMs;
  return {
    ...before,
    state: down ? "down" : "up",
    sinceMs: down ? missingSinceMs : before.sinceMs,
    misses,
    missingSinceMs,
  };
}

function sameHolders(before: Belief, listener: Listener): boolean {
  return (
    before.sockets === listener.sockets &&
    before.ownerUnknown === listener.ownerUnknown &&
    sameProcesses(before.processes, listener.processes)
  );
}

/** What could not be read is not gone: unknown owners leave the known ones standing, incomplete ones join them. */
function ownersAfter(before: Belief, listener: Listener): readonly Owner[] {
  const now = ownersBehind(listener);
  if (now.length === 0) return before.owners;
  if (listener.ownerUnknown === null || before.owners.length === 0) return now;
  const known = new Set(before.owners.map(ownerKey));
  const joined = now.filter((owner) => !known.has(ownerKey(owner)));
  if (joined.length === 0) return before.owners;
  return before.owners.length + joined.length > ownersMax ? now : [...before.owners, ...joined];
}
