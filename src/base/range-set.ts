/** Inclusive, `first <= last`, whole numbers. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** Ascending, disjoint and not touching: each set has one form. */
export type RangeSet = readonly Range[];

/** Any ranges, in any order, overlapping or empty (`first > last`), to a set. O(n log n). */
export function rangeSet(ranges: Iterable<Range>): RangeSet {
  const sorted = [...ranges].filter(({ first, last }) => first <= last).sort((a, b) => a.first - b.first);
  const set: { first: number; last: number }[] = [];
  for (const { first, last } of sorted) {
    const previous = set.at(-1);
    if (previous && first <= previous.last + 1) previous.last = Math.max(previous.last, last);
    else set.push({ first, last });
  }
  return set;
}

export function rangesUnion(a: RangeSet, b: RangeSet): RangeSet {
  return rangeSet([...a, ...b]);
}

/** What is in `a` and not in `b`. O(a + b). */
export function rangesMinus(a: RangeSet, b: RangeSet): RangeSet {
  const set: Range[] = [];
  let index = 0;
  for (const { first, last } of a) {
    let from = first;
    while (index < b.length && (b[index]?.last ?? 0) < from) index++;
    for (let at = index; at < b.length; at++) {
      const hole = b[at];
      if (!hole || hole.first > last) break;
      if (hole.first > from) set.push({ first: from, last: hole.first - 1 });
      from = hole.last + 1;
    }
    if (from <= last) set.push({ first: from, last });
  }
  return set;
}

/** What is in both. */
export function rangesCommon(a: RangeSet, b: RangeSet): RangeSet {
  return rangesMinus(a, rangesMinus(a, b));
}

/** O(log n). */
export function rangesContain(set: RangeSet, value: number): boolean {
  let low = 0;
  let high = set.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const range = set[middle];
    if (!range) return false;
    if (value < range.first) high = middle - 1;
    else if (value > range.last) low = middle + 1;
    else return true;
  }
  return false;
}

/** How many whole numbers are in it. */
export function rangesSize(set: RangeSet): number {
  let size = 0;
  for (const { first, last } of set) size += last - first + 1;
  return size;
}

/** Whether `a` holds all of `b`. */
export function rangesInclude(a: RangeSet, b: RangeSet): boolean {
  return rangesMinus(b, a).length === 0;
}
