import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type {
  ConnectionSample,
  ConnectionStates,
  ConnectionTop,
  HostConnectionsDetail,
} from "../../api/shapes.ts";
import { Spark } from "../../charts/spark.tsx";
import { Table, type TableColumn } from "../../lists/table.tsx";
import { Panel } from "../../panel/panel.tsx";
import { Foreign } from "../../text/foreign.tsx";
import { visible } from "../../text/hostile.ts";
import { count, share } from "../../text/time.ts";
import { bandOf, connectionStates } from "./states.ts";

/** Of the kinds that are counted by name. */
export type BusiestKind = "ports" | "remotes" | "prefixes" | "processes";
export const busiestKinds: readonly BusiestKind[] = ["ports", "remotes", "prefixes", "processes"];

const rowsShown = 10;

/** One of the busiest at the last count. */
interface Busy {
  readonly key: string;
  /** As the history names it. */
  readonly name: string;
  readonly beside: ReactNode;
  /** A local port: who listens on it stands in Ports. */
  readonly port?: number;
  readonly states: ConnectionStates;
}

interface BusiestProps {
  readonly kind: BusiestKind;
  /** Over the span, for the small courses. */
  readonly tops: readonly ConnectionTop[];
}

/** Who has the most connections, with their states, as they were counted last. */
export function BusiestNow({
  kind,
  tops,
  latest,
}: BusiestProps & { readonly latest: HostConnectionsDetail }) {
  const { t, i18n } = useTranslation();
  const [all, setAll] = useState(false);
  const { sample, hostId } = latest;
  const rows = useBusy(kind, sample);
  const courses = new Map(tops.map((top) => [top.name, top.means]));
  const columns: readonly [TableColumn<Busy>, ...TableColumn<Busy>[]] = [
    {
      title: t(`connectionKind.${kind}`),
      cell: ({ name, beside, port }) => (
        <span className="busy-name">
          {port === undefined ? (
            <Foreign text={name} mono />
          ) : (
            <Link to="/ports" search={{ host: hostId, port: String(port) }} className="plain">
              <Foreign text={name} mono />
            </Link>
          )}
          {beside !== null && <span className="dim small">{beside}</span>}
        </span>
      ),
    },
    {
      title: t("connections.now"),
      cell: ({ states }) => <strong className="nowrap">{count(sumOf(states), i18n.language)}</strong>,
    },
    { title: t("connections.byState"), cell: ({ states }) => <States states={states} /> },
    {
      title: t("connections.course"),
      cell: ({ name }) => <CourseOf name={name} means={courses.get(name)} />,
    },
  ];
  return (
    <Panel title={t(`connectionTitle.${kind}`)} beside={<Number value={rows.length} />}>
      {rows.length === 0 ? (
        <p className="body dim">{t("connections.nobody")}</p>
      ) : (
        <div className="busy-table">
          <Table rows={all ? rows : rows.slice(0, rowsShown)} rowKey={({ key }) => key} columns={columns} />
        </div>
      )}
      {rows.length > rowsShown && (
        <div className="panel-foot">
          <button type="button" className="link-button" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? t("connections.fewer") : t("connections.all", { number: rows.length })}
          </button>
        </div>
      )}
    </Panel>
  );
}

/** Who had the most connections over the whole span, whoever has them now. */
export function BusiestOverSpan({ kind, tops }: BusiestProps) {
  const { t, i18n } = useTranslation();
  const number = (value: number): string => count(value, i18n.language);
  return (
    <Panel title={t(`connectionTitle.${kind}`)}>
      {tops.length === 0 ? (
        <p className="body dim">{t("connections.nobody")}</p>
      ) : (
        <div className="busy-table">
          <Table
            rows={tops}
            rowKey={({ name }) => name}
            columns={[
              { title: t(`connectionKind.${kind}`), cell: ({ name }) => <Foreign text={name} mono /> },
              {
                title: t("connections.mean"),
                cell: ({ mean }) => <strong className="nowrap">{number(mean)}</strong>,
              },
              {
                title: t("connections.most"),
                cell: ({ most }) => <span className="nowrap">{number(most)}</span>,
              },
              {
                title: t("connections.course"),
                cell: ({ name, means }) => <CourseOf name={name} means={means} />,
              },
            ]}
          />
        </div>
      )}
    </Panel>
  );
}

function Number({ value }: { readonly value: number }) {
  const { i18n } = useTranslation();
  return <span className="dim">{count(value, i18n.language)}</span>;
}

function CourseOf({
  name,
  means = [],
}: {
  readonly name: string;
  readonly means: readonly number[] | undefined;
}) {
  const { t } = useTranslation();
  return <Spark label={t("connections.courseOf", { name: visible(name) })} values={means} />;
}

/** A bar of the states, and the same in figures. */
function States({ states }: { readonly states: ConnectionStates }) {
  const { i18n } = useTranslation();
  const present = connectionStates.filter((state) => state !== "LISTEN" && (states[state] ?? 0) > 0);
  return (
    <span className="busy-states">
      {present.map((state) => (
        <span key={state} className={`state-count nowrap band-${bandOf(state) ?? "none"}`}>
          <i className="swatch" aria-hidden="true" />
          {state} {count(states[state] ?? 0, i18n.language)}
        </span>
      ))}
    </span>
  );
}

function sumOf(states: ConnectionStates): number {
  return connectionStates.reduce((sum, state) => sum + (state === "LISTEN" ? 0 : (states[state] ?? 0)), 0);
}

function useBusy(kind: BusiestKind, sample: ConnectionSample): readonly Busy[] {
  const { t, i18n } = useTranslation();
  const number = (value: number): string => count(value, i18n.language);
  switch (kind) {
    case "ports":
      return sample.ports.map(({ transport, port, processes, states, queue }) => {
        const full = queue === null || queue.max === 0 ? null : queue.waiting / queue.max;
        const words = [
          ...processes,
          ...(full === null || queue === null || queue.waiting === 0
            ? []
            : [
                t("connections.queue", {
                  waiting: number(queue.waiting),
                  max: number(queue.max),
                  share: share(full, i18n.language),
                }),
              ]),
        ];
        const key = `${transport}/${port}`;
        return {
          key,
          name: key,
          port,
          states,
          beside: words.length === 0 ? null : <Foreign text={words.join(" · ")} />,
        };
      });
    case "processes":
      return sample.processes.map(({ name, pid, states }) => ({
        key: `${pid} ${name}`,
        name,
        states,
        beside: t("connections.pid", { pid }),
      }));
    default:
      return sample[kind].map(({ remote, states, ports }) => ({
        key: remote,
        name: remote,
        states,
        beside: t("connections.toPorts", { count: ports }),
      }));
  }
}
