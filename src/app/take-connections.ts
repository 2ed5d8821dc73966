import { newId } from "../base/id.ts";
import type { HeldChange } from "../detect/connections/held-verdict.ts";
import { troubleKind } from "../detect/connections/trouble.ts";
import { watchConnections, type ConnectionOutcome } from "../detect/connections/watch.ts";
import { clockShift, follow, type ClosedSlice } from "../model/connection-head.ts";
import { addSlices, asOneSample, historySteps, type ConnectionSlice } from "../model/connection-history.ts";
import type { ConnectionsTaken } from "../model/connection-intake.ts";
import type { ConnectionSample } from "../model/connection-sample.ts";
import type { TroubleEvent } from "../model/event.ts";
import type { EventCounts } from "../store/rows.ts";
import type { Changes } from "../store/store.ts";
import { hostOfToken, updateIdentity } from "./hosts.ts";
import { countKinds, lookAgainInMs, type IngestRequest } from "./ingest.ts";
import { parseConnections } from "./intake-body.ts";
import type { Moment } from "./thread-messages.ts";
import type { WriteContext } from "./write-context.ts";

const [finest] = historySteps;

export interface Taken {
  readonly hostId: string;
  readonly answer: ConnectionsTaken;
  readonly events: number;
  readonly kinds: EventCounts;
}

type TakeContext = Pick<WriteContext, "writer" | "memories" | "connectionPolicy">;

/** Samples of one agent, from bytes to its history, the fleet's, and what is wrong: all of them or nothing. */
export async function takeConnections(
  { writer, memories, connectionPolicy }: TakeContext,
  { hostId, body }: IngestRequest,
  { nowMs }: Moment,
): Promise<Taken> {
  const batch = parseConnections(body);
  return writer.transaction({ durable: false }, async (changes) => {
    await updateIdentity(changes, await hostOfToken(changes, hostId), batch.host);
    let head = await changes.connectionHead(hostId);
    let memory = await memories.recall(changes, hostId, head?.atMs);
    const shiftMs = clockShift(head, batch.sentAtMs, nowMs);
    const taken = { stored: 0, known: 0, tooOld: 0 };
    const events: TroubleEvent[] = [];
    let latest: { readonly sample: ConnectionSample; readonly outcome: ConnectionOutcome } | undefined;
    for (const sample of batch.samples) {
      const placed = { ...sample, atMs: Math.max(0, sample.atMs - shiftMs) };
      if (head !== undefined && placed.atMs <= head.atMs) taken.known += 1;
      else if (placed.atMs < nowMs - finest.keptMs) taken.tooOld += 1;
      else {
        const followed = follow(head, placed, shiftMs);
        for (const each of followed.closed) await keep(changes, hostId, each);
        head = followed.head;
        const outcome = watchConnections(memory, placed, connectionPolicy);
        memory = outcome.memory;
        events.push(...troubleEvents(outcome.changes, hostId, nowMs));
        latest = { sample, outcome };
        taken.stored += 1;
      }
    }
    if (head !== undefined && latest !== undefined) {
      await changes.saveConnectionHead(hostId, head, latest.sample);
      await changes.saveConnectionFindings(hostId, latest.outcome);
      await changes.addTroubleEvents(events);
      await memories.keep(changes, hostId, memory, events.length > 0);
    }
    const soonMs = latest?.outcome.lookAgain === true ? lookAgainInMs : null;
    const answer = { ...taken, lookAgainInMs: soonMs };
    return { hostId, answer, events: events.length, kinds: countKinds(events) };
  });
}

/** What of these changes is told, in their order. */
export function troubleEvents(changes: readonly HeldChange[], hostId: string, nowMs: number): TroubleEvent[] {
  return changes.flatMap((change): TroubleEvent[] => {
    const kind = troubleKind(change);
    const { verdict } = change;
    if (kind === null) return [];
    return [{ id: newId(), kind, atMs: nowMs, observedAtMs: verdict.sinceMs, hostId, trouble: verdict }];
  });
}

/** Into the host's own series; a minute or an hour into the fleet's as well, beside those of the other hosts. */
async function keep(changes: Changes, hostId: string, { stepMs, slice }: ClosedSlice): Promise<void> {
  const at = { stepMs, atMs: slice.startMs };
  await changes.changeConnectionBlock(hostId, at, (slices) => [...slices, slice]);
  if (stepMs === finest.stepMs) return;
  await changes.changeConnectionBlock(null, at, (slices) => beside(slices, asOneSample(slice)));
}

/** Hosts end a minute at different moments, and one that was cut off ends it later. */
function beside(slices: readonly ConnectionSlice[], slice: ConnectionSlice): ConnectionSlice[] {
  const same = slices.find(({ startMs }) => startMs === slice.startMs);
  if (same !== undefined) return slices.map((each) => (each === same ? addSlices(each, slice) : each));
  return [...slices, slice].toSorted((a, b) => a.startMs - b.startMs);
}
