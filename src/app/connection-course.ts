import {
  connectionCounters,
  connectionFills,
  connectionGauges,
  connectionTopKinds,
  historySteps,
  mergeSlices,
  startOf,
  type ConnectionCounter,
  type ConnectionFill,
  type ConnectionGauge,
  type ConnectionSlice,
  type ConnectionTop,
  type ConnectionTopKind,
} from "../model/connection-history.ts";

/** Points as long as people count time; each a whole multiple of every step that is not longer. */
const pointLengthsMs = [
  10, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
].map((seconds) => seconds * 1_000);

export interface CourseSpan {
  readonly fromMs: number;
  readonly toMs: number;
  /** At most so many. */
  readonly points: number;
}

/** How a span is told: in points of this length, made of slices of this step. */
export interface CourseGrain {
  readonly pointMs: number;
  readonly stepMs: number;
}

/** The finest that is still kept for the whole span and that its points have room for. `finestMs`: no step below it. */
export function courseGrain(
  { fromMs, toMs, points }: CourseSpan,
  nowMs: number,
  finestMs: number,
): CourseGrain {
  // A block leaves as a whole: until then all of it can be read.
  const kept = historySteps.filter(
    ({ stepMs, keptMs, blockMs }) => stepMs >= finestMs && fromMs >= nowMs - keptMs - blockMs,
  );
  const [finest] = kept.length === 0 ? historySteps.slice(-1) : kept;
  const leastMs = Math.max((toMs - fromMs) / points, finest?.stepMs ?? 0);
  const pointMs = pointLengthsMs.find((ms) => ms >= leastMs) ?? Math.ceil(leastMs / lastMs) * lastMs;
  const fitting = kept.findLast(({ stepMs }) => stepMs <= pointMs) ?? finest;
  return { pointMs, stepMs: fitting?.stepMs ?? 0 };
}

const lastMs = pointLengthsMs.at(-1) ?? 0;

/** What a stretch of time was like, column by column; where nobody looked there is no moment. */
export interface ConnectionCourse {
  readonly pointMs: number;
  /** Start of each point, ascending. */
  readonly moments: readonly number[];
  readonly gauges: Readonly<
    Record<ConnectionGauge, { readonly mean: readonly number[]; readonly most: readonly number[] }>
  >;
  /** How often in each point; null: not known. */
  readonly counters: Readonly<Record<ConnectionCounter, readonly (number | null)[]>>;
  /** The fullest in each point, 0 … 1. */
  readonly fills: Readonly<Record<ConnectionFill, readonly (number | null)[]>>;
}

export function connectionCourse(slices: readonly ConnectionSlice[], pointMs: number): ConnectionCourse {
  const points = pointsOf(slices, pointMs).map(({ startMs, slices }) => ({
    startMs,
    slice: slices.reduce(mergeSlices),
  }));
  const column = <Value>(read: (slice: ConnectionSlice) => Value): Value[] =>
    points.map(({ slice }) => read(slice));
  return {
    pointMs,
    moments: points.map(({ startMs }) => startMs),
    gauges: byName(connectionGauges, (at) => ({
      mean: column(({ sums, samples }) => rounded((sums[at] ?? 0) / samples)),
      most: column(({ peaks }) => peaks[at] ?? 0),
    })),
    counters: byName(connectionCounters, (at) => column(({ counters }) => counters[at] ?? null)),
    fills: byName(connectionFills, (at) => column(({ fills }) => shareOf(fills[at] ?? null))),
  };
}

function byName<Name extends string, Value>(
  names: readonly Name[],
  make: (index: number) => Value,
): Record<Name, Value> {
  return Object.fromEntries(names.map((name, index) => [name, make(index)])) as Record<Name, Value>;
}

const shareOf = (thousandths: number | null): number | null =>
  thousandths === null ? null : thousandths / 1_000;

/** A tenth of a connection is fine enough to be looked at. */
const rounded = (value: number): number => Math.round(value * 10) / 10;

function pointsOf(
  slices: readonly ConnectionSlice[],
  pointMs: number,
): { readonly startMs: number; readonly slices: ConnectionSlice[] }[] {
  const groups = Map.groupBy(slices, ({ startMs }) => startOf(startMs, pointMs));
  return [...groups].map(([startMs, own]) => ({ startMs, slices: own }));
}

/** One of the busiest of a span. */
export interface TopCourse {
  readonly name: string;
  readonly mean: number;
  readonly most: number;
  /** Its mean in each point. */
  readonly means: readonly number[];
}

export interface TopCourses extends Readonly<Record<ConnectionTopKind, readonly TopCourse[]>> {
  readonly pointMs: number;
  readonly moments: readonly number[];
}

/** The busiest of each kind over all slices, most first. Where a name was not among the busiest it counts 0. */
export function topCourses(slices: readonly ConnectionSlice[], pointMs: number, most: number): TopCourses {
  const points = pointsOf(slices, pointMs);
  const samples = points.map(({ slices: own }) => samplesOf(own));
  const all = samplesOf(slices);
  const courses = (kind: number): TopCourse[] => {
    const tops = totals(slices, kind).slice(0, most);
    const sums = sumsByPoint(
      points.map(({ slices: own }) => own),
      kind,
      tops.map(({ name }) => name),
    );
    return tops.map(({ name, sum, peak }) => ({
      name,
      mean: rounded(sum / all),
      most: peak,
      means: (sums.get(name) ?? []).map((each, point) => rounded(each / (samples[point] ?? 1))),
    }));
  };
  return { pointMs, moments: points.map(({ startMs }) => startMs), ...byName(connectionTopKinds, courses) };
}

const samplesOf = (slices: readonly ConnectionSlice[]): number =>
  slices.reduce((sum, slice) => sum + slice.samples, 0);

/** By their sum. A year has 88,000 of a kind: added up in place. */
function totals(slices: readonly ConnectionSlice[], kind: number): ConnectionTop[] {
  const all = new Map<string, { name: string; sum: number; peak: number }>();
  for (const { tops } of slices) {
    for (const { name, sum, peak } of tops[kind] ?? []) {
      const known = all.get(name);
      if (known === undefined) {
        all.set(name, { name, sum, peak });
        continue;
      }
      known.sum += sum;
      if (peak > known.peak) known.peak = peak;
    }
  }
  return [...all.values()].toSorted((a, b) => b.sum - a.sum);
}

/** Of each name its sum in each point. */
function sumsByPoint(
  points: readonly (readonly ConnectionSlice[])[],
  kind: number,
  names: readonly string[],
): ReadonlyMap<string, readonly number[]> {
  const sums = new Map(names.map((name) => [name, points.map(() => 0)]));
  for (const [point, slices] of points.entries()) {
    for (const { tops } of slices) {
      for (const { name, sum } of tops[kind] ?? []) {
        const own = sums.get(name);
        if (own !== undefined) own[point] = (own[point] ?? 0) + sum;
      }
    }
  }
  return sums;
}
