import { eventKinds, type EventKind } from "../model/event.ts";
import { pageRowsMax } from "../store/queries.ts";
import type { EventBucket, EventCounts, HostRecord } from "../store/rows.ts";
import type { Reader } from "../store/store.ts";
import { eventRow, portRow } from "./port-rows.ts";
import { blindSpots } from "./source-health.ts";
import type { BlindSpot, Overview } from "./views.ts";

const hourMs = 3_600_000;
const hoursShown = 24;
const rowsShown = 20;
const blindShown = 100;
const harbourPorts = 60;
const harbourHosts = 200;

export async function overview(reader: Reader, nowMs: number): Promise<Overview> {
  const toMs = Math.floor(nowMs / hourMs) * hourMs + hourMs;
  const fromMs = toMs - hoursShown * hourMs;
  const histogram = await reader.eventHistogram({ fromMs, toMs, bucketMs: hourMs });
  return {
    open: await reader.openCounts(),
    now: await exposed(reader, nowMs),
    changed: {
      histogram,
      latest: (await reader.events({ limit: rowsShown })).rows.map(eventRow),
      newSince: sum(histogram),
    },
    blind: (await allHosts(reader)).flatMap((host) => blindSpots(host, nowMs)).slice(0, blindShown),
    harbour: await reader.harbour({ ports: harbourPorts, hosts: harbourHosts }),
  };
}

/** High-risk and bound to more than loopback: those bound to everything first. */
async function exposed(reader: Reader, nowMs: number): Promise<Overview["now"]> {
  const filter = { highRisk: true, sort: "-lastChange", limit: rowsShown } as const;
  const all = await reader.ports({ ...filter, scope: "all" });
  const single = await reader.ports({ ...filter, scope: "address" });
  return [...all.rows, ...single.rows].slice(0, rowsShown).map((record) => portRow(record, nowMs));
}

function sum(buckets: readonly EventBucket[]): EventCounts {
  const total = Object.fromEntries(eventKinds.map((kind) => [kind, 0])) as Record<EventKind, number>;
  for (const bucket of buckets) for (const kind of eventKinds) total[kind] += bucket[kind];
  return total;
}

export async function allHosts(reader: Reader): Promise<HostRecord[]> {
  const hosts: HostRecord[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await reader.hosts({ limit: pageRowsMax, cursor: cursor ?? undefined });
    hosts.push(...page.rows);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return hosts;
}

/** Over all hosts, for health. */
export async function everyBlindSpot(reader: Reader, nowMs: number): Promise<BlindSpot[]> {
  return (await allHosts(reader)).flatMap((host) => blindSpots(host, nowMs));
}
