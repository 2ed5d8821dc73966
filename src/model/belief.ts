import type { View } from "./coverage.ts";
import type { BindingScope, Endpoint } from "./endpoint.ts";
import type { Owner } from "./owner.ts";
import type { Process } from "./process.ts";

/** What we hold true of one endpoint in one view, and on which evidence. The key is (hostId, view, endpointKey). */
export interface Belief extends Endpoint {
  readonly hostId: string;
  readonly view: View;
  /** `unverified`: seen, but not yet often enough to be called new, or back. */
  readonly state: "up" | "down" | "unverified";
  readonly scope: BindingScope;
  readonly sockets: number;
  /** Stable identity of the last known owners; empty = never known. Kept while down, to tell a return from a take-over. */
  readonly owners: readonly Owner[];
  /** The holders as last seen. */
  readonly processes: readonly Process[];
  readonly ownerUnknown: string | null;
  /** When it was seen for the first time ever. */
  readonly firstSeenMs: number;
  /** Since when `state` holds: first sighting of this up, first miss of this down. */
  readonly sinceMs: number;
  /** Last sighting; while the belief is settled and up the host's last look counts instead, so that it need not be written. */
  readonly lastSeenMs: number;
  /** Looks in a row, inside coverage, that did not see it; 0 when the last one did. */
  readonly misses: number;
  /** Server time of the first miss; kept while down and while a return is `unverified`, else null. */
  readonly missingSinceMs: number | null;
  /** Sightings in a row while they are counted: `unverified`, or `up` since a first look and not yet confirmed. 0 = enough. */
  readonly sightings: number;
}

/** A belief that the next look must move, even one that says "nothing changed". */
export function isPending(belief: Belief): boolean {
  return belief.state === "up" ? belief.misses > 0 || belief.sightings > 0 : belief.state === "unverified";
}
