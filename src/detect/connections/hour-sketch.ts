// What: the distribution of one figure within an hour, in steps of a fifth, as a list of counts.
// Idea: figures of connections differ by factors, not by differences; on a logarithmic scale every count up to 10⁹ fits
//   into 120 steps, and any quantile can be read to within 10 %.
// Trap: a mean or a variance would be moved by one flood; a quantile moves by rank only.

/** Steps per doubling. */
const stepsPerOctave = 4;
export const stepMax = 120;

/** How often each step was seen; trailing zeros are left out. */
export type HourSketch = readonly number[];

export function stepOf(value: number): number {
  return value > 0 ? Math.min(stepMax, Math.round(stepsPerOctave * Math.log2(1 + value))) : 0;
}

/** The largest value of a step, so that what was seen is never above what is called usual. */
export function valueOf(step: number): number {
  return step <= 0 ? 0 : Math.floor(2 ** ((step + 0.5) / stepsPerOctave) - 1);
}

export function sketchWith(sketch: HourSketch, value: number): HourSketch {
  const step = stepOf(value);
  const counts = Array.from({ length: Math.max(sketch.length, step + 1) }, (_, at) => sketch[at] ?? 0);
  counts[step] = (counts[step] ?? 0) + 1;
  return counts;
}

/** The step that a share of all values does not exceed; undefined when there are none. */
export function quantileStep(sketch: HourSketch, share: number): number | undefined {
  const total = sketch.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  let seen = 0;
  for (const [step, count] of sketch.entries()) {
    seen += count;
    if (seen >= share * total) return step;
  }
  return sketch.length - 1;
}
