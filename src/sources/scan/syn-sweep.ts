// What: which probe is next, and what each answer means: the whole of a SYN scan but its packets.
// Idea: all pairs of host and port in one random order, so that no host and no network gets more than its share, and a
//   silent host delays nobody. A pair without an answer is asked again when that order comes round, no sooner than an
//   answer could have come, and only while more would be missed than was allowed.
// Trap: silence is no answer. How much of it is loss the estimate says; a host that is silent on purpose must not be
//   asked for ever, and one that sends few RSTs must not be taken for a bad path.
// Source: ../../../ARCHITECTURE.md, "How a scan decides".

import type { PortReason } from "../../model/port-state.ts";
import { answerBook, type HostTally } from "./answer-book.ts";
import { canaries, probesPerCanary } from "./canaries.ts";
import { decoys } from "./decoys.ts";
import { lossEstimate } from "./loss-estimate.ts";
import { permutation } from "./permutation.ts";
import { roundTrips } from "./round-trip.ts";
import { trail, type Place } from "./trail.ts";

export interface SweepPlan {
  readonly hosts: number;
  readonly ports: Uint16Array;
  readonly seed: number;
  /** Ports that nobody offers and that may be asked; some of them are, of each host with an open one. */
  readonly decoyPorts: Uint16Array;
  /** Share of what is open that may be missed. */
  readonly missTarget: number;
}

/** What a probe is for: each kind has a source port of its own, by which its answer brings it back. */
export const probeKinds = { triesMax: 10, decoy: 10, canaryFirst: 11, all: 32 } as const;
const canaryKinds = probeKinds.all - probeKinds.canaryFirst;

export interface Probe {
  host: number;
  port: number;
  /** 0 … `triesMax` − 1: which try; `decoy`; from `canaryFirst` on: a canary. */
  kind: number;
}

export interface Verdicts {
  open(host: number, port: number): void;
  /** Any pair, once. `isLate`: it took more than one try. */
  settled(pair: number, reason: PortReason, isLate: boolean): void;
  /** Nothing is asked of it any more. */
  finished(host: number): void;
  /** Whatever port is asked, it answers open: what it seems to offer means nothing. */
  answersEverywhere(host: number): void;
}

export interface SynSweep {
  /** Fills `probe` with what is due; false when nothing is due now. */
  next(probe: Probe, nowMs: number, tick: number): boolean;
  /** A validated answer. `reason`: `syn-ack`, `reset` or an ICMP error's. False: it was there before, or says nothing. */
  answered(probe: Probe, reason: PortReason, sentTick: number, roundTripMs: number): boolean;
  /** Whether nothing is left to ask or to wait for. */
  isDone(nowMs: number): boolean;
  /** Nothing is asked of it any more. */
  leave(host: number): void;
  waitMs(): number;
  progress(): SweepProgress;
  tallyOf(host: number): HostTally;
  /** What another run needs to go on from here, besides the verdicts told. */
  state(nowMs: number): SweepState;
  /** Takes up what a former run knew, before anything is asked: its verdicts first, then its last state. */
  readonly restore: {
    answer(pair: number, reason: PortReason, isLate: boolean): void;
    host(host: number, fate: HostFate): void;
    state(state: Omit<SweepState, "decoyed">): void;
  };
}

export const hostFates = ["finished", "everywhere", "decoyed"] as const;
export type HostFate = (typeof hostFates)[number];

export interface SweepState extends Place {
  /** To open ports whose answer is known, and how many got none. */
  readonly questions: number;
  readonly silences: number;
  /** Hosts whose decoys were asked, and had time to answer; each told once. */
  readonly decoyed: readonly number[];
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

/** Of a pass's order, in so many parts it is remembered when they were asked last. */
const parts = 4_096;
/** Pairs looked at for one probe before others have their turn: a late pass finds few that are still open to question. */
const stepsMax = 65_536;
/** A host that answered more than this of its pairs is asked for the rest once, whatever the loss seems to be. */
const talkativeShare = 0.7;

export function synSweep(plan: SweepPlan, verdicts: Verdicts): SynSweep {
  const { hosts, ports } = plan;
  const width = ports.length;
  const pairs = hosts * width;
  const order = permutation(pairs, plan.seed);
  const book = answerBook(hosts, width);
  const finished = new Uint8Array(hosts);
  const loss = lossEstimate(hosts);
  const trips = roundTrips(hosts);
  const meter = canaries(loss);
  const columns = new Int32Array(65_536).fill(-1);
  for (const [column, port] of ports.entries()) columns[port] = column;
  const bait = decoys(plan.seed, plan.decoyPorts);
  const askedMs = new Float64Array(parts + 1).fill(Number.NEGATIVE_INFINITY);
  let pass = 0;
  let cursor = 0;
  let part = -1;
  let dueMs = Number.NEGATIVE_INFINITY;
  let sinceCanary = 0;
  let lastSentMs = Number.NEGATIVE_INFINITY;
  let left = hosts;
  const { counts } = book;
  const path = trail({ pass, cursor });

  const leave = (host: number): boolean => {
    if (finished[host] === 1) return false;
    finished[host] = 1;
    left -= 1;
    trips.leave(host);
    return true;
  };
  const finish = (host: number): void => {
    if (leave(host)) verdicts.finished(host);
  };

  /** Settles a pair that is none yet. */
  const settle = (pair: number, reason: PortReason, kind: number): boolean => {
    const host = Math.floor(pair / width);
    if (bait.isEverywhere(host) || !book.settle(pair, reason)) return false;
    if (reason === "syn-ack" || reason === "reset") loss.answered(host, kind);
    if (reason === "syn-ack") {
      meter.add(pair);
      bait.ask(host);
      verdicts.open(host, ports[pair % width] ?? 0);
    }
    return true;
  };
  const exposeEverywhere = (host: number): void => {
    // What it seemed to offer is neither open nor a witness any more.
    book.takeBack(host);
    meter.remove(host * width, (host + 1) * width - 1);
    verdicts.answersEverywhere(host);
  };

  const fill = (probe: Probe, host: number, port: number, kind: number, nowMs: number): true => {
    probe.host = host;
    probe.port = port;
    probe.kind = kind;
    lastSentMs = nowMs;
    return true;
  };

  const nextCanary = (probe: Probe, nowMs: number, tick: number): boolean => {
    if (meter.size === 0) return false;
    const canary = meter.next(nowMs, (pair) => trips.waitMs(Math.floor(pair / width)), tick);
    if (canary === undefined) return false;
    sinceCanary = 0;
    const { pair, times } = canary;
    const kind = probeKinds.canaryFirst + (times % canaryKinds);
    return fill(probe, Math.floor(pair / width), ports[pair % width] ?? 0, kind, nowMs);
  };

  /** The next pair without an answer in this pass; false when the pass is over, or its next part is not due. */
  const nextPair = (probe: Probe, nowMs: number): boolean => {
    for (let step = 0; step < stepsMax && cursor < pairs; step += 1) {
      const at = Math.floor((cursor / pairs) * parts);
      if (at !== part) {
        part = at;
        dueMs = (askedMs[at] ?? 0) + trips.longestWaitMs();
      }
      if (nowMs < dueMs) return false;
      const pair = order(cursor);
      cursor += 1;
      if (book.isSettled(pair)) continue;
      const host = Math.floor(pair / width);
      if (finished[host] === 1) continue;
      askedMs[at] = nowMs;
      return fill(probe, host, ports[pair % width] ?? 0, pass, nowMs);
    }
    return false;
  };

  /** After a pass, once every answer to it is there: who needs another one? */
  const judgePass = (): void => {
    const tries = pass + 1;
    if (tries > 1) loss.retried();
    const enough = loss.missed(tries) <= plan.missTarget;
    for (let host = 0; host < hosts; host += 1) {
      const share = book.settledOf(host) / width;
      const talkative = share > talkativeShare && tries === 1;
      if (share >= 1 || (enough && !talkative) || tries >= probeKinds.triesMax) finish(host);
    }
    pass = tries;
    cursor = 0;
    part = -1;
  };

  /** Of what is open, a part was missed by every try so far; but no more than there are pairs without an answer. */
  const recall = (): number | null => {
    const asked = pass > 0 ? 1 : cursor / pairs;
    if (asked === 0) return null;
    const missed = loss.missed(Math.max(1, pass));
    const silent = Math.max(0, asked * pairs - book.settled);
    if (counts.open === 0) return asked * (1 - (missed * silent) / pairs);
    const unseen = Math.min((counts.open * missed) / Math.max(1 - missed, Number.EPSILON), silent);
    return (asked * counts.open) / (counts.open + unseen);
  };

  return {
    next(probe, nowMs, tick) {
      path.note(nowMs, pass, cursor);
      const decoy = bait.next(nowMs);
      if (decoy !== undefined) return fill(probe, decoy.host, decoy.port, probeKinds.decoy, nowMs);
      if (left === 0) return false;
      if (cursor < pairs) {
        sinceCanary += 1;
        if (sinceCanary >= probesPerCanary && nextCanary(probe, nowMs, tick)) return true;
        return nextPair(probe, nowMs);
      }
      // The pass is over: a last round of canaries, and what is on its way.
      if (!meter.hasEnough() && nextCanary(probe, nowMs, tick)) return true;
      if (!meter.hasEnough() || nowMs - lastSentMs < trips.longestWaitMs()) return false;
      judgePass();
      return left > 0 && nextPair(probe, nowMs);
    },
    answered({ host, port, kind }, reason, sentTick, roundTripMs) {
      trips.sample(host, roundTripMs, reason === "syn-ack");
      if (kind === probeKinds.decoy) {
        if (!bait.answered(host, port, reason === "syn-ack")) return false;
        finish(host);
        exposeEverywhere(host);
        return true;
      }
      const column = columns[port] ?? -1;
      if (column < 0) return false;
      const pair = host * width + column;
      if (kind >= probeKinds.canaryFirst) return meter.answered(pair, sentTick);
      if (!settle(pair, reason, kind)) return false;
      verdicts.settled(pair, reason, kind > 0);
      return true;
    },
    isDone: (nowMs) => left === 0 && nowMs - lastSentMs >= trips.longestWaitMs(),
    leave: (host) => void leave(host),
    waitMs: () => trips.longestWaitMs(),
    tallyOf: book.tallyOf,
    state(nowMs) {
      const settledMs = nowMs - trips.longestWaitMs();
      const known = meter.known(nowMs, (pair) => trips.waitMs(Math.floor(pair / width)));
      return { ...path.at(settledMs), ...known, decoyed: bait.askedBefore(settledMs) };
    },
    restore: {
      answer: (pair, reason, isLate) => void settle(pair, reason, Number(isLate)),
      host(host, fate) {
        if (fate !== "finished") bait.restore(host, fate === "everywhere");
        if (fate !== "decoyed") leave(host);
        if (fate === "everywhere") exposeEverywhere(host);
      },
      state(state) {
        ({ pass, cursor } = state);
        path.restart(state);
        if (pass > 1) loss.retried();
        meter.restore(state.questions, state.silences);
      },
    },
    progress() {
      return {
        done: left === 0 ? 1 : cursor / pairs,
        pass: pass + 1,
        ...counts,
        loss: loss.share(),
        recall: recall(),
      };
    },
  };
}
