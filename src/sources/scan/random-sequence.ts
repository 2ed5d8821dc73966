/** Numbers from 0 to below 1, the same for the same seed. Good enough to be unforeseen by a network, not by a person. */
export function randomSequence(seed: number): () => number {
  // The constants are Numerical Recipes' (§7.1.4).
  let state = seed | 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
