import assert from "node:assert/strict";
import test from "node:test";
import { ingest, type IngestContext } from "../../src/app/ingest.ts";
import { endpointKey } from "../../src/model/endpoint.ts";
import type { Listener } from "../../src/model/listener.ts";
import { bytesOf, fleetAgent, listener } from "../store/fleet.ts";
import { amount } from "../support/amount.ts";
import { randomOf } from "../support/random.ts";
import { ask, enrolHost, freshFolder, moment, openIngest } from "./crew.ts";

const histories = amount("PORTOLAN_HISTORIES", { short: 300, long: 10_000 });
const looks = 14;
const endpoints = 3;
const startMs = 1_790_000_000_000;
const dayMs = 86_400_000;

interface Look {
  readonly atMs: number;
  readonly present: readonly Listener[];
}

/** Endpoints come, go and change hands; looks lie seconds apart, sometimes days: the look-back of 3 days is crossed too. */
function history(seed: number): Look[] {
  const random = randomOf(seed + 1);
  let atMs = startMs;
  const state = Array<number>(endpoints).fill(0);
  return Array.from({ length: looks }, () => {
    const jump = random();
    atMs += jump < 0.8 ? 500 + Math.floor(random() * 3_000) : Math.floor(random() * 5 * dayMs);
    for (const index of state.keys()) if (random() < 0.35) state[index] = Math.floor(random() * 3);
    const present = state.flatMap((generation, index) =>
      generation === 0 ? [] : [listener(0, index === 2 ? 9 : index, generation)],
    );
    return { atMs, present };
  });
}

const stories = Array.from({ length: histories }, (_, host) => history(host));

async function play(folder: string, restartEach: boolean): Promise<void> {
  let context: IngestContext = await openIngest(folder);
  const hostIds: string[] = [];
  for (const host of stories.keys()) hostIds.push(await enrolHost(context, host, startMs));
  const agents = stories.map((_, host) => fleetAgent(host));
  for (let round = 0; round < looks; round += 1) {
    if (restartEach) {
      await context.writer.close();
      context = await openIngest(folder);
    }
    const sent = stories.map((story, host) => {
      const look = story[round];
      const before = story[round - 1];
      const hostId = hostIds[host] ?? "";
      const body = bytesOf(
        agents[host]?.batch(asBatch(before, look)) ?? fleetAgent(host).batch({ basis: "full" }),
      );
      return ingest(context, { hostId, body }, moment(look?.atMs ?? startMs));
    });
    await Promise.all(sent);
  }
  await context.writer.close();
}

/** What an agent would send: everything at first, then only what differs. */
function asBatch(before: Look | undefined, look: Look | undefined) {
  const present = look?.present ?? [];
  if (before === undefined) return { basis: "full", listeners: present } as const;
  const known = new Map(before.present.map((one) => [endpointKey(one), JSON.stringify(one)]));
  const listeners = present.filter((one) => known.get(endpointKey(one)) !== JSON.stringify(one));
  const now = new Set(present.map(endpointKey));
  const gone = [...known.keys()].filter((key) => !now.has(key));
  if (listeners.length === 0 && gone.length === 0) return { basis: "same" } as const;
  return { basis: "delta", listeners, gone } as const;
}

test(`F11 restarted at every look of ${histories} random histories, the decisions are those without a restart`, async (t) => {
  const [steady, restarted] = [freshFolder(t), freshFolder(t)];
  await play(steady, false);
  await play(restarted, true);
  const told = (folder: string) =>
    ask(
      folder,
      `select h.hostname, e.kind, e.at_ms, e.observed_at_ms, e.address, e.port, e.owners_before, e.owners_after, e.reason
       from events e join hosts h on h.number = e.host order by h.hostname, e.at_ms, e.port, e.kind`,
    );
  const held = (folder: string) =>
    ask(
      folder,
      `select h.hostname, b.key, b.state, b.since_ms, b.misses, b.sightings, b.turned_ms, d.evidence, d.owners
       from beliefs b join hosts h on h.number = b.host join details d on d.belief = b.number order by h.hostname, b.key`,
    );
  const events = told(steady);
  assert.deepEqual(told(restarted), events);
  assert.deepEqual(held(restarted), held(steady));
  const kinds = new Set(events.map((row) => (row as { kind: string }).kind));
  assert.deepEqual([...kinds].sort(), ["changed", "down", "new", "recovered"], "every kind occurs");
  t.diagnostic(`${events.length} events in ${histories} histories`);
});
