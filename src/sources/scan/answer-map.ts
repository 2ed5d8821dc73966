// What: what came back of every pair of host and port.
// Idea: one bit says that a pair is settled, whatever it is; only open ports are listed. 2,000 hosts × 65,535 ports are
//   16 MB.
// Trap: an array of bits is 2³¹ long at most here: more pairs must be scanned in parts.

export const pairsMax = 2 ** 31;

export interface AnswerMap {
  isSettled(pair: number): boolean;
  /** False when it was settled before. */
  settle(pair: number): boolean;
}

export function answerMap(pairs: number): AnswerMap {
  const words = new Uint32Array(Math.ceil(pairs / 32));
  return {
    isSettled: (pair) => ((words[pair >>> 5] ?? 0) & (1 << (pair & 31))) !== 0,
    settle(pair) {
      const word = pair >>> 5;
      const before = words[word] ?? 0;
      const bit = 1 << (pair & 31);
      if ((before & bit) !== 0) return false;
      words[word] = before | bit;
      return true;
    },
  };
}
