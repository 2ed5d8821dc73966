// What: what a sweep is to whoever drives it: it takes time and answers, and says what to send and what is known.
// Idea: no socket, no clock and no address stand here, so that a sweep can be driven by a network that is made up.

import type { PortReason } from "../../model/port-state.ts";
import type { HostTally } from "./answer-book.ts";
import type { HostCeiling } from "./host-ceiling.ts";
import type { Place } from "./trail.ts";

export interface SweepPlan {
  readonly hosts: number;
  readonly ports: Uint16Array;
  readonly seed: number;
  /** Ports that nobody offers and that may be asked; some of them are, of each host with an open one. */
  readonly decoyPorts: Uint16Array;
  /** Share of what is open that may be missed. */
  readonly missTarget: number;
  /** Null: each host is asked as often as the whole speed brings about. */
  readonly ceiling: HostCeiling | null;
  /** Whether nothing may be sent to a host now; null: it always may. */
  readonly isClosed: ((host: number) => boolean) | null;
  /** After so long nothing is asked of a host any more; null: as long as it takes. */
  readonly hostTimeoutMs: number | null;
}

/** What a probe is for: each kind has a source port of its own, by which its answer brings it back. */
export const probeKinds = { triesMax: 10, decoy: 10, canaryFirst: 11, all: 32 } as const;

/**
 * Whose answers tell how full the path is: first tries, because later ones go to the silent, and canaries, because they
 * must answer.
 */
export const witnesses = { none: 0, firstTry: 1, canary: 2 } as const;

/** Of a probe's kind, and of an answer's. */
export function witnessOf(kind: number): number {
  if (kind === 0) return witnesses.firstTry;
  return kind >= probeKinds.canaryFirst ? witnesses.canary : witnesses.none;
}

export interface Probe {
  host: number;
  port: number;
  /** 0 … `triesMax` − 1: which try; `decoy`; from `canaryFirst` on: a canary. */
  kind: number;
  /** One of `witnesses`. */
  witness: number;
}

/** A probe that came back. */
export type AnsweredProbe = Omit<Probe, "witness">;

export interface Verdicts {
  open(host: number, port: number): void;
  /** Any pair, once. `isLate`: it took more than one try. */
  settled(pair: number, reason: PortReason, isLate: boolean): void;
  /** Nothing is asked of it any more. */
  finished(host: number): void;
  /** Whatever port is asked, it answers open: what it seems to offer means nothing. */
  answersEverywhere(host: number): void;
  /** Who is asked has changed: somebody fell silent, or is back. */
  othersAsked(): void;
}

export interface SynSweep {
  /** Fills `probe` with what is due; false when nothing is due now. */
  next(probe: Probe, nowMs: number, tick: number): boolean;
  /** A validated answer. `reason`: `syn-ack`, `reset` or an ICMP error's. False: it was there before, or says nothing. */
  answered(
    probe: AnsweredProbe,
    reason: PortReason,
    sentTick: number,
    roundTripMs: number,
    nowMs: number,
  ): boolean;
  /** Whether nothing is left to ask or to wait for. */
  isDone(nowMs: number): boolean;
  /** Nothing is asked of it any more. */
  leave(host: number): void;
  waitMs(): number;
  /** Nothing is sent, because no window is open. */
  isShut(): boolean;
  progress(): SweepProgress;
  /** Who has stopped answering for good, and when the first of them did. */
  blocked(): Blocked | null;
  tallyOf(host: number): HostTally;
  /** What another run needs to go on from here, besides the verdicts told. */
  state(nowMs: number): SweepState;
  /** Takes up what a former run knew, before anything is asked: its verdicts first, then its last state. */
  readonly restore: {
    answer(pair: number, reason: PortReason, isLate: boolean): void;
    host(host: number, fate: HostFate): void;
    state(state: Omit<SweepState, "decoyed" | "unsure">): void;
  };
}

export interface Blocked {
  /** Nobody answers any more: the scan is blocked, not a few hosts. */
  readonly all: boolean;
  /** Addresses that had answered before, and were not asked to the end. */
  readonly hosts: number;
  /** Monotonic: when the last probe was sent that the first of them answered. */
  readonly sinceMs: number;
}

/** `unsure`: what was asked of it in the pass under way may not have reached it. Only the last record's list counts. */
export const hostFates = ["finished", "everywhere", "decoyed", "unsure"] as const;
export type HostFate = (typeof hostFates)[number];

export interface SweepState extends Place {
  /** To open ports whose answer is known, and how many got none. */
  readonly questions: number;
  readonly silences: number;
  /** Hosts whose decoys were asked, and had time to answer; each told once. */
  readonly decoyed: readonly number[];
  readonly unsure: readonly number[];
}

export interface SweepProgress {
  /** 0 to 1, of the pass. */
  readonly done: number;
  /** From 1. */
  readonly pass: number;
  readonly open: number;
  readonly closed: number;
  readonly filtered: number;
  /** Estimated share of probes without an answer where one was due; null while nothing tells. */
  readonly loss: number | null;
  /** Estimated share of the open ports that were found; what was never asked counts as missed. Null before the first probe. */
  readonly recall: number | null;
}
