// What: which part of UDP probes gets lost on the way there or back.
// Idea: only what no limit of errors can touch is counted: answers of open ports, errors of hosts that send more of them
//   than any limit would let through, and witnesses that were asked when their host had an error to give.
// Trap: few scans have many such witnesses. With too few of them a usual share is assumed, and said to be unknown.

/** Half an event in one trial, before anything was seen (Krichevsky and Trofimov). */
const priorLost = 0.5;
const priorTrials = 1;
const trialsEnough = 8;
/** Where no witness speaks. */
const assumedShare = 0.02;

export interface UdpLoss {
  seen(lost: boolean): void;
  /** 0 to 1; null while too few witnesses speak. */
  share(): number | null;
  /** Of what answers, the part still unseen after so many tries. */
  missed(tries: number): number;
}

export function udpLoss(): UdpLoss {
  let [trials, lost] = [0, 0];
  const share = (): number | null =>
    trials < trialsEnough ? null : (lost + priorLost) / (trials + priorTrials);
  return {
    seen(isLost) {
      trials += 1;
      if (isLost) lost += 1;
    },
    share,
    missed: (tries) => (share() ?? assumedShare) ** tries,
  };
}
