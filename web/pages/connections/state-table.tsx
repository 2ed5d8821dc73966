import { useTranslation } from "react-i18next";
import type { ConnectionCounts, ConnectionHistory } from "../../api/shapes.ts";
import { Spark } from "../../charts/spark.tsx";
import { Table } from "../../lists/table.tsx";
import { Panel } from "../../panel/panel.tsx";
import { count } from "../../text/time.ts";
import { bandOf, connectionStates } from "./states.ts";

interface StateTableProps {
  readonly tcp: ConnectionCounts;
  readonly history: ConnectionHistory | undefined;
}

/** All eleven states: how many, how it went, what it means. */
export function StateTable({ tcp, history }: StateTableProps) {
  const { t, i18n } = useTranslation();
  const number = (value: number): string => count(value, i18n.language);
  return (
    <Panel title={t("connections.states")}>
      <div className="state-table">
        <Table
          rows={connectionStates}
          rowKey={(state) => state}
          columns={[
            {
              title: t("connections.state"),
              cell: (state) => (
                <span className={`state-name nowrap band-${bandOf(state) ?? "none"}`}>
                  <i className="swatch" aria-hidden="true" />
                  <span className="mono">{state}</span>
                </span>
              ),
            },
            {
              title: t("connections.now"),
              cell: (state) => <strong className="nowrap">{number(tcp[state])}</strong>,
            },
            {
              title: t("connections.most"),
              cell: (state) => (
                <span className="nowrap">
                  {number(Math.max(tcp[state], ...(history?.gauges[state].most ?? [])))}
                </span>
              ),
            },
            {
              title: t("connections.course"),
              cell: (state) => (
                <Spark
                  label={t("connections.courseOf", { name: state })}
                  values={history?.gauges[state].mean ?? []}
                  className={`state-spark band-${bandOf(state) ?? "none"}`}
                />
              ),
            },
            {
              title: t("connections.meaning"),
              cell: (state) => <span className="ink2">{t(`connectionState.${state}`)}</span>,
            },
          ]}
        />
      </div>
    </Panel>
  );
}
