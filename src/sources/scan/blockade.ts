// What: notices that a host, or everyone, has stopped answering: it died, or somebody on the way began to drop us.
// Idea: whoever has answered once is asked the same again when it has been silent for longer than it ever was. Silent
//   to three such questions, it is held: nothing else is asked of it. Silent to eight (more where much gets lost), slowly
//   and with nothing else under way to it, it is taken for blocked. Everyone together is one more such subject, with
//   many witnesses.
// Trap: congestion looks the same at first, but ends when sending does: therefore the pause before the verdict. A host
//   that is silent on purpose is silent for long: how long is learned, and each doubt about it costs one question.
// Source: ../../../docs/scan.md, "When nobody answers any more".

/** Probes without an answer before the first doubt. */
const patienceProbes = 64;
/** The next doubt needs a silence so many times as long as the longest that ended well. */
const patienceGrowth = 2;
const blockedAfterMin = 8;
const blockedAfterMax = 64;
/** So seldom may loss alone be taken for a blockade. */
const mistakeShare = 1e-7;
/** Of the questions that make a verdict, so many make a pause. */
const heldShare = 3 / 8;
/** Between two questions to one that is held, at least. */
const heldEveryMs = 500;
const blockedEveryMsMax = 10_000;
/** Different hosts that speak for everyone. */
const witnessesMax = 16;
const nobody = -1;

export interface Blockade {
  /** Something new was asked of it. */
  asked(host: number): void;
  /** An answer that its probe, sent at `sentMs`, got. `pair`: what will be answered again; -1 when nothing. */
  heard(host: number, pair: number, sentMs: number): void;
  /** A pair to ask again; a doubt about a host that may not be asked now is dropped. */
  next(
    nowMs: number,
    waitMs: (host: number) => number,
    isClosed: (host: number) => boolean,
  ): number | undefined;
  /** Nothing new is to be asked of it now. */
  isHeld(host: number): boolean;
  isBlocked(host: number): boolean;
  /** The same of everyone. */
  allDoubted(): boolean;
  allHeld(): boolean;
  allBlocked(): boolean;
  /** Doubts whoever has left the last question unanswered: the silence before an end shows only so. */
  review(isAsked: (host: number) => boolean): void;
  /** No doubt is left that is not a verdict. */
  isSure(): boolean;
  /** When the last probe that was answered had been sent. */
  lastAnsweredMs(host: number): number;
  allAnsweredMs(): number;
  /** Hosts that are taken for blocked. */
  blockedHosts(): number[];
  hasAnswered(host: number): boolean;
  /** Nobody waits for it any more. */
  leave(host: number): void;
}

interface Doubt {
  /** How many were asked; all but the last have run out. */
  questions: number;
  dueMs: number;
}

export interface BlockadeEvents {
  /** Nothing new is asked of it any more; `host` −1: of anyone. What was sent since is not answered for. */
  held(host: number, sinceMs: number): void;
  /** It answers again, or is not waited for. */
  back(host: number): void;
}

/** `loss`: share of questions that get no answer though all is well. */
export function blockade(hosts: number, width: number, loss: () => number, events: BlockadeEvents): Blockade {
  /** Behind the hosts stands everyone. */
  const all = hosts;
  const patience = new Uint32Array(hosts + 1).fill(patienceProbes);
  /** What is left of it. */
  const credit = new Int32Array(hosts + 1).fill(patienceProbes);
  const witness = new Int32Array(hosts).fill(nobody);
  const answeredMs = new Float64Array(hosts + 1).fill(Number.NEGATIVE_INFINITY);
  const doubts = new Map<number, Doubt>();
  const witnesses: number[] = [];
  const held = new Uint8Array(hosts + 1);
  let blockedAfter = blockedAfterMin;
  let turn = 0;
  let dueMs = Number.POSITIVE_INFINITY;
  const isVerdict = (subject: number): boolean => (doubts.get(subject)?.questions ?? 0) > blockedAfter;
  const heldAfter = (): number => Math.ceil(blockedAfter * heldShare);
  const nameOf = (subject: number): number => (subject === all ? nobody : subject);

  const doubt = (subject: number): void => {
    const canAnswer = subject === all ? witnesses.length > 0 : (witness[subject] ?? nobody) !== nobody;
    if (!canAnswer || doubts.has(subject)) return;
    const needed = Math.ceil(Math.log(mistakeShare) / Math.log(Math.min(0.99, loss())));
    if (doubts.size === 0) blockedAfter = Math.min(blockedAfterMax, Math.max(blockedAfterMin, needed));
    doubts.set(subject, { questions: 0, dueMs: Number.NEGATIVE_INFINITY });
    dueMs = Number.NEGATIVE_INFINITY;
  };
  const count = (subject: number): void => {
    const left = (credit[subject] ?? 0) - 1;
    credit[subject] = left;
    if (left < 0) doubt(subject);
  };
  const drop = (subject: number): void => {
    doubts.delete(subject);
    if (held[subject] === 0) return;
    held[subject] = 0;
    events.back(nameOf(subject));
  };
  /** Probes since its last answer. */
  const silenceOf = (subject: number): number => (patience[subject] ?? 0) - (credit[subject] ?? 0);
  const trust = (subject: number, sentMs: number): void => {
    const sinceMs = answeredMs[subject] ?? sentMs;
    const allowed = patience[subject] ?? 0;
    patience[subject] = Math.max(allowed, patienceGrowth * silenceOf(subject));
    credit[subject] = patience[subject] ?? 0;
    answeredMs[subject] = Math.max(sinceMs, sentMs);
    drop(subject);
  };
  const remember = (host: number, pair: number): void => {
    if (pair === nobody) return;
    witness[host] = pair;
    const last = witnesses.at(-1);
    if (last !== undefined && Math.floor(last / width) === host) witnesses.pop();
    witnesses.push(pair);
    if (witnesses.length > witnessesMax) witnesses.shift();
  };
  const questionTo = (subject: number): number => {
    if (subject !== all) return witness[subject] ?? nobody;
    turn += 1;
    return witnesses[turn % witnesses.length] ?? nobody;
  };
  /** The more have run out, the longer until the next. */
  const pauseMs = (questions: number): number => {
    if (questions <= heldAfter()) return 0;
    return Math.min(blockedEveryMsMax, heldEveryMs * 2 ** Math.max(0, questions - blockedAfter));
  };

  return {
    asked(host) {
      count(host);
      count(all);
    },
    heard(host, pair, sentMs) {
      remember(host, pair);
      trust(host, sentMs);
      trust(all, sentMs);
    },
    next(nowMs, waitMs, isClosed) {
      if (nowMs < dueMs) return undefined;
      dueMs = Number.POSITIVE_INFINITY;
      let question: number | undefined;
      for (const [subject, each] of doubts) {
        if (question === undefined && nowMs >= each.dueMs) {
          const pair = questionTo(subject);
          if (isClosed(Math.floor(pair / width))) {
            drop(subject);
            continue;
          }
          question = pair;
          each.questions += 1;
          each.dueMs = nowMs + Math.max(waitMs(Math.floor(question / width)), pauseMs(each.questions));
          if (each.questions > heldAfter() && held[subject] === 0) {
            held[subject] = 1;
            events.held(nameOf(subject), answeredMs[subject] ?? nowMs);
          }
        }
        dueMs = Math.min(dueMs, each.dueMs);
      }
      return question;
    },
    isHeld: (host) => held[host] === 1,
    isBlocked: (host) => isVerdict(host),
    allDoubted: () => doubts.has(all),
    allHeld: () => held[all] === 1,
    allBlocked: () => isVerdict(all),
    review(isAsked) {
      for (let host = 0; host < hosts; host += 1) if (silenceOf(host) > 0 && isAsked(host)) doubt(host);
      if (silenceOf(all) > 0) doubt(all);
    },
    isSure: () => [...doubts.values()].every(({ questions }) => questions > blockedAfter),
    lastAnsweredMs: (host) => answeredMs[host] ?? Number.NEGATIVE_INFINITY,
    allAnsweredMs: () => answeredMs[all] ?? Number.NEGATIVE_INFINITY,
    hasAnswered: (host) => (witness[host] ?? nobody) !== nobody,
    leave(host) {
      doubts.delete(host);
      held[host] = 0;
    },
    blockedHosts: () => [...doubts.keys()].filter((subject) => subject !== all && isVerdict(subject)),
  };
}
