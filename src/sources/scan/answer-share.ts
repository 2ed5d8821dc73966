// What: whether as many questions of one kind are answered as when all was well.
// Idea: windows of time are weighed one by one against the share at rest; those with too few answers to say anything are
//   weighed together with those that follow.
// Trap: some hosts answer nothing at all and some loss has nothing to do with speed: only what is worse than the share at
//   rest is loss, and only when it cannot be chance. Where chance could hide half of all answers, "as before" is no
//   finding either.

/** What windows say, looked at together. */
export interface Finding {
  /** Packets of all kinds that were sent in a window, on average. */
  readonly sentPerWindow: number;
  /** Of the answers that should have come, the part that did not. */
  readonly loss: number;
  /** It is more than chance. */
  readonly isLoss: boolean;
}

export interface AnswerShare {
  sent(window: number): void;
  answered(window: number): void;
  /**
   * `sentInAll`: packets of all kinds in that window. `chanceMax`: where chance may take a greater part of the answers,
   * "as usual" is no finding. Null: it says nothing yet.
   */
  weigh(window: number, sentInAll: number, chanceMax: number): Finding | null;
  /** What was said of that window counts for nothing. */
  drop(window: number): void;
  /** What was not weighed yet counts for nothing. */
  restart(): void;
  /** Another share is to be expected from now on. */
  forget(): void;
}

/** Fewer answers say nothing. */
const answersMin = 16;
/** Less loss than this is not answered by going slower. */
const toleratedLoss = 0.04;
/** So many standard deviations are not chance. */
const deviations = 3.5;
/** The share at rest is that of the last so many questions: whoever creeps must not get used to what that loses. */
const restMax = 65_536;
/** After so many windows it has to be decided: those before are too long ago to be weighed together with these. */
const togetherMax = 64;

export function answerShare(windows: number): AnswerShare {
  const sent = new Float64Array(windows);
  const answered = new Float64Array(windows);
  let rest = { asked: 0, came: 0 };
  let [asked, came, inAll, held] = [0, 0, 0, 0];
  const drop = (window: number): void => {
    sent[window] = 0;
    answered[window] = 0;
  };
  const restart = (): void => {
    [asked, came, inAll, held] = [0, 0, 0, 0];
  };
  const remember = (): void => {
    const kept = Math.min(1, Math.max(0, restMax - asked) / Math.max(1, rest.asked));
    rest = { asked: rest.asked * kept + asked, came: rest.came * kept + Math.min(came, asked) };
  };
  const weighTogether = (chanceMax: number): Finding | null => {
    const usual = (rest.asked === 0 ? came / asked : rest.came / rest.asked) || 0;
    if (came < answersMin && asked * usual < answersMin) return null;
    // Both shares were counted on few: neither is exact, and "all of sixteen" is not all of them.
    const likely = (usual * rest.asked + came + 0.5) / (rest.asked + asked + 1);
    const variance = Math.max(likely * (1 - likely), 0.01);
    const chance =
      (deviations * Math.sqrt(variance / asked + (rest.asked === 0 ? 0 : variance / rest.asked))) / usual;
    const loss = 1 - Math.min(1, came / asked) / usual;
    const isLoss = loss > Math.max(toleratedLoss, chance);
    const finding = { sentPerWindow: inAll / held, loss, isLoss };
    if (isLoss) return finding;
    if (chance <= chanceMax) {
      // More than usual is what is usual where nothing is in the way.
      if (-loss > chance) rest = { asked: 0, came: 0 };
      remember();
      return finding;
    }
    if (held < togetherMax || loss <= toleratedLoss) return null;
    // Loss or chance: it counts as loss once, and as usual from then on.
    remember();
    return { ...finding, isLoss: true };
  };
  return {
    sent(window) {
      sent[window] = (sent[window] ?? 0) + 1;
    },
    answered(window) {
      answered[window] = (answered[window] ?? 0) + 1;
    },
    weigh(window, sentInAll, chanceMax) {
      asked += sent[window] ?? 0;
      came += answered[window] ?? 0;
      inAll += sentInAll;
      held += 1;
      drop(window);
      const finding = weighTogether(chanceMax);
      if (finding !== null || held >= togetherMax) restart();
      return finding;
    },
    drop,
    restart,
    forget() {
      rest = { asked: 0, came: 0 };
      restart();
    },
  };
}
