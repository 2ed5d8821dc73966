import { useElementSize } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import type { Bucket } from "../api/shapes.ts";
import { kinds, kindShape } from "../marks/mark.tsx";
import { clock, count, day } from "../text/time.ts";
import { useZone } from "../text/zone.ts";

/** WCAG 2.2, 2.5.8: a target is 24 px wide at least; with the gap beside it. */
const barMin = 27;
const narrowest = 320;

interface HistogramProps {
  readonly buckets: readonly Bucket[];
  readonly label: string;
  readonly onPick: (startMs: number, endMs: number) => void;
  readonly bucketMs: number;
  readonly pickedFrom?: number | undefined;
}

/** Events per bucket, stacked by kind; each bar is a button that says its numbers. */
export function Histogram({ buckets: given, label, onPick, bucketMs, pickedFrom }: HistogramProps) {
  const { t, i18n } = useTranslation();
  const { zone } = useZone();
  const { ref, width } = useElementSize();
  const fold = Math.max(1, Math.ceil(given.length / Math.max(1, Math.floor((width || narrowest) / barMin))));
  const buckets = folded(given, fold);
  const top = Math.max(1, ...buckets.map(sum));
  const words = (bucket: Bucket): string => {
    const when = `${day(bucket.startMs, i18n.language, zone)} ${clock(bucket.startMs, i18n.language, zone).slice(0, 5)}`;
    const parts = kinds
      .filter((kind) => bucket[kind] > 0)
      .map((kind) => `${kindShape[kind]} ${bucket[kind]} ${t(`kind.${kind}`)}`);
    return `${when} · ${parts.length === 0 ? t("events.none") : parts.join(", ")}`;
  };
  const first = buckets[0];
  const last = buckets.at(-1);
  return (
    <div ref={ref} className="histogram" role="group" aria-label={label}>
      <div className="histogram-bars">
        {buckets.map((bucket) => (
          <button
            key={bucket.startMs}
            type="button"
            title={words(bucket)}
            aria-label={words(bucket)}
            aria-pressed={pickedFrom === bucket.startMs}
            className="histogram-bar"
            disabled={sum(bucket) === 0}
            onClick={() => onPick(bucket.startMs, bucket.startMs + bucketMs * fold)}
          >
            {kinds.map((kind) =>
              bucket[kind] === 0 ? null : (
                <i
                  key={kind}
                  className={`fill-${kind}`}
                  style={{ height: `${Math.max(7, (bucket[kind] / top) * 100)}%` }}
                />
              ),
            )}
          </button>
        ))}
      </div>
      {first !== undefined && last !== undefined && (
        <div className="histogram-axis dim">
          <span>{`${day(first.startMs, i18n.language, zone)} ${clock(first.startMs, i18n.language, zone).slice(0, 5)}`}</span>
          <span>{t("histogram.most", { value: count(Math.max(...buckets.map(sum)), i18n.language) })}</span>
          <span>{t("histogram.now")}</span>
        </div>
      )}
    </div>
  );
}

/** Neighbours put together, from the newest on, until a bar is wide enough to be hit. */
function folded(buckets: readonly Bucket[], fold: number): readonly Bucket[] {
  if (fold === 1) return buckets;
  const result: Bucket[] = [];
  for (let end = buckets.length; end > 0; end -= fold) {
    const part = buckets.slice(Math.max(0, end - fold), end);
    const of = (kind: (typeof kinds)[number]): number => part.reduce((total, each) => total + each[kind], 0);
    result.unshift({
      startMs: part[0]?.startMs ?? 0,
      ...(Object.fromEntries(kinds.map((kind) => [kind, of(kind)])) as Omit<Bucket, "startMs">),
    });
  }
  return result;
}

function sum(bucket: Bucket): number {
  return kinds.reduce((total, kind) => total + bucket[kind], 0);
}
