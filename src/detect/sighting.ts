// What: turns a look into "this was seen", whatever its basis.
// Idea: a quiet source sends only differences; what it leaves out is as it was. Only beliefs that wait for a second
//   opinion must hear that again, so only those are rebuilt, from what the belief itself remembers.
// Trap: a belief that counts misses was absent in the last look and stays so; rebuilding it would call it back.

import { type Belief, isPending } from "../model/belief.ts";
import type { CoverageTest } from "../model/coverage.ts";
import { endpointKey } from "../model/endpoint.ts";
import type { Listener } from "../model/listener.ts";
import type { Look } from "../model/look.ts";
import { ownersOf, type Owner } from "../model/owner.ts";

/**
 * Everything that the look saw, as far as a decision can depend on it. `pending`: the pending beliefs of the look's
 * host and view (`isPending`); not read for a full look.
 */
export function seenIn(
  look: Pick<Look, "basis" | "listeners" | "gone">,
  pending: readonly Belief[],
  covers: CoverageTest,
): readonly Listener[] {
  if (look.basis === "full") return look.listeners;
  const told = new Set([...look.listeners.map(endpointKey), ...look.gone]);
  const rebuilt = pending
    .filter((belief) => isPending(belief) && belief.misses === 0)
    .filter((belief) => covers(belief) && !told.has(endpointKey(belief)))
    .map(listenerOf);
  return [...look.listeners, ...rebuilt];
}

/** The listener that the belief remembers. Who leads is not kept: a holder whose parent is no holder leads. */
function listenerOf(belief: Belief): Listener {
  const { transport, address, port, networkNamespace, scope, sockets, processes, ownerUnknown } = belief;
  const holders = new Set(processes.map(({ pid }) => pid));
  const leaders = processes
    .filter(({ parentPid }) => parentPid === null || !holders.has(parentPid))
    .map(({ pid }) => pid);
  return {
    transport,
    address,
    port,
    interface: belief.interface,
    networkNamespace,
    scope,
    sockets,
    processes,
    leaders,
    ownerUnknown,
  };
}

/** The stable identities behind a listener: of its leaders, for a worker that inherited the socket is not its owner. */
export function ownersBehind({ processes, leaders }: Listener): readonly Owner[] {
  if (leaders.length === processes.length) return ownersOf(processes);
  const leading = new Set(leaders);
  return ownersOf(processes.filter(({ pid }) => leading.has(pid)));
}
