import type { Block, NeverBlock } from "../model/block.ts";
import type { BlockDeed } from "../model/block-deed.ts";
import type { BlockScene } from "../sinks/firewall/block-plan.ts";
import type { BlockedTarget } from "./host-blocks.ts";

interface ServersView {
  readonly nowMs: number;
  readonly addresses: readonly string[];
  readonly serverAddress: string | null;
  readonly never: readonly NeverBlock[];
  readonly standing: readonly BlockedTarget[];
  /** Of the last hour. */
  readonly deeds: readonly BlockDeed[];
}

/** The server has no boot: its wall clock stands for one, and a clock that jumps only makes it refuse more or less. */
const bootId = "server";

/** What the server knows of a host. The host decides again by what it sees itself. */
export function sceneOfServer(view: ServersView): BlockScene {
  const { nowMs, addresses, serverAddress, never, standing, deeds } = view;
  const own = addresses.map((target) => ({ target, kind: "own-address" }) as const);
  const server = serverAddress === null ? [] : [{ target: serverAddress, kind: "server" } as const];
  // A machine without an address of its own but loopback is reached by nobody.
  const isAlone = own.length === 0 ? [{ target: "127.0.0.1", kind: "own-address" } as const] : [];
  return {
    now: { ms: nowMs, bootId },
    neverBlock: [...own, ...isAlone, ...server, ...never],
    connections: [],
    // Whom it would cut the host says: it knows who is connected.
    knownGood: [],
    blocks: [...deeds.flatMap(asMade), ...standing.map(asStanding)],
    listening: new Set(),
  };
}

/** Only for the count of the hour: what is in force the host says. */
function asMade({ kind, request, target, by, createdAtMs, state }: BlockDeed): Block[] {
  if (kind !== "block" || request === null || state === "refused" || state === "in-force") return [];
  const since = { ms: createdAtMs, bootId };
  return request.action === "drop" || request.action === "reject"
    ? [{ target, action: request.action, by, since, untilMs: createdAtMs }]
    : [];
}

const asStanding = ({ target, action, untilMs, by }: BlockedTarget): Block => ({
  target,
  action,
  by: by ?? "",
  since: { ms: 0, bootId },
  untilMs,
});
