// What: which UDP probe is next, and what each answer means: the whole of a UDP scan but its datagrams.
// Idea: a first pass over all pairs of host and port in one random order. Then hosts that send errors go on in lanes of
//   their own (udp-lanes.ts), where silence is proven; all others are asked again in passes, as often as what gets lost
//   demands.
// Trap: an error from a router says that a host is out of reach, not that a port is closed: only what the host or the
//   firewall before it says of one port makes a lane. A port of a printer or a controller is asked twice and no more.
// Source: nmap(1), "-sU"; ../../../ARCHITECTURE.md, "How a scan decides".

import type { PortReason } from "../../model/port-state.ts";
import type { HostTally } from "./answer-book.ts";
import { answerMap } from "./answer-map.ts";
import { isFragileOverUdp } from "./fragile-ports.ts";
import { permutation } from "./permutation.ts";
import { roundTrips } from "./round-trip.ts";
import type { SweepProgress } from "./sweep.ts";
import { restMs, udpLanes } from "./udp-lanes.ts";
import { udpLoss } from "./udp-loss.ts";

export interface UdpPlan {
  readonly hosts: number;
  readonly ports: Uint16Array;
  readonly seed: number;
  /** Share of what is open that may be missed. */
  readonly missTarget: number;
  /** So long hosts that send few errors are asked on, from the end of the first pass. */
  readonly patienceMs: number;
}

export interface UdpProbe {
  host: number;
  port: number;
}

export interface UdpSweep {
  /** Fills `probe` with what is due; false when nothing is due now. */
  next(probe: UdpProbe, nowMs: number): boolean;
  /** `reason`: `udp-response`, or an ICMP error's. False: it was there before, or was not asked. */
  answered(host: number, port: number, reason: PortReason, fromTarget: boolean, nowMs: number): boolean;
  /** Whether it was scanned at all. */
  has(port: number): boolean;
  isDone(nowMs: number): boolean;
  /** Nothing is asked of it any more. */
  leave(host: number): void;
  /** The scan was stopped: what lanes have not proven is unsure. */
  stop(): void;
  progress(): SweepProgress;
  tallyOf(host: number): Omit<HostTally, "complete">;
  /** Ports without an answer, ascending, at most so many. */
  silentPorts(host: number, most: number): number[];
  /** Silent ports of a host that limits its errors, which may be closed as well. */
  unsureOf(host: number): number;
  /** Pairs that were asked and stayed silent. */
  readonly silent: number;
}

const triesMin = 2;
const triesMax = 8;
const fragileTriesMax = 2;
/** A limit of errors lets so many through at once, and so many a second: Linux 6 and 1. Twice that is no limit. */
const limitBurst = 12;
const limitPerSecond = 2;
/** What is said of a host or its network, not of a port. */
const outOfReach = new Set<PortReason>(["host-unreach", "net-unreach", "time-exceeded"]);

export function udpSweep(plan: UdpPlan, open: (host: number, port: number) => void): UdpSweep {
  const { hosts, ports } = plan;
  const width = ports.length;
  const pairs = hosts * width;
  const order = permutation(pairs, plan.seed);
  const map = answerMap(pairs);
  const settled = new Uint32Array(hosts);
  const openOf = new Uint32Array(hosts);
  const closedOf = new Uint32Array(hosts);
  const errorsOf = new Uint32Array(hosts);
  const witness = new Int32Array(hosts).fill(-1);
  const unsure = new Uint32Array(hosts);
  const filteredOf = new Map<number, Partial<Record<PortReason, number>>>();
  const finished = new Uint8Array(hosts);
  const isFree = new Uint8Array(hosts);
  const lastPair = new Float64Array(hosts).fill(-1);
  const lastMs = new Float64Array(hosts);
  const loss = udpLoss();
  const trips = roundTrips(hosts);
  const columns = new Int32Array(65_536).fill(-1);
  for (const [column, port] of ports.entries()) columns[port] = column;
  const fragileTries = new Map<number, number>();
  const counts = { open: 0, closed: 0, filtered: 0 };
  let [tries, cursor, left] = [0, 0, hosts];
  /** Silent pairs of which nothing more is asked. */
  let givenUp = 0;
  let lastSentMs = Number.NEGATIVE_INFINITY;
  /** The same of passes alone: lanes send all the time. */
  let passMs = Number.NEGATIVE_INFINITY;
  let startMs: number | undefined;
  let patienceEndMs = Number.POSITIVE_INFINITY;

  const finish = (host: number): void => {
    if (finished[host] === 1) return;
    finished[host] = 1;
    left -= 1;
    givenUp += width - (settled[host] ?? 0);
    trips.leave(host);
  };
  const isFragileColumn = (column: number): boolean => isFragileOverUdp(ports[column] ?? 0);
  const isAskable = (host: number, column: number): boolean => {
    const pair = host * width + column;
    if (map.isSettled(pair) || finished[host] === 1) return false;
    return !isFragileColumn(column) || (fragileTries.get(pair) ?? 0) < fragileTriesMax;
  };
  const triesWanted = (): number => {
    let wanted = triesMin;
    while (wanted < triesMax && loss.missed(wanted) > plan.missTarget) wanted += 1;
    return wanted;
  };
  const lanes = udpLanes({
    columns: width,
    isAskable,
    // Besides the first pass, which proves nothing.
    rounds: triesWanted,
    waitMs: trips.waitMs,
    witnessed: loss.seen,
    done(host, count, hasLimit) {
      unsure[host] = count + (hasLimit ? silentFragile(host) : 0);
      finish(host);
    },
  });
  const silentFragile = (host: number): number => {
    let count = 0;
    for (let column = 0; column < width; column += 1) {
      if (isFragileColumn(column) && !map.isSettled(host * width + column)) count += 1;
    }
    return count;
  };

  const fill = (probe: UdpProbe, host: number, column: number, nowMs: number): true => {
    const pair = host * width + column;
    probe.host = host;
    probe.port = ports[column] ?? 0;
    lastPair[host] = pair;
    lastMs[host] = nowMs;
    lastSentMs = nowMs;
    if (isFragileColumn(column)) fragileTries.set(pair, (fragileTries.get(pair) ?? 0) + 1);
    return true;
  };

  const nextOfPass = (probe: UdpProbe, nowMs: number): boolean => {
    while (cursor < pairs) {
      const pair = order(cursor);
      cursor += 1;
      const host = Math.floor(pair / width);
      if (finished[host] === 1 || lanes.has(host) || !isAskable(host, pair % width)) continue;
      passMs = nowMs;
      return fill(probe, host, pair % width, nowMs);
    }
    return false;
  };

  /** A host that sent more errors than any limit lets through speaks for the path. */
  const judgeLimit = (host: number, nowMs: number): void => {
    const seconds = (nowMs - (startMs ?? nowMs)) / 1_000;
    const errors = errorsOf[host] ?? 0;
    if (errors <= limitBurst + limitPerSecond * seconds) return;
    isFree[host] = 1;
    for (let count = 0; count < errors; count += 1) loss.seen(false);
  };

  /** After a pass, once every answer to it is there: who needs another one? */
  const judgePass = (nowMs: number): void => {
    tries += 1;
    const enough = tries >= triesWanted();
    for (let host = 0; host < hosts; host += 1) {
      if (finished[host] === 1 || lanes.has(host)) continue;
      if (tries === 1) judgeLimit(host, nowMs);
      if ((settled[host] ?? 0) >= width) finish(host);
      else if ((witness[host] ?? -1) >= 0) lanes.add(host, witness[host] ?? 0, nowMs);
      else if (enough) finish(host);
    }
    cursor = left > lanes.size ? 0 : pairs;
    if (tries === 1) patienceEndMs = nowMs + plan.patienceMs;
  };

  const settledAll = (): number => counts.open + counts.closed + counts.filtered;
  /** Of what answers, the part that no try has seen, but no more than there are silent pairs. */
  const recall = (): number | null => {
    const asked = tries > 0 ? 1 : cursor / Math.max(1, pairs);
    if (asked === 0) return null;
    const silent = asked * pairs - settledAll();
    const missed = loss.missed(left === 0 ? triesWanted() : Math.max(1, tries));
    if (counts.open === 0) return asked * (1 - (missed * silent) / pairs);
    return (asked * counts.open) / (counts.open + Math.min((counts.open * missed) / (1 - missed), silent));
  };

  return {
    next(probe, nowMs) {
      startMs ??= nowMs;
      if (left === 0) return false;
      if (nowMs >= patienceEndMs) lanes.giveUp();
      if (lanes.next(nowMs, (host, column) => fill(probe, host, column, nowMs))) return true;
      if (nextOfPass(probe, nowMs)) return true;
      // No sooner than a host whose errors were used up before has one to give again: it makes a witness.
      if (left > lanes.size && nowMs - passMs >= Math.max(restMs, trips.longestWaitMs())) judgePass(nowMs);
      return false;
    },
    answered(host, port, reason, fromTarget, nowMs) {
      const column = columns[port] ?? -1;
      if (column < 0) return false;
      const pair = host * width + column;
      if (lastPair[host] === pair) {
        trips.sample(host, nowMs - (lastMs[host] ?? nowMs), false);
        lastPair[host] = -1;
      }
      lanes.answered(host, column, nowMs);
      if (!map.settle(pair)) return false;
      settled[host] = (settled[host] ?? 0) + 1;
      if (reason === "udp-response") {
        counts.open += 1;
        openOf[host] = (openOf[host] ?? 0) + 1;
        loss.seen(tries > 0);
        open(host, port);
        return true;
      }
      if (isFree[host] === 1) loss.seen(true);
      errorsOf[host] = (errorsOf[host] ?? 0) + 1;
      if (!outOfReach.has(reason) && (witness[host] ?? -1) < 0 && !isFragileColumn(column))
        witness[host] = column;
      if (reason === "port-unreach" && fromTarget) {
        counts.closed += 1;
        closedOf[host] = (closedOf[host] ?? 0) + 1;
      } else {
        counts.filtered += 1;
        const reasons = filteredOf.get(host) ?? {};
        reasons[reason] = (reasons[reason] ?? 0) + 1;
        filteredOf.set(host, reasons);
      }
      return true;
    },
    has: (port) => (columns[port] ?? -1) >= 0,
    isDone: (nowMs) => left === 0 && nowMs - lastSentMs >= trips.longestWaitMs(),
    leave: finish,
    stop: () => lanes.giveUp(),
    tallyOf: (host) => ({
      open: openOf[host] ?? 0,
      closed: closedOf[host] ?? 0,
      filtered: filteredOf.get(host) ?? {},
      silent: width - (settled[host] ?? 0),
    }),
    silentPorts(host, most) {
      const silent: number[] = [];
      for (let column = 0; column < width && silent.length < most; column += 1) {
        if (!map.isSettled(host * width + column)) silent.push(ports[column] ?? 0);
      }
      return silent;
    },
    unsureOf: (host) => Math.min(unsure[host] ?? 0, width - (settled[host] ?? 0)),
    get silent() {
      return (tries > 0 ? pairs : cursor) - settledAll();
    },
    progress: () => ({
      done: left === 0 ? 1 : tries === 0 ? cursor / pairs : Math.min(1, (settledAll() + givenUp) / pairs),
      pass: tries + 1,
      ...counts,
      loss: loss.share(),
      recall: recall(),
    }),
  };
}
