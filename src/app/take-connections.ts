import { clockShift, follow, type ClosedSlice } from "../model/connection-head.ts";
import { addSlices, asOneSample, historySteps, type ConnectionSlice } from "../model/connection-history.ts";
import type { ConnectionsTaken } from "../model/connection-intake.ts";
import type { ConnectionSample } from "../model/connection-sample.ts";
import type { Changes, Writer } from "../store/store.ts";
import { hostOfToken, updateIdentity } from "./hosts.ts";
import type { IngestRequest } from "./ingest.ts";
import { parseConnections } from "./intake-body.ts";
import type { Moment } from "./thread-messages.ts";

const [finest] = historySteps;

/** Samples of one agent, from bytes to its history and the fleet's: all of them or nothing. */
export async function takeConnections(
  { writer }: { readonly writer: Writer },
  { hostId, body }: IngestRequest,
  { nowMs }: Moment,
): Promise<ConnectionsTaken> {
  const batch = parseConnections(body);
  return writer.transaction({ durable: false }, async (changes) => {
    await updateIdentity(changes, await hostOfToken(changes, hostId), batch.host);
    let head = await changes.connectionHead(hostId);
    const shiftMs = clockShift(head, batch.sentAtMs, nowMs);
    const taken = { stored: 0, known: 0, tooOld: 0 };
    let latest: ConnectionSample | undefined;
    for (const sample of batch.samples) {
      const placed = { ...sample, atMs: Math.max(0, sample.atMs - shiftMs) };
      if (head !== undefined && placed.atMs <= head.atMs) taken.known += 1;
      else if (placed.atMs < nowMs - finest.keptMs) taken.tooOld += 1;
      else {
        const followed = follow(head, placed, shiftMs);
        for (const each of followed.closed) await keep(changes, hostId, each);
        head = followed.head;
        latest = sample;
        taken.stored += 1;
      }
    }
    if (head !== undefined && latest !== undefined) await changes.saveConnectionHead(hostId, head, latest);
    return taken;
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
