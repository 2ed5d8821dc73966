import { PortolanError } from "../base/errors.ts";
import { acceptAsNormal, firingIn } from "../detect/connections/watch.ts";
import type { ConnectionVerdictKind } from "../model/connection-verdict.ts";
import type { EventCounts } from "../store/rows.ts";
import type { Actor } from "./account-book.ts";
import { deed } from "./deed.ts";
import { countKinds } from "./ingest.ts";
import { troubleEvents } from "./take-connections.ts";
import type { Moment } from "./thread-messages.ts";
import type { WriteContext } from "./write-context.ts";

export interface AcceptRequest {
  readonly actor: Actor;
  readonly hostId: string;
  readonly kind: ConnectionVerdictKind;
}

/**
 * An operator says that this is normal here: what the last sample shows is no trouble of this kind from now on, and what
 * fires ends. `not-found` for a host that told no connections, `conflict` when nothing of this kind fires.
 */
export async function acceptVerdict(
  context: Pick<WriteContext, "writer" | "memories">,
  { actor, hostId, kind }: AcceptRequest,
  moment: Moment,
): Promise<EventCounts> {
  const { memories } = context;
  const done = { actor, action: "connections.accept", target: `host:${hostId}`, details: { kind } };
  return deed(context, moment, done, async (changes) => {
    const sample = await changes.connectionSample(hostId);
    const head = await changes.connectionHead(hostId);
    if (sample === undefined || head === undefined) {
      throw new PortolanError("not-found", "This host has not told its connections.", {
        details: { id: hostId },
      });
    }
    const memory = await memories.recall(changes, hostId, head.atMs);
    const ended = firingIn(memory).filter((verdict) => verdict.kind === kind);
    if (ended.length === 0) {
      throw new PortolanError("conflict", `No ${kind} fires on this host: it may have ended meanwhile.`, {
        hint: "Look at what is wrong now, and accept that.",
        details: { kind },
      });
    }
    const accepted = acceptAsNormal(memory, kind, { ...sample, atMs: head.atMs });
    await memories.replace(changes, hostId, accepted);
    const odd = (await changes.connectionFindingsOf(hostId))?.odd ?? [];
    await changes.saveConnectionFindings(hostId, { firing: firingIn(accepted), odd });
    const events = troubleEvents(
      ended.map((verdict) => ({
        verdict: { ...verdict, state: "resolved", changedMs: head.atMs },
        change: "resolved",
        from: verdict.severity,
      })),
      hostId,
      moment.nowMs,
    );
    await changes.addTroubleEvents(events);
    return countKinds(events);
  });
}
