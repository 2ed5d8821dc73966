// What: one sample of a host's connections, with what is remembered of it, to what is wrong and what is remembered now.
// Idea: figures → rules → hold → learn. A figure that speaks for a verdict is not learned while it does.
// Trap: same inputs, same outputs; time comes with the sample. What comes in is never changed.

import {
  connectionRowsMax,
  type ConnectionCounters,
  type ConnectionSample,
} from "../../model/connection-sample.ts";
import {
  connectionSeverities,
  type ConnectionVerdict,
  type ConnectionVerdictKind,
} from "../../model/connection-verdict.ts";
import type { OddRemote } from "../../model/odd-remote.ts";
import { closeWaitLeak, closeWaitOf, type CloseWaitTrail, trailsWith } from "./close-wait-leak.ts";
import { connectionFlood } from "./connection-flood.ts";
import { fanOut } from "./fan-out.ts";
import { countOf, figuresOf, heldOf } from "./figures.ts";
import { type Held, type HeldChange, hold, verdictOf } from "./held-verdict.ts";
import { stepOf } from "./hour-sketch.ts";
import { type KnownRemotes, rememberRemotes } from "./known-remotes.ts";
import { listenOverflow } from "./listen-overflow.ts";
import { portExhaustion, timeWaitPile } from "./local-ports.ts";
import { learn, type Normal, type NormalFigure, nothingLearned } from "./normal.ts";
import { oddRemotes } from "./odd-remotes.ts";
import {
  type Confirmed,
  type ConnectionPolicy,
  type Situation,
  situationOf,
  strangersOf,
} from "./situation.ts";
import { synFlood } from "./syn-flood.ts";

/** Counts up with every change of what is kept. */
const memoryForm = 1;

/** What is kept of one host between two samples: plain JSON, 10 kB, at most about 80 kB. */
export interface ConnectionMemory {
  /** Of another form nothing is read: a host is then learned anew. */
  readonly form: typeof memoryForm;
  readonly last: { readonly atMs: number; readonly counters: ConnectionCounters | null } | null;
  readonly watchedMs: number;
  readonly normal: Normal;
  readonly known: KnownRemotes;
  readonly trails: readonly CloseWaitTrail[];
  readonly held: readonly Held[];
}

export const nothingWatched: ConnectionMemory = {
  form: memoryForm,
  last: null,
  watchedMs: 0,
  normal: nothingLearned,
  known: {},
  trails: [],
  held: [],
};

/** What was stored, as it can be used: a memory of this form, else nothing. */
export function memoryOf(stored: unknown): ConnectionMemory {
  const isOurs =
    typeof stored === "object" && stored !== null && "form" in stored && stored.form === memoryForm;
  return isOurs ? (stored as ConnectionMemory) : nothingWatched;
}

export interface ConnectionOutcome {
  readonly memory: ConnectionMemory;
  /** What fires now, worst first. */
  readonly firing: readonly ConnectionVerdict[];
  /** What began, became worse or ended with this sample. */
  readonly changes: readonly HeldChange[];
  readonly odd: readonly OddRemote[];
  /** A sample about a second from now would decide something. */
  readonly lookAgain: boolean;
}

/** A longer time between two samples was not watched. */
const elapsedMsMax = 120_000;

/** What a verdict speaks of is not learned while it fires or waits. */
const spoils: Readonly<Record<ConnectionVerdictKind, readonly NormalFigure[]>> = {
  "syn-flood": ["halfOpen", "halfOpenShare", "handshakeMs", "cookies"],
  "connection-flood": ["connections", "stranger", "prefix", "timeWait", "halfOpenShare"],
  "close-wait-leak": ["closeWait"],
  "time-wait-pile": ["timeWait"],
  "port-exhaustion": ["timeWait"],
  "syn-sent-fan-out": ["tried"],
  "listen-overflow": ["halfOpen", "halfOpenShare", "handshakeMs"],
};

/** About 60 µs, 1 ms while dozens of new addresses come with every sample. Takes any sample, also one that lies. */
export function watchConnections(
  memory: ConnectionMemory,
  given: ConnectionSample,
  policy: ConnectionPolicy,
): ConnectionOutcome {
  const sample = bounded(given);
  const elapsedMs = elapsedOf(memory, sample.atMs);
  const figures = figuresOf(sample, memory.last);
  const trails = trailsWith(memory.trails, sample);
  const situation = situationOf(figures, memory, policy, easeOf(memory.held));
  const found = findingsOf(situation, trails);
  const { held, changes, lookAgain } = hold(memory.held, found, sample.atMs, elapsedMs);
  const firing = verdictsOf(held);
  const named = new Set(firing.flatMap(namedBy));
  return {
    memory: {
      form: memoryForm,
      last: { atMs: sample.atMs, counters: sample.counters },
      watchedMs: memory.watchedMs + elapsedMs,
      normal: learn(memory.normal, sample.atMs, elapsedMs, learnedFrom(situation, trails, held)),
      known: rememberRemotes(
        memory.known,
        sample.atMs,
        [...sample.remotes, ...sample.prefixes].filter(({ remote }) => !named.has(remote)),
      ),
      trails,
      held,
    },
    firing,
    changes,
    odd: oddRemotes(situation),
    lookAgain,
  };
}

const verdictsOf = (held: readonly Held[]): ConnectionVerdict[] =>
  held.filter(({ state }) => state === "firing").map(verdictOf);

/** What fired at the last sample, worst first. */
export const firingIn = ({ held }: ConnectionMemory): readonly ConnectionVerdict[] => verdictsOf(held);

/** An operator calls normal what this sample shows: only what is a good deal more is told of this kind from now on. */
export function acceptAsNormal(
  memory: ConnectionMemory,
  kind: ConnectionVerdictKind,
  sample: ConnectionSample,
): ConnectionMemory {
  const figures = figuresOf(bounded(sample), memory.last);
  const values = valuesOf(
    situationOf(figures, memory, nobodyExpected, () => 1),
    memory.trails,
  );
  const accepted = Object.fromEntries(spoils[kind].map((figure) => [figure, stepOf(values[figure] ?? 0)]));
  return {
    ...memory,
    normal: { ...memory.normal, accepted: { ...memory.normal.accepted, ...accepted } },
    held: memory.held.filter(({ finding }) => finding.kind !== kind),
  };
}

const nobodyExpected: ConnectionPolicy = { expected: [] };

function findingsOf(situation: Situation, trails: readonly CloseWaitTrail[]): Confirmed[] {
  return [
    ...synFlood(situation),
    ...connectionFlood(situation),
    ...closeWaitLeak(situation, trails),
    ...timeWaitPile(situation),
    ...portExhaustion(situation),
    ...fanOut(situation),
    ...listenOverflow(situation),
  ];
}

const namedBy = ({ sources, severity }: ConnectionVerdict): string[] =>
  severity === "look" ? [] : sources.map(({ remote }) => remote);

/** A verdict that fires needs half of what raised it, so that it does not come and go; to become worse needs it all. */
function easeOf(held: readonly Held[]): Situation["ease"] {
  const firing = held.filter(({ state }) => state === "firing").map(({ finding }) => finding);
  return (kind, subject, severity) =>
    firing.some(
      (finding) =>
        finding.kind === kind &&
        finding.subject === subject &&
        connectionSeverities.indexOf(severity) <= connectionSeverities.indexOf(finding.severity),
    )
      ? 0.5
      : 1;
}

function valuesOf(
  situation: Situation,
  trails: readonly CloseWaitTrail[],
): Partial<Record<NormalFigure, number>> {
  const { halfOpen, halfOpenShare, handshakeMs, rates, timeWait, closeWait, sample } = situation;
  return {
    halfOpen,
    halfOpenShare,
    ...(handshakeMs === null ? {} : { handshakeMs }),
    ...(rates === null ? {} : { cookies: rates.cookiesSent }),
    connections: heldOf(sample.tcp),
    ...strangersOf(situation),
    timeWait,
    closeWait: closeWaitOf(trails, closeWait),
    tried: countOf(sample.triedRemotes),
  };
}

/** A look is learned, for what some hosts always have is normal there; an alarm is not, nor what may become one. */
function learnedFrom(
  situation: Situation,
  trails: readonly CloseWaitTrail[],
  held: readonly Held[],
): Partial<Record<NormalFigure, number>> {
  const values = valuesOf(situation, trails);
  for (const { state, finding } of held) {
    if (state === "ended" || finding.severity === "look") continue;
    for (const figure of spoils[finding.kind]) delete values[figure];
  }
  return values;
}

function elapsedOf({ last }: ConnectionMemory, atMs: number): number {
  return last && atMs > last.atMs ? Math.min(atMs - last.atMs, elapsedMsMax) : 0;
}

/** What a sample may hold at most, whatever its sender thinks. */
function bounded(sample: ConnectionSample): ConnectionSample {
  const first = <Row>(rows: readonly Row[]): readonly Row[] => rows.slice(0, connectionRowsMax);
  return {
    ...sample,
    atMs: Number.isFinite(sample.atMs) ? Math.min(Math.max(0, sample.atMs), atMsMax) : 0,
    ports: first(sample.ports),
    remotes: first(sample.remotes),
    prefixes: first(sample.prefixes),
    processes: first(sample.processes),
  };
}

/** The end of time as a `Date` knows it. */
const atMsMax = 8.64e15;
