/** A chart's time: what lies together, what is nearest, where its marks are. */

/** A point missing now and then is a late sample; beyond so many nobody looked. */
const gapPoints = 2.5;

/** Indices of neighbours that belong together: where nobody looked, the line is cut. */
export function stretchesOf(moments: readonly number[], pointMs: number): readonly (readonly number[])[] {
  const stretches: number[][] = [];
  let own: number[] | undefined;
  for (const [index, ms] of moments.entries()) {
    const before = moments[index - 1];
    if (own === undefined || before === undefined || ms - before > gapPoints * pointMs) {
      stretches.push((own = []));
    }
    own.push(index);
  }
  return stretches;
}

/** Index of the moment that lies nearest; -1 where there is none. `moments` ascends. */
export function nearest(moments: readonly number[], ms: number): number {
  let [low, high] = [0, moments.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    const [left = 0, right = 0] = [moments[middle], moments[middle + 1]];
    if (ms - left <= right - ms) high = middle;
    else low = middle + 1;
  }
  return high < 0 ? -1 : low;
}

/** Fewer cannot be told apart on a scale of four lines. */
const topLeast = 4;

/** The lowest round number that is not below: a scale that people read. */
export function roundTop(value: number): number {
  if (value <= topLeast) return topLeast;
  const unit = 10 ** Math.floor(Math.log10(value));
  return ([1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10].find((step) => step * unit >= value) ?? 10) * unit;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** As people divide time. */
const markSteps = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * minuteMs),
  ...[1, 2, 3, 6, 12].map((hours) => hours * hourMs),
  ...[1, 2, 7, 14, 30, 60].map((days) => days * dayMs),
];

/** At most `most` moments within a span that are round on a clock `offsetMs` ahead of UTC. */
export function timeMarks(
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  most: number,
  offsetMs: number,
): readonly number[] {
  const stepMs = markSteps.find((step) => (toMs - fromMs) / step <= most) ?? (toMs - fromMs) / most;
  const first = Math.ceil((fromMs + offsetMs) / stepMs) * stepMs - offsetMs;
  const marks: number[] = [];
  for (let ms = first; ms <= toMs; ms += stepMs) marks.push(ms);
  return marks;
}
