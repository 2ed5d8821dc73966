import type { ReactNode } from "react";
import type { PortRow } from "../../api/shapes.ts";
import type { Column } from "../../grid/columns.ts";
import { RowLink } from "../../grid/row-link.tsx";
import { exposureMark, kindMark, riskMark, stateMark } from "../../marks/mark.tsx";
import { EndpointName, rowOwner } from "../../text/endpoint.tsx";
import { Foreign } from "../../text/foreign.tsx";
import { exact, relative } from "../../text/time.ts";
import type { Words } from "../../text/words.ts";

const none = <span className="dim">–</span>;
const foreign = (text: string | null, mono = false): ReactNode =>
  text === null || text === "" ? none : <Foreign text={text} mono={mono} clip />;

const ago = (ms: number, { language, zone, nowMs }: Words): ReactNode => (
  <time dateTime={new Date(ms).toISOString()} title={exact(ms, language, zone)}>
    {relative(Math.min(ms, nowMs), nowMs, language)}
  </time>
);
const portPath = (row: PortRow): string => `/ports/${encodeURIComponent(row.id)}`;

type Plan = Omit<Column<PortRow>, "id" | "title" | "cell"> & {
  /** Shown until somebody chooses. */
  readonly usual?: boolean;
  readonly cell: (row: PortRow, words: Words) => ReactNode;
};

/** In the order in which they stand. */
const plans = {
  port: {
    usual: true,
    least: 76,
    sort: "port",
    always: true,
    cell: (row, { t }) => (
      <span className="port-cell">
        <RowLink to={portPath(row)} className="plain mono">
          <strong>{row.port}</strong>
        </RowLink>
        {row.highRisk !== null && riskMark(row.highRisk, true, t)}
      </span>
    ),
  },
  address: {
    usual: true,
    least: 100,
    share: 1.1,
    sort: "address",
    cell: (row) => <span className="mono">{row.address}</span>,
  },
  transport: {
    usual: true,
    least: 48,
    sort: "transport",
    cell: (row) => <span className="mono ink2">{row.transport}</span>,
  },
  service: { usual: true, least: 72, share: 0.8, cell: (row) => foreign(row.service) },
  process: { usual: true, least: 104, share: 1.4, sort: "process", cell: (row, { t }) => rowOwner(row, t) },
  user: { usual: true, least: 60, share: 0.7, sort: "user", cell: (row) => foreign(row.user) },
  unit: { least: 110, share: 1, sort: "unit", cell: (row) => foreign(row.unit) },
  scope: { usual: true, least: 116, sort: "scope", cell: (row, { t }) => exposureMark(row, t) },
  host: {
    usual: true,
    least: 88,
    share: 1.4,
    sort: "host",
    cell: (row) => (
      <RowLink to={`/hosts/${encodeURIComponent(row.hostId)}`} className="plain ink2">
        <Foreign text={row.hostName} clip />
      </RowLink>
    ),
  },
  since: { usual: true, least: 88, sort: "since", cell: (row, words) => ago(row.sinceMs, words) },
  lastChange: {
    usual: true,
    least: 98,
    sort: "lastChange",
    cell: (row, { t }) => (row.lastChangeKind === null ? none : kindMark(row.lastChangeKind, true, t)),
  },
  state: { least: 92, cell: (row, { t }) => stateMark(row.state, row.stale, t) },
  pid: { least: 88, cell: (row) => <span className="mono ink2">{row.pids.join(" ") || "–"}</span> },
  path: { least: 140, share: 1.4, cell: (row) => foreign(row.executablePath, true) },
  command: { least: 180, share: 2, cell: (row) => foreign(row.commandLine, true) },
  container: { least: 116, cell: (row) => foreign(row.containerId?.slice(0, 12) ?? null, true) },
  interface: { least: 92, cell: (row) => foreign(row.interface, true) },
  namespace: { least: 120, share: 1, cell: (row) => foreign(row.networkNamespace, true) },
} satisfies Readonly<Record<string, Plan>>;

export type ColumnId = keyof typeof plans;
const planOf: Readonly<Record<ColumnId, Plan>> = plans;
export const columnIds = Object.keys(plans) as readonly ColumnId[];
export const usualColumns = columnIds.filter((id) => planOf[id].usual === true);

export function portColumns(ids: readonly ColumnId[], words: Words): Column<PortRow>[] {
  return ids.map((id) => {
    const { cell, ...plan } = planOf[id];
    return { id, title: words.t(`column.${id}`), ...plan, cell: (row) => cell(row, words) };
  });
}

/** `cols=port,process` of the URL; the port itself always stands there. */
export function chosenColumns(text: string | undefined): readonly ColumnId[] {
  if (text === undefined) return usualColumns;
  const wanted = new Set(text.split(","));
  return columnIds.filter((id) => planOf[id].always === true || wanted.has(id));
}

/** One port on a narrow screen. */
export function portCard(row: PortRow, words: Words): ReactNode {
  const { t } = words;
  return (
    <>
      <div>
        <RowLink to={portPath(row)} className="plain clip">
          <EndpointName at={row} />
        </RowLink>
        {row.highRisk !== null && riskMark(row.highRisk, true, t)}
        <span className="grow" />
        {row.lastChangeKind !== null && kindMark(row.lastChangeKind, true, t)}
      </div>
      <div>
        <span className="clip grow">{rowOwner(row, t)}</span>
        {row.user !== null && (
          <span className="dim">
            <Foreign text={row.user} />
          </span>
        )}
      </div>
      <div className="dim small">
        {exposureMark(row, t)}
        <span className="clip grow">
          <Foreign text={row.hostName} clip />
        </span>
        {ago(row.sinceMs, words)}
      </div>
    </>
  );
}
