// What: how fast to send.
// Idea: bytes are earned at a rate and spent by sending. The rate follows what comes back: of first tries, and of open
//   ports that are asked again, fewer answers than usual mean that a queue overflows somewhere. It doubles while all is
//   well, until the first loss; from then on it creeps up and steps back.
// Trap: an answer speaks of the rate at which its question was sent: who doubles again before the first double was
//   answered, learns of a full queue when it is eight times too fast. Where nobody answers, nothing can be learned: then
//   the rate stays as it was. Growth that was not used proves nothing.
// Source: the goals of research on canary-driven control; RFC 5681 for slow start, multiplicative decrease and what
//   follows a rest (§4.1).

import { answerShare, type Finding } from "./answer-share.ts";
import { tickMs, ticks } from "./probe-cookie.ts";

export interface PaceLimits {
  /** Bytes per second; what the user gave, else null. */
  readonly bytesPerSecond: number | null;
  readonly packetsPerSecond: number | null;
  /** Length of one probe on the link, bytes. */
  readonly probeBytes: number;
}

export interface Pace {
  /** How many probes may be sent now. */
  allowance(nowMs: number): number;
  /** There was nothing to send: what may be sent at once grows no further, because the path has not seen it. */
  rested(): void;
  /** So many packets left us: probes, and the resets that the kernel sends to what was open. */
  spent(count: number): void;
  /** A probe went out, or was answered for the first time; `witness`: one of `witnesses`. */
  sent(tick: number, witness: number): void;
  answered(tick: number, witness: number): void;
  /** Looks at the windows that are over; `waitMs`: how long answers take to come. */
  judge(nowMs: number, waitMs: number): void;
  /** The kernel, or our own ring, had no room: slower. */
  refused(): void;
  /** Who is asked has changed: what share of them answers must be learned again. */
  forget(): void;
  packetsPerSecond(): number;
}

const startPacketsPerSecond = 1_000;
const packetsPerSecondMin = 10;
/** Of the bandwidth that was given: a queue that is always full loses what comes in a bunch. */
const linkShare = 0.98;
/** A window of answers is judged as one: 16 ticks are 64 ms. */
const windowTicks = 16;
const windows = ticks / windowTicks;
const windowMs = windowTicks * tickMs;
/** Unused allowance is kept for so long, so that a late timer costs nothing and a long one makes no burst. */
const savedMs = 4;
/** Kept longer while it is few packets, because a busy machine comes late by more. */
const savedMsFew = 20;
/** In bytes a third of what every TCP connection may begin with (RFC 6928). */
const few = 64;
const savedPacketsMin = 2;
const stepBack = 0.92;
const stepBackRefused = 0.9;
const creep = 1.01;
/** Part of the answers that chance may take before growth: whoever creeps along a limit needs to see small losses. */
const chanceMax = { doubling: 0.25, creeping: 0.06 } as const;
/** What is left of what the path is known to carry after each time that it did not. */
const doubt = 0.85;
/** More than this of what should come is missing: nobody answers any more. */
const outage = 0.9;
/** Less of the rate than this was not used. */
const usedMin = 0.7;

export function pace({ bytesPerSecond, packetsPerSecond, probeBytes }: PaceLimits): Pace {
  const ceiling = Math.min(
    bytesPerSecond === null ? Number.POSITIVE_INFINITY : (bytesPerSecond * linkShare) / probeBytes,
    packetsPerSecond ?? Number.POSITIVE_INFINITY,
  );
  const told = Number.isFinite(ceiling);
  let rate = told ? ceiling : startPacketsPerSecond;
  let doubling = !told;
  let saved = 1;
  let lastMs: number | undefined;
  let isRested = false;
  /** Packets of every kind, by window. */
  const sentInAll = new Float64Array(windows);
  /** By `witnesses`; whoever is none has none. */
  const shares = [null, answerShare(windows), answerShare(windows)] as const;
  let judged: number | undefined;
  /** The last window that was sent, in part, at a former rate; and whether that was too fast. */
  let changedIn = Number.NEGATIVE_INFINITY;
  let wasLoss = false;
  /** What the path is known to have carried. */
  let known = 0;
  let hadRefusal = false;
  /** Probes to the former and to the present hosts stand side by side in windows up to this one. */
  let lastMixed = Number.NEGATIVE_INFINITY;
  let hasForgotten = false;
  const rateMin = Math.min(packetsPerSecondMin, ceiling);
  const mostRested = (): number => Math.max(savedPacketsMin, Math.min(few, (rate * savedMsFew) / 1_000));
  const mostSaved = (): number => Math.max(mostRested(), (rate * savedMs) / 1_000);
  const indexOf = (number: number): number => ((number % windows) + windows) % windows;
  const windowOf = (tick: number): number => Math.floor((tick % ticks) / windowTicks);

  const slower = (to: number): void => {
    doubling = false;
    rate = Math.min(ceiling, Math.max(rateMin, rate / 2, to));
  };

  const congested = ({ loss }: Finding, used: number, isSameAsBefore: boolean): void => {
    const carried = used * (1 - loss);
    // Hardly any answer is an outage, not a measure of the path; and one bad moment, of the path or of this machine, is
    // no proof against all before it: what went then is tried again soon, and believed a little less each time.
    if (loss < outage) known = Math.max(carried, isSameAsBefore ? known : known * doubt);
    slower(Math.min(rate, carried) * (isSameAsBefore ? 1 : stepBack));
  };
  const clear = (used: number): void => {
    if (used < rate * usedMin) return;
    known = Math.max(known, used);
    rate = Math.min(ceiling, rate * (isFarBelow() ? 2 : creep));
  };
  /** Below a limit that was never met, or below half of what the path has carried. */
  const isFarBelow = (): boolean => doubling || rate * 2 < known;

  const worstOf = (window: number): Finding | null => {
    const inAll = sentInAll[window] ?? 0;
    sentInAll[window] = 0;
    const certainty = isFarBelow() ? chanceMax.doubling : chanceMax.creeping;
    let worst: Finding | null = null;
    for (const share of shares) {
      const finding = share?.weigh(window, inAll, certainty) ?? null;
      if (finding !== null && (worst === null || finding.loss > worst.loss)) worst = finding;
    }
    return worst;
  };

  /** Windows up to `now` were sent at this rate or a former one. */
  const judgeWindow = (number: number, now: number): void => {
    const worst = worstOf(indexOf(number));
    const isFormer = number <= changedIn;
    const before = rate;
    // Refusals that follow a change belong to the rate before it.
    if (hadRefusal && !isFormer) slower(rate * stepBackRefused);
    hadRefusal = false;
    if (worst !== null) {
      const used = (worst.sentPerWindow * 1_000) / windowMs;
      if (worst.isLoss) congested(worst, used, isFormer && wasLoss);
      else if (!isFormer && rate === before) clear(used);
    }
    if (rate !== before) {
      changedIn = now;
      wasLoss = rate < before;
    }
    // What was seen at one rate says nothing of the next.
    if (rate !== before || number === changedIn) for (const share of shares) share?.restart();
  };
  const dropWindow = (window: number): void => {
    sentInAll[window] = 0;
    for (const share of shares) share?.drop(window);
  };

  return {
    allowance(nowMs) {
      const elapsed = lastMs === undefined ? 0 : nowMs - lastMs;
      lastMs = nowMs;
      saved = Math.min(isRested ? mostRested() : mostSaved(), saved + (elapsed * rate) / 1_000);
      isRested = false;
      return Math.max(0, Math.floor(saved));
    },
    rested() {
      isRested = true;
    },
    spent(count) {
      // Never into debt by more than is ever saved: what others send must not stop us.
      saved = Math.max(saved - count, -mostSaved());
    },
    sent(tick, witness) {
      const window = windowOf(tick);
      sentInAll[window] = (sentInAll[window] ?? 0) + 1;
      shares[witness]?.sent(window);
    },
    answered: (tick, witness) => shares[witness]?.answered(windowOf(tick)),
    judge(nowMs, waitMs) {
      const now = Math.floor(nowMs / windowMs);
      if (hasForgotten) lastMixed = now;
      hasForgotten = false;
      const behind = Math.min(windows - 2, 1 + Math.ceil(waitMs / windowMs));
      const due = now - behind;
      if (judged === undefined || due - judged > windows) judged = due;
      while (judged < due) {
        judged += 1;
        if (judged > lastMixed) judgeWindow(judged, now);
        else dropWindow(indexOf(judged));
      }
    },
    refused() {
      hadRefusal = true;
    },
    forget() {
      for (const share of shares) share?.forget();
      hasForgotten = true;
    },
    packetsPerSecond: () => rate,
  };
}
