// What: whether a port that a sweep from outside missed, or found anew, really is so.
// Idea: before anything is said it is asked again, some time apart. An answer settles it; silence is weighed by how
//   often an open port is silent on that path: so many tries that chance explains them less than once in ten million.
// Trap: tries close together share one bad moment, so they are spaced; and where so much gets lost that silence cannot
//   be told from chance, the answer is "unknown", which is no miss. 10,000 ports looked at each day of a year are four
//   million chances to be wrong.

export interface VerifyPolicy {
  /** Chance of an open port being called gone. */
  readonly errorMax: number;
  readonly spacingMs: number;
  readonly triesMin: number;
  readonly triesMax: number;
  /** So many refusals are a closed port, and no restart that happened to be looked at. */
  readonly refusalsEnough: number;
  /** Share of lost probes where nobody knows it. */
  readonly lossAssumed: number;
}

export const verifyDefaults: VerifyPolicy = {
  errorMax: 1e-7,
  spacingMs: 1_000,
  triesMin: 3,
  triesMax: 20,
  refusalsEnough: 3,
  lossAssumed: 0.1,
};

/** What was asked of one port since it came into doubt. */
export interface Doubt {
  readonly silences: number;
  readonly refusals: number;
  readonly answers: number;
  /** Of the last try; null before the first. */
  readonly askedMs: number | null;
}

export const noAnswersYet: Doubt = { silences: 0, refusals: 0, answers: 0, askedMs: null };

/** `ask` now, or `wait` until it may be asked; else what holds. */
export type Verification = "ask" | "wait" | "open" | "gone" | "unknown";

/** `loss`: share of probes without an answer where there should be one, 0 to 1; null where nothing tells. */
export function verify(
  { silences, refusals, answers, askedMs }: Doubt,
  loss: number | null,
  nowMs: number,
  policy: VerifyPolicy = verifyDefaults,
): Verification {
  if (answers > 0) return "open";
  if (refusals >= policy.refusalsEnough) return "gone";
  const enough = silencesEnough(loss ?? policy.lossAssumed, policy);
  if (refusals === 0 && silences >= enough) return "gone";
  if (silences + refusals >= policy.triesMax) return "unknown";
  return askedMs !== null && nowMs - askedMs < policy.spacingMs ? "wait" : "ask";
}

/** Silences in a row that chance does not explain. */
function silencesEnough(loss: number, { errorMax, triesMin }: VerifyPolicy): number {
  if (loss <= 0) return triesMin;
  if (loss >= 1) return Number.POSITIVE_INFINITY;
  return Math.max(triesMin, Math.ceil(Math.log(errorMax) / Math.log(loss)));
}
