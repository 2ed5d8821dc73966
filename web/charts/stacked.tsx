import { useElementSize } from "@mantine/hooks";
import { useState, type KeyboardEvent, type PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import { count, short, zoneOffset } from "../text/time.ts";
import { useZone } from "../text/zone.ts";
import { nearest, roundTop, stretchesOf, timeMarks } from "./stretches.ts";

const height = 236;
/** Below the plot: the times. Above it: half a line for the highest mark. */
const footPx = 22;
const headPx = 8;
const narrowest = 260;
/** Left of the plot: its scale. */
const gutterPx = 46;
/** One mark of time for so many px, and at least two. */
const markEveryPx = 110;
/** A word nearer to an edge would be cut. */
const edgePx = 24;
const lines = 4;

export interface Band {
  readonly key: string;
  readonly name: string;
  /** One for each moment. */
  readonly values: readonly number[];
}

export interface StackedProps {
  readonly label: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly pointMs: number;
  /** Ascending. */
  readonly moments: readonly number[];
  /** The lowest first. */
  readonly bands: readonly Band[];
  readonly cursor: number | null;
  readonly onCursor: (index: number | null) => void;
  readonly sayMoment: (ms: number) => string;
  readonly sayMark: (ms: number) => string;
}

/**
 * Bands on each other over time. The pointer and the arrow keys choose a moment, the legend says its figures; a name of
 * the legend takes its band away, so that small ones can be seen.
 */
export function StackedChart(props: StackedProps) {
  const { label, moments, bands, cursor, onCursor, fromMs, toMs, sayMoment } = props;
  const { ref, width: measured } = useElementSize();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const width = Math.max(narrowest, Math.floor(measured));
  const shown = bands.filter(({ key }) => !hidden.has(key));
  const at = cursor === null ? moments.length - 1 : Math.min(cursor, moments.length - 1);
  const point = (event: PointerEvent): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = (event.clientX - box.left - gutterPx) / (box.width - gutterPx);
    const ms = fromMs + share * (toMs - fromMs);
    onCursor(nearest(moments, ms));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const last = moments.length - 1;
    const to: Readonly<Record<string, number>> = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      Home: 0,
      End: last,
    };
    const next = to[event.key];
    if (next !== undefined) onCursor(Math.min(last, Math.max(0, next)));
    else if (event.key === "Escape") onCursor(null);
    else return;
    event.preventDefault();
  };
  return (
    <div className="stacked">
      <Legend
        bands={bands}
        at={at}
        hidden={hidden}
        onToggle={(key) => setHidden((before) => toggled(before, key))}
        when={cursor === null && isNow(props) ? undefined : sayMoment(moments[at] ?? toMs)}
      />
      <div
        ref={ref}
        className="stacked-plot"
        tabIndex={0}
        role="application"
        aria-label={label}
        onPointerMove={point}
        onPointerLeave={() => onCursor(null)}
        onKeyDown={onKeyDown}
      >
        <Plot {...props} bands={shown} width={width} at={cursor === null ? null : at} />
      </div>
    </div>
  );
}

/** Whether the last point tells how it is, not how it was lately. */
const isNow = ({ pointMs }: StackedProps): boolean => pointMs <= 60_000;

function toggled(keys: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(keys);
  if (!next.delete(key)) next.add(key);
  return next;
}

interface LegendProps {
  readonly bands: readonly Band[];
  readonly at: number;
  readonly hidden: ReadonlySet<string>;
  readonly onToggle: (key: string) => void;
  /** Of which moment the figures are; undefined: of now. */
  readonly when: string | undefined;
}

function Legend({ bands, at, hidden, onToggle, when }: LegendProps) {
  const { t, i18n } = useTranslation();
  return (
    <div className="stacked-legend">
      <div className="line grow">
        {bands.toReversed().map(({ key, name, values }) => (
          <button
            key={key}
            type="button"
            className={`stacked-name band-${key}`}
            aria-pressed={!hidden.has(key)}
            onClick={() => onToggle(key)}
          >
            <i className="swatch" aria-hidden="true" />
            {name} <strong>{count(Math.round(values[at] ?? 0), i18n.language)}</strong>
          </button>
        ))}
      </div>
      <span className="dim nowrap" role="status">
        {when ?? t("histogram.now")}
      </span>
    </div>
  );
}

interface PlotProps extends StackedProps {
  readonly width: number;
  readonly at: number | null;
}

function Plot({ moments, bands, pointMs, fromMs, toMs, width, at, sayMark }: PlotProps) {
  const { i18n } = useTranslation();
  const { zone } = useZone();
  const tops = stack(bands, moments.length);
  const top = roundTop(Math.max(1, ...(tops.at(-1) ?? [])));
  const plotPx = height - footPx - headPx;
  const plotWidth = width - gutterPx;
  // The first point may have begun before the span.
  const xOf = (ms: number): number => gutterPx + Math.max(0, (ms - fromMs) / (toMs - fromMs)) * plotWidth;
  const yOf = (value: number): number => headPx + plotPx - (value / top) * plotPx;
  const stretches = stretchesOf(moments, pointMs);
  return (
    <svg width="100%" height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {bands.map(({ key }, band) => (
        <path
          key={key}
          className={`band band-${key}`}
          d={stretches
            .map((own) => area(own, moments, pointMs, xOf, yOf, tops[band - 1], tops[band] ?? []))
            .join("")}
        />
      ))}
      {Array.from({ length: lines + 1 }, (_, line) => (
        <g key={line} className="stacked-line">
          <path d={`M${gutterPx},${yOf((top / lines) * line).toFixed(1)}H${width}`} />
          <text x={gutterPx - 8} y={yOf((top / lines) * line) + 4} textAnchor="end">
            {short((top / lines) * line, i18n.language)}
          </text>
        </g>
      ))}
      {timeMarks(
        { fromMs, toMs },
        Math.max(2, Math.floor(plotWidth / markEveryPx)),
        zoneOffset(toMs, zone),
      ).map((ms) => (
        <text
          key={ms}
          className="stacked-mark"
          x={xOf(ms)}
          y={height - 6}
          textAnchor={anchorAt(xOf(ms), width)}
        >
          {sayMark(ms)}
        </text>
      ))}
      {at !== null && (
        <path
          className="course-cursor"
          d={`M${xOf(moments[at] ?? 0).toFixed(1)},${headPx}V${headPx + plotPx}`}
        />
      )}
    </svg>
  );
}

function anchorAt(x: number, width: number): "start" | "middle" | "end" {
  if (x < gutterPx + edgePx) return "start";
  return x > width - edgePx ? "end" : "middle";
}

/** The upper edge of each band at each moment. */
function stack(bands: readonly Band[], length: number): readonly (readonly number[])[] {
  let below: readonly number[] = Array.from({ length }, () => 0);
  return bands.map(({ values }) => (below = below.map((sum, index) => sum + (values[index] ?? 0))));
}

function area(
  own: readonly number[],
  moments: readonly number[],
  pointMs: number,
  xOf: (ms: number) => number,
  yOf: (value: number) => number,
  lower: readonly number[] | undefined,
  upper: readonly number[],
): string {
  const corner = (index: number, value: number, laterMs = 0): string =>
    `${xOf((moments[index] ?? 0) + laterMs).toFixed(1)},${yOf(value).toFixed(1)}`;
  const over = own.map((index) => corner(index, upper[index] ?? 0));
  const under = own.toReversed().map((index) => corner(index, lower?.[index] ?? 0));
  const [only] = own.length === 1 ? own : [];
  // A single point has no width of its own.
  if (only !== undefined) {
    over.push(corner(only, upper[only] ?? 0, pointMs));
    under.unshift(corner(only, lower?.[only] ?? 0, pointMs));
  }
  return `M${[...over, ...under].join("L")}Z`;
}
