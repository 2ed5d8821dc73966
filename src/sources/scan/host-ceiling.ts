// What: how often one host, and one network, may be asked.
// Idea: each has a moment from which on it may be asked again; asking moves it by one interval. A little is saved, so
//   that a coarse timer costs nothing.
// Trap: the networks are the scan's own: /24 and /64, whatever the owner's are. What a probe brings about (our reset to an
//   open port) counts as well.
// Source: ITU-T I.371, the generic cell rate algorithm.

/** Packets per second that a line of 12 Mbit/s carries: more to one address is asked for by name only. */
export const hostRateUsual = 25_000;

export interface CeilingLimits {
  /** Packets per second to one address; null: as many as come. */
  readonly perHost: number | null;
  /** To one /24 or /64. */
  readonly perNetwork: number | null;
}

export interface HostCeiling {
  /** Whether it may be asked now; if so, it counts as asked. */
  take(host: number, nowMs: number): boolean;
  /** A packet goes to it in any case. */
  charge(host: number, nowMs: number): void;
}

/** Saved for so long, at least one packet. */
const savedMs = 20;

/** `networkOf`: the number of each host's network, from 0. */
export function hostCeiling({ perHost, perNetwork }: CeilingLimits, networkOf: Uint32Array): HostCeiling {
  const networks = networkOf.reduce((most, network) => Math.max(most, network + 1), 0);
  const hosts = meter(perHost, networkOf.length);
  const groups = meter(perNetwork, networks);
  const charge = (host: number, nowMs: number): void => {
    hosts.charge(host, nowMs);
    groups.charge(networkOf[host] ?? 0, nowMs);
  };
  return {
    take(host, nowMs) {
      if (!hosts.isFree(host, nowMs) || !groups.isFree(networkOf[host] ?? 0, nowMs)) return false;
      charge(host, nowMs);
      return true;
    },
    charge,
  };
}

function meter(perSecond: number | null, count: number) {
  if (perSecond === null) return { isFree: () => true, charge: () => undefined };
  const intervalMs = 1_000 / perSecond;
  const slackMs = Math.max(0, savedMs - intervalMs);
  const dueMs = new Float64Array(count);
  return {
    isFree: (index: number, nowMs: number): boolean => nowMs >= (dueMs[index] ?? 0) - slackMs,
    charge(index: number, nowMs: number): void {
      dueMs[index] = Math.max(dueMs[index] ?? 0, nowMs) + intervalMs;
    },
  };
}
