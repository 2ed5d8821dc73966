import type { Transport } from "./endpoint.ts";
import type { SourceKind } from "./intake.ts";

/** How much evidence a decision takes. */
export interface DetectPolicy {
  /** A return this long after the first miss, or sooner, is `recovered`; later it is `new` again. */
  readonly lookBackMs: number;
  /** Looks in a row without it before it is down. */
  readonly missesToDown: number;
  /** And the first and the last of them lie at least this far apart, so that a restart stays silent. */
  readonly missSpanMs: number;
  /** Sightings in a row before it is told. UDP sockets of clients come and go within seconds. */
  readonly sightingsToNew: Readonly<Record<Transport, number>>;
}

/** What a packet can lose: an outside look needs a second sighting, and a port is not gone for two lost probes. */
const outsideMin = { missesToDown: 3, missSpanMs: 2_000, sightings: 2 } as const;

/**
 * The same for every source but our own scan nodes: packets get lost between them and the host, and they can be asked
 * for a second opinion at once. What a file says is taken as its scanner meant it.
 */
export function policyFor(kind: SourceKind, policy: DetectPolicy): DetectPolicy {
  if (kind !== "scanner") return policy;
  const { tcp, udp, sctp } = policy.sightingsToNew;
  const least = (sightings: number): number => Math.max(outsideMin.sightings, sightings);
  return {
    ...policy,
    missesToDown: Math.max(outsideMin.missesToDown, policy.missesToDown),
    missSpanMs: Math.max(outsideMin.missSpanMs, policy.missSpanMs),
    sightingsToNew: { tcp: least(tcp), udp: least(udp), sctp: least(sctp) },
  };
}

export const detectDefaults: DetectPolicy = {
  lookBackMs: 3 * 86_400_000,
  missesToDown: 2,
  missSpanMs: 2_000,
  sightingsToNew: { tcp: 1, udp: 2, sctp: 1 },
};
