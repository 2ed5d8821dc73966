// What: a scan by ordinary connections, for those who may not send raw packets.
// Idea: one loop as in the SYN scan: begin what is due and allowed, collect what has ended, give up what took too long.
//   An open connection is reset as soon as it stands, so that nothing lingers on either side. What is kept is one bit per
//   pair, and some numbers per connection under way.
// Trap: the kernel repeats a SYN after a second: who waits less than that tries once. A printer or a controller is
//   spoken to by one connection at a time, and never gets a byte.
// Source: connect(2); RFC 9293 §3.10.

import { readFileSync } from "node:fs";
import { openConnections } from "../link/connections.ts";
import type { ConnectEnd, Connections } from "../link/connections.ts";
import { connectOrder, type AttemptEnd } from "./connect-order.ts";
import { connectReason, lacksSockets } from "./connect-reason.ts";
import { connectWindow } from "./connect-window.ts";
import { isFragile } from "./fragile-ports.ts";
import { hostTallies } from "./host-tallies.ts";
import { lossEstimate } from "./loss-estimate.ts";
import { roundTrips } from "./round-trip.ts";
import type { Scan, ScanListener, ScanSummary } from "./scan.ts";
import { socketConnections } from "./socket-connections.ts";
import { numberTargets } from "./target-set.ts";

/** Connections under way at once. */
const socketsMax = 4_096;
/** Descriptors that stay for all else. */
const descriptorsKept = 64;
const descriptorsUnknown = 1_024;
/** SYN, ACK and RST of one connection, as frames. */
const connectBytes = 74 + 66 + 54;
const connectPackets = 3;
/** Allowance that was not used is kept for so long. */
const savedMs = 100;
/** Begun before the next look at what has ended. */
const burstMax = 64;
const waitMs = 1;
/** When our own means have run out: so long, and longer each time. */
const restMs = 10;
const restsMax = 20;
const expireEveryMs = 10;
const tellEveryMs = 250;
/** The others' turn. */
const shareEveryMs = 8;

const slotStates = { free: 0, underWay: 1, resting: 2 } as const;

export async function connectScan(
  scan: Scan,
  listener: ScanListener,
  signal: AbortSignal,
): Promise<ScanSummary> {
  const slots = Math.min(socketsMax, Math.max(1, descriptorsMax() - descriptorsKept));
  const opened = await openConnections(slots);
  const connections = "unavailable" in opened ? socketConnections(slots) : opened;
  try {
    return await run(scan, listener, signal, connections, slots);
  } finally {
    connections.close();
  }
}

/** The soft RLIMIT_NOFILE of this process. */
function descriptorsMax(): number {
  try {
    const limits = readFileSync("/proc/self/limits", "utf8");
    return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? descriptorsUnknown);
  } catch {
    return descriptorsUnknown;
  }
}

async function run(
  scan: Scan,
  listener: ScanListener,
  signal: AbortSignal,
  connections: Connections,
  slots: number,
): Promise<ScanSummary> {
  const { clock, ports } = scan;
  const width = ports.length;
  const targets = numberTargets(scan.targets);
  const pairs = targets.size * width;
  const trips = roundTrips(targets.size);
  const loss = lossEstimate(targets.size);
  const order = connectOrder(targets.size, ports, Math.floor(scan.random() * 2 ** 32), loss, scan.missTarget);
  const tallies = hostTallies(targets.size, width);
  const window = connectWindow(slots);
  const timeouts = new Uint32Array(targets.size);
  const state = new Uint8Array(slots);
  const pairOf = new Uint32Array(slots);
  const askedMs = new Float64Array(slots);
  /** Until when an attempt is waited for, or rests. */
  const dueMs = new Float64Array(slots);
  const rests = new Uint8Array(slots);
  const free = Int32Array.from({ length: slots }, (_, index) => slots - 1 - index);
  let [freeCount, probes] = [slots, 0];
  const startMs = clock.monotonicMs();
  let nowMs = startMs;
  const perSecond = Math.min(
    (scan.speed.packetsPerSecond ?? Number.POSITIVE_INFINITY) / connectPackets,
    (scan.speed.bytesPerSecond ?? Number.POSITIVE_INFINITY) / connectBytes,
  );

  const finish = (slot: number, end: AttemptEnd): void => {
    const pair = pairOf[slot] ?? 0;
    const host = Math.floor(pair / width);
    state[slot] = slotStates.free;
    free[freeCount++] = slot;
    const answered = end === "open" || end === "closed";
    if (answered) loss.answered(host, order.triesOf(pair) - 1);
    if (end === "silent") timeouts[host] = (timeouts[host] ?? 0) + 1;
    const due = tallies.answersOf(host) > (timeouts[host] ?? 0);
    window.ended(answered, due, nowMs, trips.waitMs(host));
    order.ended(pair, end, nowMs);
  };

  const ended = (slot: number, end: ConnectEnd): void => {
    const pair = pairOf[slot] ?? 0;
    const host = Math.floor(pair / width);
    const port = ports[pair % width] ?? 0;
    let reason = connectReason(end);
    if (reason === undefined) {
      if (lacksSockets(end)) window.limit(slots - freeCount - 1);
      const times = (rests[slot] ?? 0) + 1;
      if (times <= restsMax) {
        rests[slot] = times;
        state[slot] = slotStates.resting;
        dueMs[slot] = nowMs + restMs * times;
        return;
      }
      reason = "unreachable";
    }
    if (end === 0) connections.leave(slot, isFragile(port));
    if (reason === "no-response") return finish(slot, "silent");
    tallies.add(host, reason);
    if (reason === "syn-ack" || reason === "conn-refused")
      trips.sample(host, nowMs - (askedMs[slot] ?? 0), true);
    if (reason === "syn-ack") {
      const address = targets.textAt(host);
      listener.found({ address, transport: "tcp", port, state: "open", reason });
    }
    const isClosed = reason === "conn-refused" || reason === "reset";
    finish(slot, end === 0 ? "open" : isClosed ? "closed" : "filtered");
  };

  const begin = (slot: number): void => {
    const pair = pairOf[slot] ?? 0;
    const host = Math.floor(pair / width);
    state[slot] = slotStates.underWay;
    probes += 1;
    askedMs[slot] = nowMs;
    dueMs[slot] = nowMs + trips.waitMs(host);
    const end = connections.begin(slot, targets.bytesAt(host), ports[pair % width] ?? 0);
    if (end !== undefined) ended(slot, end);
  };

  const beginSome = (count: number): void => {
    for (let turn = 0; turn < count && freeCount > 0; turn += 1) {
      const pair = order.next(nowMs);
      if (pair === undefined) return;
      const slot = free[--freeCount] ?? 0;
      pairOf[slot] = pair;
      rests[slot] = 0;
      begin(slot);
    }
  };

  const expire = (): void => {
    for (let slot = 0; slot < slots; slot += 1) {
      if (state[slot] === slotStates.free || (dueMs[slot] ?? 0) > nowMs) continue;
      if (state[slot] === slotStates.resting) begin(slot);
      else {
        connections.leave(slot, false);
        finish(slot, "silent");
      }
    }
  };

  const recall = (): number | null => {
    const asked = order.asked();
    if (asked === 0) return null;
    const settled = tallies.open + tallies.closed + tallies.filtered;
    const silent = Math.max(0, asked * pairs - settled);
    return asked - (loss.missed(order.tries) * silent) / pairs;
  };

  const progress = () => ({
    open: tallies.open,
    closed: tallies.closed,
    filtered: tallies.filtered,
    loss: loss.share(),
    recall: recall(),
  });

  const tell = (): void =>
    listener.progress({
      done: order.done(),
      pass: order.pass,
      ...progress(),
      probes,
      bytes: probes * connectBytes,
      packetsPerSecond: (probes * 1_000) / Math.max(1, nowMs - startMs),
      drops: 0,
      opensAtMs: null,
      elapsedMs: nowMs - startMs,
    });

  let [toldMs, lastMs, expiredMs, sharedMs, saved] = [startMs, startMs, startMs, startMs, 1];
  for (;;) {
    if (signal.aborted || (order.isDone && freeCount === slots)) break;
    nowMs = clock.monotonicMs();
    const earned = Number.isFinite(perSecond) ? ((nowMs - lastMs) * perSecond) / 1_000 : burstMax;
    saved = Math.min(saved + earned, Math.max(1, (perSecond * savedMs) / 1_000));
    lastMs = nowMs;
    const before = probes;
    beginSome(Math.min(window.size - (slots - freeCount), burstMax, Math.floor(saved)));
    saved -= probes - before;
    const idle = probes === before;
    const collected = connections.collect(ended, idle ? waitMs : 0);
    if (collected !== undefined) await collected;
    nowMs = clock.monotonicMs();
    if (nowMs - expiredMs >= expireEveryMs) {
      expire();
      expiredMs = nowMs;
    }
    if (nowMs - toldMs >= tellEveryMs) {
      tell();
      toldMs = nowMs;
    }
    if (nowMs - sharedMs >= shareEveryMs) {
      sharedMs = nowMs;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  tell();
  for (let host = 0; host < targets.size; host += 1) {
    const tally = { ...tallies.of(host), complete: !signal.aborted };
    if (tally.silent < width) listener.host(targets.textAt(host), tally);
  }
  return {
    engine: "connect",
    probes,
    bytes: probes * connectBytes,
    answers: tallies.open + tallies.closed,
    drops: 0,
    refused: 0,
    durationMs: nowMs - startMs,
    ...progress(),
    unreachable: 0,
    blocked: null,
    complete: !signal.aborted,
  };
}
