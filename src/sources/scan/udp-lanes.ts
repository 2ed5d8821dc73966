// What: hosts that send ICMP errors and were silent on some ports: which of those ports are closed after all?
// Idea: most systems send few errors (Linux one a second, six in a bunch), so silence may be a closed port whose error
//   was not sent. A group of silent ports is asked, and right behind it a port that is known to be closed, the witness.
//   If the witness answers, errors were to be had when the ports before it were asked: their silence is real. If not,
//   the host is left alone until it has an error to give again. A closed port costs one error, a silent one nothing.
// Trap: between a closed port and its witness the host may have got an error to give: once is no proof, twice is. The
//   witness uses up an error itself, and may get lost. Each host has a lane of its own, so none waits for another.
//   What a host cannot answer in the time that a scan has is not guessed but told.
// Source: Linux' net/ipv4/icmp.c (icmp_ratelimit, XRLIM_BURST_FACTOR); RFC 1812 §4.3.2.8; RFC 4443 §2.4 (f).

/** Linux gives an error a second; a little more, because clocks and queues differ. */
export const restMs = 1_050;
const groupMax = 64;
const groupFirst = 8;
/** A group that took longer proves little: meanwhile the host may have got an error to give. Smaller ones are faster. */
const groupMs = 20;
/** Lanes looked at for one probe. */
const lanesLookedAtMax = 1_024;

interface Lane {
  readonly host: number;
  /** Column that brought an error before. */
  readonly witness: number;
  /** The group: columns from here to there; what lies before is done in this round. */
  from: number;
  to: number;
  /** The next column of the group that is to be asked. */
  at: number;
  size: number;
  sizeMax: number;
  groupStartMs: number;
  /** The group is out, and the witness asked. */
  waits: boolean;
  /** When it may go on, or gives up waiting. */
  dueMs: number;
  lastGroupMs: number;
  /** The host was left alone before this group. */
  rested: boolean;
  /** Something of this group was answered. */
  heard: boolean;
  hasLimit: boolean;
  round: number;
}

/** What lanes need of the sweep that they belong to. */
export interface LaneHost {
  readonly columns: number;
  /** Nothing is known of it, and it may be asked. */
  isAskable(host: number, column: number): boolean;
  /** How often silence must be proven. */
  rounds(): number;
  waitMs(host: number): number;
  /** With its silence proven, or with so many columns of which it is not; `hasLimit`: it was asked in vain before. */
  done(host: number, unsure: number, hasLimit: boolean): void;
  /** An answer that was due came, or got lost. */
  witnessed(lost: boolean): void;
}

export interface UdpLanes {
  readonly size: number;
  has(host: number): boolean;
  add(host: number, witness: number, nowMs: number): void;
  /** The next probe that is due, as `visit(host, column)`; false when there is none. */
  next(nowMs: number, visit: (host: number, column: number) => void): boolean;
  answered(host: number, column: number, nowMs: number): void;
  /** Time is over: all are done with what they know. */
  giveUp(): void;
}

export function udpLanes(sweep: LaneHost): UdpLanes {
  const lanes = new Map<number, Lane>();
  /** The same, in the order in which they have their turn. */
  let turns: Lane[] = [];
  let turn = 0;

  const finish = (lane: Lane, unsure: number): void => {
    lanes.delete(lane.host);
    sweep.done(lane.host, unsure, lane.hasLimit);
  };

  /** Columns from `from` on that are to be asked, at most `size`; where the group ends. */
  const groupEnd = (lane: Lane): number => {
    let [end, found] = [lane.from, 0];
    while (end < sweep.columns && found < lane.size) {
      if (sweep.isAskable(lane.host, end)) found += 1;
      end += 1;
    }
    return found === 0 ? -1 : end;
  };

  /** False: nothing is left to ask. */
  const startGroup = (lane: Lane, nowMs: number): boolean => {
    let end = groupEnd(lane);
    if (end < 0) {
      lane.round += 1;
      lane.from = 0;
      end = lane.round >= sweep.rounds() ? -1 : groupEnd(lane);
      if (end < 0) return false;
    }
    lane.at = lane.from;
    lane.to = end;
    lane.groupStartMs = nowMs;
    lane.rested = nowMs - lane.lastGroupMs >= restMs;
    lane.heard = false;
    lane.waits = false;
    return true;
  };

  const ask = (lane: Lane, nowMs: number): number => {
    while (lane.at < lane.to) {
      const column = lane.at;
      lane.at += 1;
      if (sweep.isAskable(lane.host, column)) return column;
    }
    if (nowMs - lane.groupStartMs > groupMs && lane.size > 1 && groupEnd(lane) >= 0) {
      lane.size >>= 1;
      lane.sizeMax = lane.size;
      startGroup(lane, nowMs);
      return ask(lane, nowMs);
    }
    lane.waits = true;
    lane.lastGroupMs = nowMs;
    lane.dueMs = nowMs + sweep.waitMs(lane.host);
    return lane.witness;
  };

  const conclude = (lane: Lane, silent: boolean, nowMs: number): void => {
    lane.waits = false;
    // Nothing else took the error that a rested host had to give: here silence is loss.
    if (!lane.heard && lane.rested) sweep.witnessed(silent);
    if (silent) {
      lane.hasLimit = true;
      lane.size = Math.max(1, lane.size >> 1);
    } else {
      lane.from = lane.to;
      lane.size = Math.min(lane.sizeMax, lane.size * 2);
    }
    lane.dueMs = lane.hasLimit ? Math.max(nowMs, lane.lastGroupMs + restMs) : nowMs;
    lane.at = -1;
  };

  const step = (lane: Lane, nowMs: number): number => {
    if (lane.waits && nowMs < lane.dueMs) return -1;
    if (lane.waits) conclude(lane, true, nowMs);
    if (lane.at < 0) {
      if (nowMs < lane.dueMs) return -1;
      if (!startGroup(lane, nowMs)) {
        finish(lane, 0);
        return -1;
      }
    }
    return ask(lane, nowMs);
  };

  const unsureOf = (lane: Lane): number => {
    if (lane.round > 0) return 0;
    let count = 0;
    for (let column = lane.from; column < sweep.columns; column += 1) {
      if (sweep.isAskable(lane.host, column)) count += 1;
    }
    return count;
  };

  return {
    get size() {
      return lanes.size;
    },
    has: (host) => lanes.has(host),
    add(host, witness, nowMs) {
      const lane: Lane = {
        host,
        witness,
        from: 0,
        to: 0,
        at: -1,
        size: groupFirst,
        sizeMax: groupMax,
        groupStartMs: nowMs,
        waits: false,
        dueMs: nowMs,
        lastGroupMs: nowMs,
        rested: false,
        heard: false,
        hasLimit: false,
        round: 0,
      };
      lanes.set(host, lane);
      turns.push(lane);
    },
    next(nowMs, visit) {
      const looks = Math.min(turns.length, lanesLookedAtMax);
      for (let look = 0; look < looks; look += 1) {
        if (turn >= turns.length) {
          turn = 0;
          turns = turns.filter(({ host }) => lanes.has(host));
        }
        const lane = turns[turn];
        if (lane === undefined) return false;
        const column = lanes.has(lane.host) ? step(lane, nowMs) : -1;
        // A group goes out in one piece, so that the witness speaks of the same moment.
        if (column < 0 || lane.waits) turn += 1;
        if (column < 0) continue;
        visit(lane.host, column);
        return true;
      }
      return false;
    },
    answered(host, column, nowMs) {
      const lane = lanes.get(host);
      if (lane === undefined) return;
      if (column !== lane.witness) lane.heard = true;
      else if (lane.waits) conclude(lane, false, nowMs);
    },
    giveUp() {
      for (const lane of lanes.values()) finish(lane, unsureOf(lane));
    },
  };
}
