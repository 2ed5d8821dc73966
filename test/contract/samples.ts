import type { Belief } from "../../src/model/belief.ts";
import type { PortEventKind, PortEvent } from "../../src/model/event.ts";
import { ownersOf } from "../../src/model/owner.ts";
import type { BeliefWrite, Changes, Retention } from "../../src/store/store.ts";
import { identity, listener } from "../store/fleet.ts";

export const startMs = 1_790_000_000_000;
export const quick = { durable: false } as const;

export function belief(host: number, index: number, change: Partial<Belief> = {}): Belief {
  const { leaders: _, ...seen } = listener(host, index);
  return {
    ...seen,
    hostId: `host-${host}`,
    view: "inside",
    state: "up",
    owners: ownersOf(seen.processes),
    firstSeenMs: startMs + index,
    sinceMs: startMs + index,
    lastSeenMs: startMs + index,
    misses: 0,
    missingSinceMs: null,
    sightings: 0,
    ...change,
  };
}

export function write(belief: Belief, change: Partial<BeliefWrite> = {}): BeliefWrite {
  return { belief, turnedAtMs: null, evidence: [], event: null, highRisk: null, ...change };
}

let eventNumber = 0;
export function event(belief: Belief, kind: PortEventKind, atMs: number): PortEvent {
  eventNumber += 1;
  const { transport, address, port, networkNamespace } = belief;
  return {
    id: `event-${eventNumber}`,
    kind,
    atMs,
    observedAtMs: atMs,
    hostId: belief.hostId,
    view: belief.view,
    endpoint: { transport, address, port, interface: belief.interface, networkNamespace },
    ownersBefore: kind === "new" ? [] : belief.owners,
    ownersAfter: kind === "down" ? [] : belief.owners,
    reason: { code: "owner-joined" },
    verdict: { action: "none", ruleId: null, highRisk: port % 2 === 0 ? "redis" : null },
  };
}

export async function addHosts(changes: Changes, count: number): Promise<void> {
  for (let host = 0; host < count; host += 1) {
    await changes.saveHost({
      ...identity(host),
      id: `host-${host}`,
      labels: {},
      firstSeenMs: startMs,
      retiredAtMs: null,
    });
  }
}

export const shortRetention: Retention = {
  eventsMs: 1_000,
  intervalsMs: 1_000,
  evidenceMs: 1_000,
  sessionsMs: 1_000,
  auditMs: 1_000,
  sliceRows: 10,
};
