import type { Belief } from "../model/belief.ts";

/**
 * The state as lists and histories show it: what was down and has been seen again, but not yet often enough to be
 * called back, is down still. `unverified` is shown nowhere.
 */
export function listedState(belief: Pick<Belief, "state" | "missingSinceMs">): Belief["state"] {
  return belief.state === "unverified" && belief.missingSinceMs !== null ? "down" : belief.state;
}

/** The inverse: only a return that is not yet believed counts sightings while it is listed as down. */
export function beliefState(listed: Belief["state"], sightings: number): Belief["state"] {
  return listed === "down" && sightings > 0 ? "unverified" : listed;
}
