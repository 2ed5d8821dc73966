/** Time comes in as an argument, so that every decision can be replayed. */
export interface Clock {
  /** Wall clock, milliseconds since 1970-01-01 UTC. May jump; never use it for leases or time-outs. */
  nowMs(): number;
  /** Milliseconds since an arbitrary start; never goes back. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
