// What: which pair of host and port a connection goes to next.
// Idea: the SYN scan's: all pairs in one random order, again and again for those without an answer, at one bit each.
//   Ports of devices that a scan can hurt stand in a lane of their own, in which a host has one turn at a time.
// Trap: a pass ends when its last connection has, so that no port is asked twice at once.

import { answerMap } from "./answer-map.ts";
import { isFragile } from "./fragile-ports.ts";
import type { LossEstimate } from "./loss-estimate.ts";
import { permutation } from "./permutation.ts";

/** Silence is believed after two tries where nothing tells otherwise, and after so many in any case. */
const triesMin = 2;
const triesMax = 4;
/** Such a device is slow to notice that a connection is gone. */
const fragileRestMs = 250;
/** Settled pairs passed over before others have their turn. */
const stepsMax = 65_536;
/** Hosts at rest passed over for one turn in the lane. */
const looksMax = 64;

export type AttemptEnd = "open" | "closed" | "filtered" | "silent";

export interface ConnectOrder {
  /** `host × ports + column`; undefined while nothing may be begun. */
  next(nowMs: number): number | undefined;
  /** How often it was asked already, counting the attempt under way. */
  triesOf(pair: number): number;
  ended(pair: number, end: AttemptEnd, nowMs: number): void;
  /** Part of all pairs that has been asked at least once, 0 to 1. */
  asked(): number;
  /** From 1. */
  readonly pass: number;
  /** Of this pass. */
  done(): number;
  /** Every pair without an answer was asked so often at least. */
  readonly tries: number;
  readonly isDone: boolean;
}

export function connectOrder(
  hosts: number,
  ports: Uint16Array,
  seed: number,
  loss: LossEstimate,
  missTarget: number,
): ConnectOrder {
  const width = ports.length;
  const sturdy: number[] = [];
  const fragile: number[] = [];
  for (const [column, port] of ports.entries()) (isFragile(port) ? fragile : sturdy).push(column);
  const pairs = hosts * sturdy.length;
  const order = permutation(pairs, seed);
  const settled = answerMap(hosts * width);
  const lane = fragileLane(hosts, fragile, width, seed);
  let pass = 1;
  let cursor = 0;
  let underWay = 0;
  let over = pairs === 0;

  const judgePass = (): void => {
    if (pass > 1) loss.retried();
    if (pass >= triesMax || (pass >= triesMin && loss.missed(pass) <= missTarget)) over = true;
    else {
      pass += 1;
      cursor = 0;
    }
  };

  const nextSturdy = (): number | undefined => {
    if (cursor >= pairs && underWay === 0 && !over) judgePass();
    if (over) return undefined;
    for (let step = 0; step < stepsMax && cursor < pairs; step += 1) {
      const at = order(cursor);
      cursor += 1;
      const pair = Math.floor(at / sturdy.length) * width + (sturdy[at % sturdy.length] ?? 0);
      if (settled.isSettled(pair)) continue;
      underWay += 1;
      return pair;
    }
    return undefined;
  };

  const isOfLane = (pair: number): boolean => isFragile(ports[pair % width] ?? 0);
  return {
    next: (nowMs) => lane.next(nowMs) ?? nextSturdy(),
    triesOf: (pair) => (isOfLane(pair) ? lane.triesOf(pair) : pass),
    ended(pair, end, nowMs) {
      if (end !== "silent") settled.settle(pair);
      if (isOfLane(pair)) lane.ended(pair, end, nowMs);
      else underWay -= 1;
    },
    asked: () => (pass > 1 || pairs === 0 ? 1 : cursor / pairs),
    done: () => (pairs === 0 ? Number(lane.isDone) : cursor / pairs),
    get pass() {
      return pass;
    },
    get tries() {
      return Math.max(1, over ? pass : pass - 1);
    },
    get isDone() {
      return over && lane.isDone;
    },
  };
}

/** Hosts in a ring; each takes its turn when it has rested, and stands in it no more than once. */
function fragileLane(hosts: number, columns: readonly number[], width: number, seed: number) {
  const size = columns.length === 0 ? 0 : hosts;
  const ring = new Uint32Array(size);
  const order = permutation(size, seed);
  for (let index = 0; index < size; index += 1) ring[index] = order(index);
  const column = new Uint8Array(size);
  const tries = new Uint8Array(size).fill(1);
  const restsUntilMs = new Float64Array(size);
  let [head, waiting, left] = [0, size, size];
  const hostOf = (pair: number): number => Math.floor(pair / width);
  const push = (host: number): void => {
    ring[(head + waiting) % size] = host;
    waiting += 1;
  };
  return {
    next(nowMs: number): number | undefined {
      for (let look = Math.min(looksMax, waiting); look > 0; look -= 1) {
        const host = ring[head] ?? 0;
        head = (head + 1) % size;
        waiting -= 1;
        if ((restsUntilMs[host] ?? 0) <= nowMs) return host * width + (columns[column[host] ?? 0] ?? 0);
        push(host);
      }
      return undefined;
    },
    triesOf: (pair: number): number => tries[hostOf(pair)] ?? 1,
    ended(pair: number, end: AttemptEnd, nowMs: number): void {
      const host = hostOf(pair);
      // What was refused, or never answered, was no connection.
      restsUntilMs[host] = end === "open" ? nowMs + fragileRestMs : 0;
      const again = end === "silent" && (tries[host] ?? 0) < triesMin;
      tries[host] = again ? (tries[host] ?? 0) + 1 : 1;
      if (!again) column[host] = (column[host] ?? 0) + 1;
      if ((column[host] ?? 0) < columns.length) push(host);
      else left -= 1;
    },
    get isDone() {
      return left === 0;
    },
  };
}
