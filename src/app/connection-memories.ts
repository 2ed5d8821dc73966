import { memoryOf, type ConnectionMemory } from "../detect/connections/watch.ts";
import type { Changes } from "../store/store.ts";

/**
 * What is remembered of hosts' connections, between two samples: in the memory of the one writer, and on the disk with
 * every event, else once a minute. A crash takes up to a minute of learning and of waiting for a second opinion; what
 * was told stands, for it was stored with its event, so nothing is told twice.
 */
export interface ConnectionMemories {
  /** As of the last sample that is stored; `headMs`: the time of that one, undefined when there is none. */
  recall(changes: Changes, hostId: string, headMs: number | undefined): Promise<ConnectionMemory>;
  /** `told`: an event came of it. */
  keep(changes: Changes, hostId: string, memory: ConnectionMemory, told: boolean): Promise<void>;
  /** Puts another memory in the place of the one that was recalled. */
  replace(changes: Changes, hostId: string, memory: ConnectionMemory): Promise<void>;
}

interface Place {
  readonly memory: ConnectionMemory;
  readonly savedMs: number;
}

/** Hosts of which it is held here, some 30 kB each, 200 kB at most; the others' is read and written with each sample. */
export const memoriesHeldMax = 1_000;
const savedEveryMs = 60_000;

const timeOf = ({ last }: ConnectionMemory): number => last?.atMs ?? 0;

export function connectionMemories(heldMax = memoriesHeldMax): ConnectionMemories {
  const places = new Map<string, Place>();
  return {
    async recall(changes, hostId, headMs) {
      const held = places.get(hostId);
      // A transaction may be taken back or done twice: the head that it reads is the witness of what is stored.
      if (held !== undefined && timeOf(held.memory) === headMs) return held.memory;
      places.delete(hostId);
      return memoryOf(await changes.connectionMemory(hostId));
    },
    async keep(changes, hostId, memory, told) {
      const held = places.get(hostId);
      const savedMs = held?.savedMs ?? 0;
      const hasPlace = held !== undefined || places.size < heldMax;
      const due = told || !hasPlace || timeOf(memory) - savedMs >= savedEveryMs;
      if (due) await changes.saveConnectionMemory(hostId, memory);
      if (hasPlace) places.set(hostId, { memory, savedMs: due ? timeOf(memory) : savedMs });
    },
    async replace(changes, hostId, memory) {
      await changes.saveConnectionMemory(hostId, memory);
      places.delete(hostId);
    },
  };
}
