import { useElementSize } from "@mantine/hooks";
import { useState, type PointerEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { duration } from "../text/time.ts";
import { nearest, stretchesOf } from "./stretches.ts";

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
  readonly tone: "accent" | "changed" | "down" | "risk";
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
  const [pointed, setPointed] = useState<number | null>(null);
  const endMs = Math.max(1, moments.at(-1) ?? 1);
  const say = (ms: number): string => duration(ms, i18n.language);
  return (
    <div className="course" role="group" aria-label={label}>
      <Strips fromMs={0} toMs={endMs} moments={moments} lines={lines} cursor={pointed} onCursor={setPointed}>
        <div className="histogram-axis dim">
          <span>{t("scan.begin")}</span>
          {pointed !== null && <span>{say(moments[pointed] ?? 0)}</span>}
          <span>{say(endMs)}</span>
        </div>
      </Strips>
      <CourseTable
        label={t("scan.course")}
        when={t("scan.since")}
        moments={moments}
        lines={lines}
        say={say}
      />
    </div>
  );
}

interface StripsProps extends Pick<CourseProps, "moments" | "lines"> {
  readonly fromMs: number;
  readonly toMs: number;
  /** Time between two moments: after a longer one the line is cut. */
  readonly pointMs?: number;
  /** Index of the moment that is pointed at. */
  readonly cursor: number | null;
  readonly onCursor: (index: number | null) => void;
  /** The axis. */
  readonly children?: ReactNode;
}

export function Strips(props: StripsProps) {
  const { fromMs, toMs, pointMs, moments, lines, cursor, onCursor, children } = props;
  const { ref, width: measured } = useElementSize();
  const width = Math.max(narrowest, Math.floor(measured));
  const at = Math.min(cursor ?? moments.length - 1, moments.length - 1);
  const xOf = (index: number): number =>
    Math.max(0, ((moments[index] ?? 0) - fromMs) / (toMs - fromMs)) * width;
  const point = (event: PointerEvent): void => {
    const box = event.currentTarget.getBoundingClientRect();
    onCursor(nearest(moments, fromMs + ((event.clientX - box.left) / box.width) * (toMs - fromMs)));
  };
  return (
    <div ref={ref} onPointerMove={point} onPointerLeave={() => onCursor(null)}>
      {lines.map((line) => (
        <Strip
          key={line.name}
          line={line}
          width={width}
          xOf={xOf}
          stretches={stretchesOf(moments, pointMs ?? Number.POSITIVE_INFINITY)}
          at={at}
          cursor={cursor === null ? null : xOf(at)}
        />
      ))}
      {children}
    </div>
  );
}

interface StripProps {
  readonly line: CourseLine;
  readonly width: number;
  readonly xOf: (index: number) => number;
  readonly stretches: readonly (readonly number[])[];
  readonly at: number;
  readonly cursor: number | null;
}

function Strip({ line, width, xOf, stretches, at, cursor }: StripProps) {
  const { name, values, say, limit, limitName, tone } = line;
  const { t } = useTranslation();
  const known = values.filter((value) => value !== null);
  const most = known.length === 0 ? 0 : Math.max(...known);
  const top = Math.max(most, limit ?? 0) || 1;
  const yOf = (value: number): number => height - (value / top) * (height - headroom);
  const shown = values[at] ?? null;
  const words = `${name}: ${shown === null ? "–" : say(shown)}, ${t("histogram.most", { value: say(most) })}`;
  const runs = stretches.flatMap((own) => pieces(own, values));
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

interface CourseTableProps extends Pick<CourseProps, "moments"> {
  readonly label: string;
  /** Heads the column of moments. */
  readonly when: string;
  readonly lines: readonly Pick<CourseLine, "name" | "values" | "say">[];
  readonly say: (ms: number) => string;
}

/** The same figures in words; made when it is opened, for it may be long. */
export function CourseTable({ label, when, moments, lines, say }: CourseTableProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <details className="harbour-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("harbour.asTable")}</summary>
      {open && (
        <div className="scroll-x" tabIndex={0} role="region" aria-label={label}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{when}</th>
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
                    {say(ms)}
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
      )}
    </details>
  );
}

interface Dot {
  readonly index: number;
  readonly value: number;
}

/** Neighbours that are known: what is not known is a gap, not a zero. */
function pieces(own: readonly number[], values: readonly (number | null)[]): readonly (readonly Dot[])[] {
  const runs: Dot[][] = [];
  let run: Dot[] | undefined;
  for (const index of own) {
    const value = values[index] ?? null;
    if (value === null) {
      run = undefined;
      continue;
    }
    if (run === undefined) runs.push((run = []));
    run.push({ index, value });
  }
  return runs;
}
