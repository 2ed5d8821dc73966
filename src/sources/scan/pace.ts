// What: how fast to send.
// Idea: bytes are earned at a rate and spent by sending. The rate follows what comes back: probes of one short window
//   are weighed against how many of such probes are usually answered; fewer means that a queue overflows somewhere.
//   It doubles while all is well, until the first loss; from then on it creeps up and steps back.
// Trap: some hosts answer nothing at all and some loss has nothing to do with speed: only what is worse than the share
//   at rest is congestion, and only when it cannot be chance. Where nobody answers, nothing can be learned: then the
//   rate stays as it was.
// Source: the goals of research on canary-driven control; RFC 5681 for slow start and multiplicative decrease.

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
  /** So many packets left us: probes, and the resets that the kernel sends to what was open. */
  spent(count: number): void;
  /** A first try went out, or was answered: only those are weighed, because later ones go to the silent. */
  sent(tick: number): void;
  answered(tick: number): void;
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
/** A window of answers is judged as one: 64 ticks are 256 ms. */
const windowTicks = 64;
const windows = ticks / windowTicks;
const windowMs = windowTicks * tickMs;
/** Unused allowance is kept for so long, so that a late timer costs nothing and a long one makes no burst. */
const savedMs = 4;
/** Kept longer while it is few packets, because a busy machine comes late by more. */
const savedMsFew = 20;
/** In bytes a third of what every TCP connection may begin with (RFC 6928). */
const few = 64;
const savedPacketsMin = 2;
/** Fewer answers say nothing. */
const answersMin = 16;
/** Less loss than this is not answered by going slower. */
const toleratedLoss = 0.04;
/** So many standard deviations are not chance. */
const deviations = 3.5;
const stepBack = 0.97;
const stepBackRefused = 0.9;
const creep = 1.04;
/** More than this of what should come is missing: nobody answers any more. */
const outage = 0.9;
/** Of a new share in the share at rest. */
const restGain = 0.1;

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
  const sent = new Float64Array(windows);
  const answered = new Float64Array(windows);
  let judged: number | undefined;
  let rest: number | undefined;
  let [asked, came, held] = [0, 0, 0];
  /** What the path is known to have carried. */
  let known = 0;
  let hadRefusal = false;
  /** Probes to the former and to the present hosts stand side by side in windows up to this one. */
  let lastMixed = Number.NEGATIVE_INFINITY;
  let hasForgotten = false;
  const rateMin = Math.min(packetsPerSecondMin, ceiling);
  const mostSaved = (): number =>
    Math.max(savedPacketsMin, (rate * savedMs) / 1_000, Math.min(few, (rate * savedMsFew) / 1_000));
  const windowOf = (tick: number): number => Math.floor((tick % ticks) / windowTicks);

  const slower = (to: number): void => {
    doubling = false;
    rate = Math.min(ceiling, Math.max(rateMin, rate / 2, to));
  };

  const drop = (window: number): void => {
    sent[window] = 0;
    answered[window] = 0;
  };

  /** Windows with too few answers to say anything are judged together with those that follow. */
  const judgeWindow = (window: number): void => {
    asked += sent[window] ?? 0;
    came += answered[window] ?? 0;
    held += 1;
    drop(window);
    if (hadRefusal) {
      hadRefusal = false;
      slower(rate * stepBackRefused);
    }
    if (came < answersMin && (rest === undefined || asked * rest < answersMin)) return;
    const [used, share] = [(asked * 1_000) / (held * windowMs), Math.min(1, came / asked)];
    const chance =
      rest === undefined ? 1 : (deviations * Math.sqrt(Math.max(rest * (1 - rest), 0.01) / asked)) / rest;
    [asked, came, held] = [0, 0, 0];
    rest ??= share;
    const loss = 1 - share / rest;
    if (loss > Math.max(toleratedLoss, chance)) {
      // Hardly any answer is an outage, not a measure of the path: what went before is tried again soon.
      if (loss < outage) known = used * (1 - loss);
      slower(Math.min(rate, used * (1 - loss)) * stepBack);
      return;
    }
    rest = share > rest ? share : rest + (share - rest) * restGain;
    // Growth that was not used proves nothing.
    if (used < rate * 0.7) return;
    rate = Math.min(ceiling, rate * (doubling || rate * 2 < known ? 2 : creep));
    known = Math.max(known, rate);
  };

  return {
    allowance(nowMs) {
      const elapsed = lastMs === undefined ? 0 : nowMs - lastMs;
      lastMs = nowMs;
      saved = Math.min(mostSaved(), saved + (elapsed * rate) / 1_000);
      return Math.max(0, Math.floor(saved));
    },
    spent(count) {
      // Never into debt by more than is ever saved: what others send must not stop us.
      saved = Math.max(saved - count, -mostSaved());
    },
    sent(tick) {
      const window = windowOf(tick);
      sent[window] = (sent[window] ?? 0) + 1;
    },
    answered(tick) {
      const window = windowOf(tick);
      answered[window] = (answered[window] ?? 0) + 1;
    },
    judge(nowMs, waitMs) {
      const now = Math.floor(nowMs / windowMs);
      if (hasForgotten) lastMixed = now;
      hasForgotten = false;
      const behind = Math.min(windows - 2, 1 + Math.ceil(waitMs / windowMs));
      const due = now - behind;
      if (judged === undefined || due - judged > windows) judged = due;
      while (judged < due) {
        judged += 1;
        const window = ((judged % windows) + windows) % windows;
        if (judged > lastMixed) judgeWindow(window);
        else drop(window);
      }
    },
    refused() {
      hadRefusal = true;
    },
    forget() {
      rest = undefined;
      [asked, came, held] = [0, 0, 0];
      hasForgotten = true;
    },
    packetsPerSecond: () => rate,
  };
}
