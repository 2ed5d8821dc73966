import type { BlockRequest } from "../../src/model/block.ts";

/** An operator has an address dropped for an hour, but for what is given. */
export const blockRequest = (given: Partial<BlockRequest> = {}): BlockRequest => ({
  target: "203.0.113.7",
  action: "drop",
  durationMs: 3_600_000,
  by: "anna",
  origin: "operator",
  acceptedPeers: 0,
  ...given,
});
