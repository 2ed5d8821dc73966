// What: which probe is next, and what each answer means: the whole of a SYN scan but its packets.
// Idea: all pairs of host and port in one random order, so that no host and no network gets more than its share, and a
//   silent host delays nobody. A pair without an answer is asked again when that order comes round, no sooner than an
//   answer could have come, and only while more would be missed than was allowed.
// Trap: silence is no answer. How much of it is loss the estimate says; a host that is silent on purpose must not be
//   asked for ever, and one that sends few RSTs must not be taken for a bad path. What is asked per probe has no
//   getters: to V8 an object literal with one is a dictionary, whose functions are looked up at each call.
// Source: ../../../ARCHITECTURE.md, "How a scan decides".

import type { PortReason } from "../../model/port-state.ts";
import { answerBook } from "./answer-book.ts";
import { blockade } from "./blockade.ts";
import { canaries } from "./canaries.ts";
import { decoys } from "./decoys.ts";
import { lossEstimate, recallOf } from "./loss-estimate.ts";
import { roundTrips } from "./round-trip.ts";
import { probeKinds, witnesses, witnessOf } from "./sweep.ts";
import type { Probe, SweepPlan, SynSweep, Verdicts } from "./sweep.ts";
import { walk, type Choice } from "./walk.ts";

const canaryKinds = probeKinds.all - probeKinds.canaryFirst;
/** A host that answered more than this of its pairs is asked for the rest once, whatever the loss seems to be. */
const talkativeShare = 0.7;
/** Nobody answers for so long: the scan ends, and can be resumed. */
const giveUpMs = 30_000;

export function synSweep(plan: SweepPlan, verdicts: Verdicts): SynSweep {
  const { hosts, ports } = plan;
  const width = ports.length;
  const pairs = hosts * width;
  const route = walk(pairs, plan.seed);
  const book = answerBook(hosts, width);
  const finished = new Uint8Array(hosts);
  /** Hosts of which part of the pass under way went unasked or unheard, and how many passes were spoilt so. */
  const unsure = new Uint8Array(hosts);
  const spoilt = new Uint16Array(hosts);
  const unreached = new Set<number>();
  const startedMs = new Float64Array(plan.hostTimeoutMs === null ? 0 : hosts).fill(Number.POSITIVE_INFINITY);
  /** Hosts that had pairs put off, and when one of those was asked last: a resumed run cannot know which. */
  const metLate = new Map<number, number>();
  /** Hosts that were given up because they had stopped answering, and when they had answered last. */
  const silencedMs = new Map<number, number>();
  const loss = lossEstimate(hosts);
  const trips = roundTrips(hosts);
  const meter = canaries(loss, plan.seed);
  const firstPort = ports[0] ?? 0;
  const isOneRun = ports.every((port, column) => port === firstPort + column);
  /** A run is counted off: a table of all ports is 128 kB, and met at random. */
  const portAt = (column: number): number => (isOneRun ? firstPort + column : (ports[column] ?? 0));
  const hostOf = (pair: number): number => Math.floor(pair / width);
  /** Not by `%`: the order works in doubles, of which a remainder is a loop of its own. */
  const portOf = (pair: number): number => portAt(pair - hostOf(pair) * width);
  const columns = new Int32Array(65_536).fill(-1);
  for (const [column, port] of ports.entries()) columns[port] = column;
  const bait = decoys(plan.seed, plan.decoyPorts);
  let sinceCanary = 0;
  let lastSentMs = Number.NEGATIVE_INFINITY;
  let isReviewed = false;
  let allHeld = false;
  let openHost = 0;
  let questions = 0;
  let left = hosts;
  const { counts } = book;
  const watch = blockade(hosts, width, () => loss.share() ?? 0, {
    held(host, sinceMs) {
      meter.excuse(host < 0 ? 0 : host * width, host < 0 ? pairs - 1 : (host + 1) * width - 1, sinceMs);
      if (host >= 0) unsure[host] = 1;
      else goBack(sinceMs);
      allHeld ||= host < 0;
      verdicts.othersAsked();
    },
    back(host) {
      if (host < 0) allHeld = false;
      verdicts.othersAsked();
    },
  });
  /** What was sent since then has reached nobody: it is asked again. */
  const goBack = (ms: number): void => {
    route.goBack(ms);
    for (const [host, metMs] of metLate) if (metMs > ms) unsure[host] = 1;
  };

  const leave = (host: number): boolean => {
    if (finished[host] === 1) return false;
    finished[host] = 1;
    left -= 1;
    trips.leave(host);
    return true;
  };
  const finish = (host: number): void => {
    watch.leave(host);
    if (leave(host)) verdicts.finished(host);
  };

  /** Settles a pair that is none yet. */
  const settle = (pair: number, reason: PortReason, kind: number): boolean => {
    const host = hostOf(pair);
    if (bait.isEverywhere(host) || !book.settle(pair, reason)) return false;
    if (reason === "syn-ack" || reason === "reset") loss.answered(host, kind);
    if (reason === "syn-ack") {
      meter.add(pair);
      bait.ask(host);
      verdicts.open(host, portOf(pair));
    }
    return true;
  };
  const exposeEverywhere = (host: number): void => {
    // What it seemed to offer is neither open nor a witness any more.
    book.takeBack(host);
    meter.remove(host * width, (host + 1) * width - 1);
    verdicts.answersEverywhere(host);
  };

  const isComplete = (host: number): boolean =>
    book.settledOf(host) === width || (finished[host] === 1 && !silencedMs.has(host) && !unreached.has(host));

  const fill = (probe: Probe, host: number, port: number, kind: number, nowMs: number): true => {
    probe.host = host;
    probe.port = port;
    probe.kind = kind;
    probe.witness = witnessOf(kind);
    lastSentMs = nowMs;
    return true;
  };
  /** What is not asked for its own sake goes out in any case. */
  const fillExtra = (probe: Probe, host: number, port: number, kind: number, nowMs: number): true => {
    plan.ceiling?.charge(host, nowMs);
    return fill(probe, host, port, kind, nowMs);
  };

  const isClosed = plan.isClosed ?? ((): boolean => false);
  const isHeld = (pair: number): boolean => {
    const host = hostOf(pair);
    return watch.isHeld(host) || isClosed(host);
  };
  /** Nobody of whom something is left to ask may be asked now: the order stands still. */
  const isShut = (): boolean => {
    if (plan.isClosed === null || left === 0) return false;
    // The one that was open last is open still, most of the time.
    for (let step = 0; step < hosts; step += 1) {
      const host = (openHost + step) % hosts;
      if (finished[host] === 1 || isClosed(host)) continue;
      openHost = host;
      return false;
    }
    return true;
  };
  const waitOf = (pair: number): number => trips.waitMs(hostOf(pair));
  /** Whether somebody still answers. Nothing waits for it, so it counts as nothing sent. */
  const nextQuestion = (probe: Probe, nowMs: number): boolean => {
    const pair = watch.next(nowMs, trips.waitMs, isClosed);
    if (pair === undefined) return false;
    questions += 1;
    const sentMs = lastSentMs;
    const kind = probeKinds.canaryFirst + (questions % canaryKinds);
    fillExtra(probe, hostOf(pair), portOf(pair), kind, nowMs);
    // Whoever may be cut off is no witness of the path.
    probe.witness = witnesses.none;
    lastSentMs = sentMs;
    return true;
  };

  const nextCanary = (probe: Probe, nowMs: number, tick: number): boolean => {
    if (meter.size() === 0) return false;
    const canary = meter.next(nowMs, waitOf, tick, isHeld);
    if (canary === undefined) return false;
    sinceCanary = 0;
    const { pair, times } = canary;
    const kind = probeKinds.canaryFirst + (times % canaryKinds);
    return fillExtra(probe, hostOf(pair), portOf(pair), kind, nowMs);
  };

  const isOutOfTime = (host: number, nowMs: number): boolean => {
    if (plan.hostTimeoutMs === null) return false;
    startedMs[host] = Math.min(startedMs[host] ?? nowMs, nowMs);
    return nowMs - (startedMs[host] ?? nowMs) >= plan.hostTimeoutMs;
  };

  /** The host's count first: the bit of a pair lies anywhere in megabytes, and nothing on the way is dearer. */
  const isSettled = (host: number, pair: number): boolean => book.settledOf(host) > 0 && book.isSettled(pair);

  const choose = (pair: number, nowMs: number): Choice => {
    const host = hostOf(pair);
    if (finished[host] === 1 || isSettled(host, pair)) return "skip";
    if (isClosed(host)) {
      // Its time begins anew when it may be asked again.
      if (plan.hostTimeoutMs !== null) startedMs[host] = Number.POSITIVE_INFINITY;
      unsure[host] = 1;
      return "skip";
    }
    if (isOutOfTime(host, nowMs)) {
      unreached.add(host);
      watch.leave(host);
      leave(host);
    }
    if (finished[host] === 1 || watch.isHeld(host)) {
      unsure[host] = 1;
      return "skip";
    }
    if (plan.ceiling?.take(host, nowMs) === false) {
      metLate.set(host, nowMs);
      return "later";
    }
    return "ask";
  };

  /** The next pair without an answer in this pass. */
  const nextPair = (probe: Probe, nowMs: number): boolean => {
    const pair = route.next(nowMs, trips.longestWaitMs(), choose);
    if (pair === undefined) return false;
    const host = hostOf(pair);
    watch.asked(host);
    return fill(probe, host, portOf(pair), route.pass() - (spoilt[host] ?? 0), nowMs);
  };

  /** After a pass, once every answer to it is there: who needs another one? */
  const judgePass = (): void => {
    const tries = route.pass() + 1;
    if (tries > 1) loss.retried();
    const isEnough = Array.from({ length: tries + 1 }, (_, times) =>
      loss.isEnough(times, plan.missTarget, counts.open),
    );
    for (let host = 0; host < hosts; host += 1) {
      if (watch.isBlocked(host)) {
        if (leave(host)) silencedMs.set(host, watch.lastAnsweredMs(host));
        continue;
      }
      if (finished[host] === 1) continue;
      spoilt[host] = Math.min(tries, (spoilt[host] ?? 0) + (unsure[host] ?? 0));
      unsure[host] = 0;
      const whole = tries - (spoilt[host] ?? 0);
      const enough = isEnough[whole] === true;
      const share = book.settledOf(host) / width;
      const talkative = share > talkativeShare && whole <= 1;
      if (share >= 1 || (enough && !talkative) || whole >= probeKinds.triesMax) finish(host);
    }
    route.nextPass();
    isReviewed = false;
  };

  const unsureHosts = (settledMs: number): number[] => {
    const late = new Set<number>();
    for (const pair of route.putOff()) late.add(hostOf(pair));
    for (const [host, metMs] of metLate) {
      if (metMs >= settledMs) late.add(host);
      else if (!late.has(host)) metLate.delete(host);
    }
    for (let host = 0; host < hosts; host += 1)
      if (unsure[host] === 1 || ((spoilt[host] ?? 0) > 0 && finished[host] === 0)) late.add(host);
    return [...late];
  };

  return {
    next(probe, nowMs, tick) {
      if (isShut()) return false;
      if (left > 0 && nextQuestion(probe, nowMs)) return true;
      if (allHeld) return false;
      const decoy = bait.next(nowMs, isClosed);
      if (decoy !== undefined) return fillExtra(probe, decoy.host, decoy.port, probeKinds.decoy, nowMs);
      if (left === 0) return false;
      sinceCanary += 1;
      if (meter.isDue(sinceCanary) && !route.isOver() && nextCanary(probe, nowMs, tick)) return true;
      if (nextPair(probe, nowMs)) return true;
      if (!route.isOver()) return false;
      // The pass is over: a last round of canaries, and what is on its way.
      const hasEnough = meter.hasEnough(isHeld);
      if (!hasEnough && nextCanary(probe, nowMs, tick)) return true;
      if (!hasEnough || nowMs - lastSentMs < trips.longestWaitMs()) return false;
      if (!isReviewed) watch.review((host) => finished[host] === 0 && book.settledOf(host) < width);
      isReviewed = true;
      if (nextQuestion(probe, nowMs)) return true;
      if (!watch.isSure()) return false;
      judgePass();
      return left > 0 && nextPair(probe, nowMs);
    },
    answered({ host, port, kind }, reason, sentTick, roundTripMs, nowMs) {
      trips.sample(host, roundTripMs, reason === "syn-ack");
      const column = columns[port] ?? -1;
      const pair = host * width + column;
      // An ICMP error may come from whoever blocks us.
      if (reason === "syn-ack" || reason === "reset")
        watch.heard(host, column < 0 ? -1 : pair, nowMs - roundTripMs);
      if (reason === "syn-ack") plan.ceiling?.charge(host, nowMs);
      if (kind === probeKinds.decoy) {
        if (!bait.answered(host, port, reason === "syn-ack")) return false;
        finish(host);
        exposeEverywhere(host);
        return true;
      }
      if (column < 0) return false;
      if (kind >= probeKinds.canaryFirst) return meter.answered(pair, sentTick);
      if (!settle(pair, reason, kind)) return false;
      verdicts.settled(pair, reason, kind > 0);
      return true;
    },
    isDone: (nowMs) =>
      (left === 0 && nowMs - lastSentMs >= trips.longestWaitMs()) ||
      (watch.allBlocked() && nowMs - watch.allAnsweredMs() >= giveUpMs),
    leave(host) {
      unreached.add(host);
      leave(host);
    },
    waitMs: () => trips.longestWaitMs(),
    isShut,
    tallyOf: (host) => ({ ...book.tallyOf(host), complete: isComplete(host) }),
    blocked() {
      const since = new Map(silencedMs);
      for (const host of watch.blockedHosts()) since.set(host, watch.lastAnsweredMs(host));
      const all = watch.allBlocked();
      if (!all && since.size === 0) return null;
      let cut = 0;
      for (let host = 0; host < hosts; host += 1) {
        if (!isComplete(host) && (all ? watch.hasAnswered(host) : since.has(host))) cut += 1;
      }
      return { all, hosts: cut, sinceMs: all ? watch.allAnsweredMs() : Math.min(...since.values()) };
    },
    state(nowMs) {
      const settledMs = nowMs - trips.longestWaitMs();
      // Silence that may be a blockade answers for nothing.
      const heardMs = watch.allDoubted() ? Math.min(settledMs, watch.allAnsweredMs()) : settledMs;
      return {
        ...route.placeAt(heardMs),
        ...meter.known(nowMs, waitOf),
        decoyed: bait.askedBefore(heardMs),
        unsure: unsureHosts(settledMs),
      };
    },
    restore: {
      answer(pair, reason, isLate) {
        settle(pair, reason, Number(isLate));
        if (reason === "syn-ack" || reason === "reset")
          watch.heard(hostOf(pair), pair, Number.NEGATIVE_INFINITY);
      },
      host(host, fate) {
        if (fate === "unsure") unsure[host] = 1;
        if (fate === "decoyed" || fate === "everywhere") bait.restore(host, fate === "everywhere");
        if (fate === "finished" || fate === "everywhere") leave(host);
        if (fate === "everywhere") exposeEverywhere(host);
      },
      state(state) {
        route.restore(state);
        if (state.pass > 1) loss.retried();
        meter.restore(state.questions, state.silences);
      },
    },
    progress() {
      return {
        done: left === 0 ? 1 : route.cursor() / pairs,
        pass: route.pass() + 1,
        ...counts,
        loss: loss.share(),
        recall: recallOf({
          pairs,
          asked: route.pass() > 0 ? 1 : route.cursor() / pairs,
          settled: book.settled(),
          open: counts.open,
          missed: loss.missed(Math.max(1, route.pass())),
        }),
      };
    },
  };
}
