import type { Transport } from "./endpoint.ts";

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

export const detectDefaults: DetectPolicy = {
  lookBackMs: 3 * 86_400_000,
  missesToDown: 2,
  missSpanMs: 2_000,
  sightingsToNew: { tcp: 1, udp: 2, sctp: 1 },
};
