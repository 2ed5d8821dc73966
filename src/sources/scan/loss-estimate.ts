// What: which part of all probes gets lost on the way there or back, and what a scan has missed because of it.
// Idea: three witnesses. An answer to a second try proves that the first was lost. A port known to be open that is
//   asked again must answer: each silence is a loss. And where nobody answers anything, nothing is known.
// Trap: a host that sends few RSTs (a rate limit) looks like a lossy path. Its open ports answer all the same: they are
//   believed before its RSTs, and among many hosts the one in the middle speaks, not the mean.

interface ScanShare {
  readonly pairs: number;
  /** Share of the pairs that were asked at least once. */
  readonly asked: number;
  readonly settled: number;
  readonly open: number;
  /** Of what is open, the part that all tries so far have missed. */
  readonly missed: number;
}

/**
 * Estimated share of what is open that was found; null before the first probe. What is unseen cannot be more than there
 * are pairs without an answer.
 */
export function recallOf({ pairs, asked, settled, open, missed }: ScanShare): number | null {
  if (asked === 0) return null;
  const silent = Math.max(0, asked * pairs - settled);
  if (open === 0) return asked * (1 - (missed * silent) / pairs);
  const unseen = Math.min((open * missed) / Math.max(1 - missed, Number.EPSILON), silent);
  return (asked * open) / (open + unseen);
}

/** Taken before anything was seen: half an event in one trial (Krichevsky and Trofimov). */
const priorLost = 0.5;
const priorTrials = 1;
/** Where no witness speaks: two tries are then enough for a miss below 0.1 %. */
const assumedShare = 0.02;
/** So many questions to open ports outweigh what RSTs say. */
const canariesEnough = 20;
/** So many answers of one host make it a witness. */
const answersEnough = 50;
/** As long as so many ports are likely to be missed, where loss was seen, one more try is worth its time … */
const portsMissedMax = 0.05;
/** … down to this part of the share that may be missed: thousands of ports are not asked on for the last of them. */
const targetPart = 0.15;
/** More witnesses say nothing new. */
const witnessesMax = 4_096;

export interface LossEstimate {
  /** A pair of `host` was settled by the answer to its `attempt`-th probe (0 = the first). */
  answered(host: number, attempt: number): void;
  /** A second pass is over: from now on late answers count, and that there were none. */
  retried(): void;
  canaryAsked(): void;
  canaryAnswered(): void;
  /** So many questions, and so many silences among them, never were. */
  canaryForgotten(questions: number, silences: number): void;
  /** Share of probes without an answer where there should have been one, 0 to 1; null while no witness speaks. */
  share(): number | null;
  /** Of what is open, the part still unseen after so many tries everywhere. */
  missed(tries: number): number;
  /** Whether so many tries are enough where the part `missTarget` may be missed, and `open` ports are known. */
  isEnough(tries: number, missTarget: number, open: number): boolean;
}

export function lossEstimate(hosts: number): LossEstimate {
  const first = new Uint32Array(hosts);
  const later = new Uint32Array(hosts);
  let asked = 0;
  let silent = 0;
  let hasRetried = false;
  const ofRetries = (): number | undefined => {
    if (!hasRetried) return undefined;
    const shares: number[] = [];
    for (let host = 0; host < hosts; host += 1) {
      const [soon, late] = [first[host] ?? 0, later[host] ?? 0];
      if (soon + late >= answersEnough) shares.push((late + priorLost) / (soon + late + priorTrials));
      if (shares.length === witnessesMax) break;
    }
    shares.sort((a, b) => a - b);
    return shares[shares.length >> 1];
  };
  const share = (): number | null => {
    if (asked >= canariesEnough) return (silent + priorLost) / (asked + priorTrials);
    return ofRetries() ?? null;
  };
  const missed = (tries: number): number => Math.min(1, (share() ?? assumedShare) ** tries);
  /** What was seen to be lost, without what only cannot be ruled out. */
  const seenShare = (): number => (asked >= canariesEnough ? silent / asked : (ofRetries() ?? 0));
  return {
    answered(host, attempt) {
      if (attempt === 0) first[host] = (first[host] ?? 0) + 1;
      else later[host] = (later[host] ?? 0) + 1;
    },
    retried() {
      hasRetried = true;
    },
    canaryAsked() {
      asked += 1;
      silent += 1;
    },
    canaryAnswered() {
      silent = Math.max(0, silent - 1);
    },
    canaryForgotten(questions, silences) {
      asked -= questions;
      silent -= silences;
    },
    share,
    missed,
    isEnough(tries, missTarget, open) {
      const seen = seenShare() ** tries;
      const mayCostAPort = seen > missTarget * targetPart && seen * open > portsMissedMax;
      return missed(tries) <= missTarget && !mayCostAPort;
    },
  };
}
