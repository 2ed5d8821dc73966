import { inflateRawSync } from "node:zlib";
import { sql } from "kysely";
import { connectionStates, type ConnectionCounts } from "../../model/connection-counts.ts";
import type { ConnectionHead } from "../../model/connection-head.ts";
import {
  connectionsIn,
  historySteps,
  type ConnectionSlice,
  type HistoryStep,
} from "../../model/connection-history.ts";
import type { ConnectionCounters, ConnectionSample } from "../../model/connection-sample.ts";
import type { ConnectionSliceQuery } from "../queries.ts";
import type { ConnectionVerdict } from "../../model/connection-verdict.ts";
import type { OddRemote } from "../../model/odd-remote.ts";
import type { ConnectionFindingsRecord, ConnectionHostRecord, ConnectionLatestRecord } from "../rows.ts";
import { decodeBlock } from "./connection-block.ts";
import type { Queries } from "./dialect.ts";
import { fromJson } from "./json.ts";
import type { ConnectionHeadTable } from "./tables.ts";

/** The series of all hosts together. */
export const fleetSeries = 0;
/** Every start is a multiple of it. */
const finestMs = historySteps[0].stepMs;

/** Throws for a step that is none: a mistake of this program. */
export function stepOf(stepMs: number): HistoryStep {
  const step = historySteps.find((each) => each.stepMs === stepMs);
  if (step === undefined) throw new RangeError(`no history step of ${stepMs} ms`);
  return step;
}

/** What of a sample every list reads, in this order; null: not read. */
export function countsOf(sample: ConnectionSample): readonly (number | null)[] {
  const { tcp, udp, remoteCount, halfOpenRemotes, triedRemotes, conntrack, ephemeral } = sample;
  return [
    ...connectionStates.map((state) => tcp[state]),
    udp,
    remoteCount,
    halfOpenRemotes,
    triedRemotes,
    conntrack?.count ?? null,
    conntrack?.max ?? null,
    ephemeral?.size ?? null,
    ephemeral?.mostUsed ?? null,
  ];
}

type HostRow = Pick<ConnectionHeadTable, "at_ms" | "counts" | "counters"> & {
  readonly id: string;
  readonly hostname: string;
};

function hostRecord({ id, hostname, at_ms, counts, counters }: HostRow): ConnectionHostRecord {
  const values = fromJson<(number | null)[]>(counts);
  const states = connectionStates.length;
  const [udp, remotes, halfOpenRemotes, triedRemotes, tracked, trackedMax, size, mostUsed] =
    values.slice(states);
  const tcp = Object.fromEntries(
    connectionStates.map((state, index) => [state, values[index] ?? 0]),
  ) as ConnectionCounts;
  return {
    hostId: id,
    hostName: hostname,
    atMs: at_ms,
    connections: connectionsIn(tcp),
    tcp,
    udp: udp ?? 0,
    remotes: remotes ?? 0,
    halfOpenRemotes: halfOpenRemotes ?? 0,
    triedRemotes: triedRemotes ?? 0,
    counters: fromJson<ConnectionCounters | null>(counters),
    conntrack: tracked == null || trackedMax == null ? null : { count: tracked, max: trackedMax },
    ephemeral: size == null || mostUsed == null ? null : { size, mostUsed },
  };
}

const everyHost = Number.MAX_SAFE_INTEGER;

/** Those known longest first. */
const knownLongest = (hostsMax: number) => sql`
  (select number, id, hostname, first_seen_ms from hosts where retired_at_ms is null
    order by first_seen_ms, number limit ${hostsMax}) known
  join connection_heads heads on heads.host = known.number`;

export async function listConnectionHosts(
  db: Queries,
  hostsMax = everyHost,
): Promise<ConnectionHostRecord[]> {
  const { rows } = await sql<HostRow>`
    select id, hostname, at_ms, counts, counters from ${knownLongest(hostsMax)}
    order by first_seen_ms, number`.execute(db);
  return rows.map(hostRecord);
}

export async function readConnectionLatest(
  db: Queries,
  hostId: string,
): Promise<ConnectionLatestRecord | undefined> {
  const { rows } = await sql<HostRow & { readonly body: Uint8Array }>`
    select id, hostname, at_ms, counts, counters, body from hosts
    join connection_heads heads on heads.host = hosts.number
    join connection_latest latest on latest.host = hosts.number
    where id = ${hostId}`.execute(db);
  const [row] = rows;
  return row === undefined ? undefined : { ...hostRecord(row), sample: inflated<ConnectionSample>(row.body) };
}

const inflated = <T>(body: Uint8Array): T => fromJson<T>(inflateRawSync(body).toString("utf8"));

/** A sample costs some 0.3 ms to read. */
export async function listConnectionLatest(db: Queries, hostsMax: number): Promise<ConnectionLatestRecord[]> {
  const { rows } = await sql<HostRow & { readonly body: Uint8Array }>`
    select id, hostname, at_ms, counts, counters, body from ${knownLongest(hostsMax)}
    join connection_latest latest on latest.host = known.number
    order by first_seen_ms, number`.execute(db);
  return rows.map((row) => ({ ...hostRecord(row), sample: inflated<ConnectionSample>(row.body) }));
}

export async function readConnectionSample(db: Queries, host: number): Promise<ConnectionSample | undefined> {
  const row = await db
    .selectFrom("connection_latest")
    .select("body")
    .where("host", "=", host)
    .executeTakeFirst();
  return row === undefined ? undefined : inflated<ConnectionSample>(row.body);
}

export async function readConnectionMemory(db: Queries, host: number): Promise<unknown> {
  const row = await db
    .selectFrom("connection_memories")
    .select("body")
    .where("host", "=", host)
    .executeTakeFirst();
  return row === undefined ? undefined : inflated<unknown>(row.body);
}

interface FindingsRow {
  readonly id: string;
  readonly hostname: string;
  readonly at_ms: number;
  readonly firing: string;
  readonly odd: string;
}

const findingsRecord = ({ id, hostname, at_ms, firing, odd }: FindingsRow): ConnectionFindingsRecord => ({
  hostId: id,
  hostName: hostname,
  atMs: at_ms,
  firing: fromJson<ConnectionVerdict[]>(firing),
  odd: fromJson<OddRemote[]>(odd),
});

const findings = sql`select id, hostname, at_ms, firing, odd from connection_findings found
  join connection_heads heads on heads.host = found.host join hosts on hosts.number = found.host`;

/** A walk over all hosts: what is found is small, and there is nothing else to go by. */
export async function listConnectionFindings(db: Queries): Promise<ConnectionFindingsRecord[]> {
  const { rows } = await sql<FindingsRow>`${findings}
    where retired_at_ms is null and (firing <> '[]' or odd <> '[]') order by found.host`.execute(db);
  return rows.map(findingsRecord);
}

export async function readConnectionFindings(
  db: Queries,
  hostId: string,
): Promise<ConnectionFindingsRecord | undefined> {
  const { rows } = await sql<FindingsRow>`${findings} where id = ${hostId}`.execute(db);
  return rows.map(findingsRecord)[0];
}

export async function readConnectionHead(db: Queries, host: number): Promise<ConnectionHead | undefined> {
  const row = await db
    .selectFrom("connection_heads")
    .select(["at_ms", "clock_shift_ms", "counters", "open"])
    .where("host", "=", host)
    .executeTakeFirst();
  return row === undefined
    ? undefined
    : {
        atMs: row.at_ms,
        clockShiftMs: row.clock_shift_ms,
        counters: fromJson<ConnectionCounters | null>(row.counters),
        open: openOf(row.open),
      };
}

/** Kept coarsest first, so that their starts ascend as in a block. */
export const openOf = (bytes: Uint8Array): ConnectionSlice[] => decodeBlock(bytes, finestMs).toReversed();

export async function readConnectionSlices(
  db: Queries,
  query: ConnectionSliceQuery,
): Promise<ConnectionSlice[]> {
  const { hostId, stepMs, fromMs, toMs, tops } = query;
  const { blockMs } = stepOf(stepMs);
  const series = hostId === null ? sql`${fleetSeries}` : sql`(select number from hosts where id = ${hostId})`;
  const { rows } = await sql<{ body: Uint8Array }>`
    select body from connection_blocks where series = ${series} and step_ms = ${stepMs}
    and start_ms > ${fromMs - blockMs} and start_ms < ${toMs} order by start_ms`.execute(db);
  const open = hostId === null ? [] : await openSlice(db, hostId, stepMs);
  return [...rows.flatMap(({ body }) => decodeBlock(body, stepMs, tops)), ...open].filter(
    ({ startMs }) => startMs >= fromMs && startMs < toMs,
  );
}

async function openSlice(db: Queries, hostId: string, stepMs: number): Promise<ConnectionSlice[]> {
  const { rows } = await sql<{ open: Uint8Array }>`
    select open from connection_heads join hosts on number = host where id = ${hostId}`.execute(db);
  const at = historySteps.findIndex((step) => step.stepMs === stepMs);
  return rows.flatMap((row) => openOf(row.open).slice(at, at + 1));
}
