import { connectionStates, type ConnectionState } from "./connection-counts.ts";
import type { ConnectionCounters, ConnectionSample, StateCounts } from "./connection-sample.ts";

/** What is followed over time as a number of sockets, or of remotes. */
export const connectionGauges = [
  ...connectionStates,
  "udp",
  "remotes",
  "halfOpenRemotes",
  "triedRemotes",
] as const;
export type ConnectionGauge = (typeof connectionGauges)[number];

/** What is followed as how often it happened. */
export const connectionCounters = [
  "synCookiesSent",
  "synCookiesReceived",
  "synCookiesFailed",
  "listenOverflows",
  "listenDrops",
] as const satisfies readonly (keyof ConnectionCounters)[];
export type ConnectionCounter = (typeof connectionCounters)[number];

/** What is followed as how near it is to full, in thousandths. */
export const connectionFills = ["queue", "conntrack", "ephemeral"] as const;
export type ConnectionFill = (typeof connectionFills)[number];

export const connectionTopKinds = ["ports", "remotes", "prefixes", "processes"] as const;
export type ConnectionTopKind = (typeof connectionTopKinds)[number];

/** One of the busiest: a port (`tcp/443`), an address, a prefix, a program. */
export interface ConnectionTop {
  readonly name: string;
  /** Connections, over all samples of the slice; LISTEN is none. */
  readonly sum: number;
  /** The most in one sample. */
  readonly peak: number;
}

/** What a stretch of time was like for the sockets of one host. */
export interface ConnectionSlice {
  /** Whole multiple of the step. */
  readonly startMs: number;
  /** How many samples it is made of; a mean is sum / samples. */
  readonly samples: number;
  /** In the order of `connectionGauges`. */
  readonly sums: readonly number[];
  readonly peaks: readonly number[];
  /** Differences, in the order of `connectionCounters`; null: not known. */
  readonly counters: readonly (number | null)[];
  /** The worst, in the order of `connectionFills`; null: not known. */
  readonly fills: readonly (number | null)[];
  /** In the order of `connectionTopKinds`, most first. */
  readonly tops: readonly (readonly ConnectionTop[])[];
}

export interface HistoryStep {
  readonly stepMs: number;
  readonly keptMs: number;
  /** So much stands in one row of the database. */
  readonly blockMs: number;
  /** Busiest of each kind that are kept. */
  readonly tops: number;
}

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Finest first; each step is a whole multiple of the one before, each block of its step. */
export const historySteps = [
  { stepMs: 10 * secondMs, keptMs: dayMs, blockMs: 10 * minuteMs, tops: 0 },
  { stepMs: minuteMs, keptMs: 7 * dayMs, blockMs: hourMs, tops: 10 },
  { stepMs: hourMs, keptMs: 366 * dayMs, blockMs: dayMs, tops: 10 },
] as const satisfies readonly HistoryStep[];

/** While a slice grows, more of the busiest are held than are kept, so that one who comes late is not cut at once. */
const topsWhileOpen = 30;
/** Differences over a longer gap belong to no slice. */
const counterGapMaxMs = 2 * minuteMs;

export const startOf = (atMs: number, stepMs: number): number => Math.floor(atMs / stepMs) * stepMs;

/** What was read last of the kernel's counters. */
export interface CounterReading {
  readonly atMs: number;
  readonly counters: ConnectionCounters | null;
}

/** One sample as a slice of the step that it falls into. `before`: for the differences. */
export function sliceOf(
  sample: ConnectionSample,
  before: CounterReading | undefined,
  stepMs: number,
): ConnectionSlice {
  const { tcp, udp, remoteCount, halfOpenRemotes, triedRemotes, conntrack, ephemeral } = sample;
  const values = [
    ...connectionStates.map((state) => tcp[state]),
    udp,
    remoteCount,
    halfOpenRemotes,
    triedRemotes,
  ];
  const queues = sample.ports.flatMap(({ queue }) => (queue === null ? [] : [queue]));
  return {
    startMs: startOf(sample.atMs, stepMs),
    samples: 1,
    sums: values,
    peaks: values,
    counters: counterDifferences(before, sample),
    fills: [
      queues.length === 0 ? null : Math.max(...queues.map(({ waiting, max }) => thousandths(waiting, max))),
      conntrack === null ? null : thousandths(conntrack.count, conntrack.max),
      ephemeral === null ? null : thousandths(ephemeral.mostUsed, ephemeral.size),
    ],
    tops: topsOf(sample),
  };
}

const thousandths = (used: number, of: number): number =>
  of === 0 ? 0 : Math.min(1_000, Math.round((used / of) * 1_000));

/** Counters start at 0 with the machine: one that went back says that all of them did. */
function counterDifferences(
  before: CounterReading | undefined,
  { atMs, counters }: ConnectionSample,
): (number | null)[] {
  const former = before?.counters ?? null;
  if (counters === null || former === null || atMs - (before?.atMs ?? 0) > counterGapMaxMs) {
    return connectionCounters.map(() => null);
  }
  const restarted = connectionCounters.some((name) => counters[name] < former[name]);
  return connectionCounters.map((name) => counters[name] - (restarted ? 0 : former[name]));
}

/** Sockets but for those that only listen. */
export function connectionsIn(states: StateCounts): number {
  let sum = 0;
  for (const [state, count] of Object.entries(states) as [ConnectionState, number][]) {
    if (state !== "LISTEN") sum += count;
  }
  return sum;
}

function topsOf({ ports, remotes, prefixes, processes }: ConnectionSample): ConnectionTop[][] {
  const named: readonly (readonly (readonly [name: string, states: StateCounts])[])[] = [
    ports.map(({ transport, port, states }) => [`${transport}/${port}`, states]),
    remotes.map(({ remote, states }) => [remote, states]),
    prefixes.map(({ remote, states }) => [remote, states]),
    processes.map(({ name, states }) => [name, states]),
  ];
  return named.map((rows) => {
    const sums = new Map<string, number>();
    for (const [name, states] of rows) {
      const count = connectionsIn(states);
      if (count > 0) sums.set(name, (sums.get(name) ?? 0) + count);
    }
    return busiest(
      [...sums].map(([name, sum]) => ({ name, sum, peak: sum })),
      topsWhileOpen,
    );
  });
}

/** By their sum, equal ones by name, so that every run keeps the same. */
function busiest(tops: readonly ConnectionTop[], most: number): ConnectionTop[] {
  return tops.toSorted((a, b) => b.sum - a.sum || (a.name < b.name ? -1 : 1)).slice(0, most);
}

/** Two stretches of one host as one: means stay means, peaks peaks. Whose name one of them cut counts 0 there. */
export function mergeSlices(a: ConnectionSlice, b: ConnectionSlice): ConnectionSlice {
  return joinSlices(a, b, Math.max);
}

/** The same stretch of two hosts side by side. Their peaks may not have been at one moment: the sum is a bound. */
export function addSlices(a: ConnectionSlice, b: ConnectionSlice): ConnectionSlice {
  return joinSlices(a, b, (one, other) => one + other);
}

function joinSlices(
  a: ConnectionSlice,
  b: ConnectionSlice,
  peakOf: (a: number, b: number) => number,
): ConnectionSlice {
  return {
    startMs: Math.min(a.startMs, b.startMs),
    samples: a.samples + b.samples,
    sums: a.sums.map((sum, index) => sum + (b.sums[index] ?? 0)),
    peaks: a.peaks.map((peak, index) => peakOf(peak, b.peaks[index] ?? 0)),
    counters: a.counters.map((count, index) => either(count, b.counters[index] ?? null, (x, y) => x + y)),
    fills: a.fills.map((fill, index) => either(fill, b.fills[index] ?? null, Math.max)),
    tops: connectionTopKinds.map((_, kind) => joinTops(a.tops[kind] ?? [], b.tops[kind] ?? [], peakOf)),
  };
}

function either(a: number | null, b: number | null, join: (a: number, b: number) => number): number | null {
  return a === null ? b : b === null ? a : join(a, b);
}

function joinTops(
  a: readonly ConnectionTop[],
  b: readonly ConnectionTop[],
  peakOf: (a: number, b: number) => number,
): readonly ConnectionTop[] {
  if (a.length === 0) return b;
  const joined = new Map(a.map((top) => [top.name, top]));
  for (const { name, sum, peak } of b) {
    const known = joined.get(name);
    joined.set(name, {
      name,
      sum: sum + (known?.sum ?? 0),
      peak: known === undefined ? peak : peakOf(peak, known.peak),
    });
  }
  return busiest([...joined.values()], topsWhileOpen);
}

/** As it is kept: with only so many of the busiest. */
export function closeSlice(slice: ConnectionSlice, tops: number): ConnectionSlice {
  return { ...slice, tops: slice.tops.map((rows) => rows.slice(0, tops)) };
}

/** A host's stretch as its part of the fleet: its means, told once. */
export function asOneSample(slice: ConnectionSlice): ConnectionSlice {
  const { samples } = slice;
  return {
    ...slice,
    samples: 1,
    sums: slice.sums.map((sum) => Math.round(sum / samples)),
    tops: slice.tops.map((rows) => rows.map((top) => ({ ...top, sum: Math.round(top.sum / samples) }))),
  };
}
