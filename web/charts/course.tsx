import { useElementSize } from "@mantine/hooks";
import { useState, type PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import { duration } from "../text/time.ts";

const height = 56;
/** Room above the highest value, so that a line at the top keeps its width. */
const headroom = 4;
const narrowest = 280;

export interface CourseLine {
  readonly name: string;
  /** One for each moment; null: not known then. */
  readonly values: readonly (number | null)[];
  readonly say: (value: number) => string;
  /** What was allowed: drawn across. */
  readonly limit?: number | undefined;
  readonly limitName?: string;
  readonly tone: "accent" | "changed" | "down";
}

interface CourseProps {
  readonly label: string;
  /** ms since the beginning, ascending. */
  readonly moments: readonly number[];
  readonly lines: readonly CourseLine[];
}

/** A few figures over the same time, one under the other. The table under them says the same in words. */
export function CourseChart({ label, moments, lines }: CourseProps) {
  const { t, i18n } = useTranslation();
  const { ref, width: measured } = useElementSize();
  const [pointed, setPointed] = useState<number | null>(null);
  const width = Math.max(narrowest, Math.floor(measured));
  const endMs = Math.max(1, moments.at(-1) ?? 1);
  const at = pointed === null ? moments.length - 1 : Math.min(pointed, moments.length - 1);
  const xOf = (index: number): number => ((moments[index] ?? 0) / endMs) * width;
  const point = (event: PointerEvent): void => {
    const box = event.currentTarget.getBoundingClientRect();
    setPointed(nearest(moments, ((event.clientX - box.left) / box.width) * endMs));
  };
  return (
    <div className="course" role="group" aria-label={label}>
      <div ref={ref} onPointerMove={point} onPointerLeave={() => setPointed(null)}>
        {lines.map((line) => (
          <Strip
            key={line.name}
            line={line}
            width={width}
            xOf={xOf}
            at={at}
            cursor={pointed === null ? null : xOf(at)}
          />
        ))}
        <div className="histogram-axis dim">
          <span>{t("scan.begin")}</span>
          {pointed !== null && <span>{duration(moments[at] ?? 0, i18n.language)}</span>}
          <span>{duration(endMs, i18n.language)}</span>
        </div>
      </div>
      <CourseTable moments={moments} lines={lines} />
    </div>
  );
}

interface StripProps {
  readonly line: CourseLine;
  readonly width: number;
  readonly xOf: (index: number) => number;
  readonly at: number;
  readonly cursor: number | null;
}

function Strip({ line: { name, values, say, limit, limitName, tone }, width, xOf, at, cursor }: StripProps) {
  const { t } = useTranslation();
  const known = values.filter((value) => value !== null);
  const most = known.length === 0 ? 0 : Math.max(...known);
  const top = Math.max(most, limit ?? 0) || 1;
  const yOf = (value: number): number => height - (value / top) * (height - headroom);
  const shown = values[at] ?? null;
  const words = `${name}: ${shown === null ? "–" : say(shown)}, ${t("histogram.most", { value: say(most) })}`;
  const runs = pieces(values);
  return (
    <div className={`course-strip tone-line-${tone}`}>
      <div className="course-head">
        <span>{name}</span>
        <strong>{shown === null ? "–" : say(shown)}</strong>
        <span className="dim">
          {limit === undefined ? t("histogram.most", { value: say(most) }) : `${limitName} ${say(limit)}`}
        </span>
      </div>
      <svg
        width="100%"
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={words}
      >
        {runs.map((run) => {
          const line = run.map(({ index, value }) => `${xOf(index).toFixed(1)},${yOf(value).toFixed(1)}`);
          const [first, last] = [run[0], run.at(-1)];
          return (
            <g key={first?.index}>
              <path
                className="course-area"
                d={`M${xOf(first?.index ?? 0).toFixed(1)},${height}L${line.join("L")}L${xOf(last?.index ?? 0).toFixed(1)},${height}Z`}
              />
              <path className="course-line" d={`M${line.join("L")}`} />
            </g>
          );
        })}
        {limit !== undefined && <path className="course-limit" d={`M0,${yOf(limit)}H${width}`} />}
        {cursor !== null && <path className="course-cursor" d={`M${cursor},0V${height}`} />}
      </svg>
    </div>
  );
}

function CourseTable({ moments, lines }: Pick<CourseProps, "moments" | "lines">) {
  const { t, i18n } = useTranslation();
  return (
    <details className="harbour-table">
      <summary>{t("harbour.asTable")}</summary>
      <div className="scroll-x" tabIndex={0} role="region" aria-label={t("scan.course")}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t("scan.since")}</th>
              {lines.map(({ name }) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {moments.map((ms, index) => (
              <tr key={ms}>
                <th scope="row" className="plain-head">
                  {duration(ms, i18n.language)}
                </th>
                {lines.map(({ name, values, say }) => {
                  const value = values[index] ?? null;
                  return <td key={name}>{value === null ? "–" : say(value)}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

interface Dot {
  readonly index: number;
  readonly value: number;
}

/** Neighbours that are known: what is not known is a gap, not a zero. */
function pieces(values: readonly (number | null)[]): readonly (readonly Dot[])[] {
  const runs: Dot[][] = [];
  let run: Dot[] | undefined;
  for (const [index, value] of values.entries()) {
    if (value === null) {
      run = undefined;
      continue;
    }
    if (run === undefined) runs.push((run = []));
    run.push({ index, value });
  }
  return runs;
}

function nearest(moments: readonly number[], ms: number): number {
  let best = 0;
  for (const [index, moment] of moments.entries()) {
    if (Math.abs(moment - ms) < Math.abs((moments[best] ?? 0) - ms)) best = index;
  }
  return best;
}
