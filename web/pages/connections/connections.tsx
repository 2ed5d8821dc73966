import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type {
  ConnectionHistory,
  FleetConnections,
  FleetFindings,
  HostConnections,
} from "../../api/shapes.ts";
import { changed } from "../../app/search.ts";
import { Table } from "../../lists/table.tsx";
import { Panel } from "../../panel/panel.tsx";
import { Answer } from "../../states/answer.tsx";
import { Ago } from "../../text/ago.tsx";
import { Foreign } from "../../text/foreign.tsx";
import { count } from "../../text/time.ts";
import { FleetBlocks } from "./blocks/fleet-blocks.tsx";
import { BusiestOverSpan, busiestKinds } from "./busiest.tsx";
import { ConnectionCharts } from "./connection-charts.tsx";
import { Figures } from "./figures.tsx";
import { NoConnections } from "./no-connections.tsx";
import { SpanChoice } from "./span-choice.tsx";
import { spanOf } from "./spans.ts";
import { StateTable } from "./state-table.tsx";
import { OddTable } from "./odd-table.tsx";
import { TroubleBand } from "./trouble-band.tsx";
import { useFleetConnections, useFleetFindings, useHistory } from "./use-history.ts";
import "./connections.css";

const oddShown = 10;

/** Is this load or an attack, and on which host? */
export function ConnectionsPage() {
  const { t } = useTranslation();
  const search = useSearch({ from: "/shell/connections" });
  const navigate = useNavigate({ from: "/connections" });
  const span = spanOf(search.span);
  const fleet = useFleetConnections();
  const findings = useFleetFindings();
  const history = useHistory(undefined, span);
  return (
    <div className="page">
      <div className="spread">
        <h1>{t("page.connections")}</h1>
        <SpanChoice
          span={span}
          onChange={(next) =>
            void navigate({ search: (before) => changed(before, { span: next }), replace: true })
          }
        />
      </div>
      <Answer of={fleet} lines={8} boxed>
        {(now) =>
          now.hosts + now.silent === 0 ? (
            <NoConnections />
          ) : (
            <>
              <FleetFigures fleet={now} />
              <Answer of={findings} lines={2} boxed>
                {(found) => <TroubleBand findings={found} />}
              </Answer>
              <Panel title={t("connections.fleet")}>
                <div className="body">
                  <Answer of={history} lines={6}>
                    {(told) => <Course history={told} />}
                  </Answer>
                </div>
              </Panel>
              <Hosts fleet={now} />
              <OddTable rows={oddRows(findings.data)} />
              <FleetBlocks />
              <StateTable tcp={now.tcp} history={history.data} />
              <div className="busy-grid">
                {busiestKinds.map((kind) => (
                  <BusiestOverSpan key={kind} kind={kind} tops={history.data?.tops[kind] ?? []} />
                ))}
              </div>
            </>
          )
        }
      </Answer>
    </div>
  );
}

function oddRows(findings: FleetFindings | undefined) {
  return (findings?.odd ?? []).slice(0, oddShown).map(({ odd, ...host }) => ({ odd, host }));
}

function Course({ history }: { readonly history: ConnectionHistory }) {
  const { t } = useTranslation();
  if (history.moments.length === 0) return <p className="dim">{t("connections.noCourse")}</p>;
  return <ConnectionCharts label={t("connections.fleet")} history={history} />;
}

function FleetFigures({ fleet }: { readonly fleet: FleetConnections }) {
  const { t, i18n } = useTranslation();
  const number = (value: number): string => count(value, i18n.language);
  return (
    <Figures
      figures={[
        [t("connections.total"), number(fleet.connections)],
        [t("connections.halfOpen"), number(fleet.tcp["SYN-RECEIVED"])],
        ["UDP", number(fleet.udp)],
        [t("connections.hosts"), number(fleet.hosts)],
        ...(fleet.silent === 0 ? [] : [[t("connections.silent"), number(fleet.silent)] as const]),
      ]}
    />
  );
}

/** The hosts with the most half-open connections come first: that is where a flood shows. */
function Hosts({ fleet }: { readonly fleet: FleetConnections }) {
  const { t, i18n } = useTranslation();
  const number = (value: number): string => count(value, i18n.language);
  const known = new Set(fleet.mostHalfOpen.map(({ hostId }) => hostId));
  const rows = [...fleet.mostHalfOpen, ...fleet.mostConnections.filter(({ hostId }) => !known.has(hostId))];
  return (
    <Panel title={t("page.hosts")}>
      {rows.length === 0 ? (
        <p className="body dim">{t("connections.nobodyHeard")}</p>
      ) : (
        <Table
          rows={rows}
          rowKey={({ hostId }) => hostId}
          columns={[
            { title: t("column.host"), cell: (host) => <HostLink host={host} /> },
            {
              title: t("connections.halfOpen"),
              cell: ({ tcp }) => <strong>{number(tcp["SYN-RECEIVED"])}</strong>,
            },
            { title: t("connections.total"), cell: ({ connections }) => number(connections) },
            { title: "ESTABLISHED", cell: ({ tcp }) => number(tcp.ESTABLISHED) },
            { title: "TIME-WAIT", cell: ({ tcp }) => number(tcp["TIME-WAIT"]) },
            { title: "CLOSE-WAIT", cell: ({ tcp }) => number(tcp["CLOSE-WAIT"]) },
            { title: t("connections.remotes"), cell: ({ remotes }) => number(remotes) },
            { title: t("connections.heard"), cell: ({ atMs }) => <Ago ms={atMs} /> },
          ]}
        />
      )}
    </Panel>
  );
}

function HostLink({ host }: { readonly host: HostConnections }) {
  return (
    <Link to="/connections/$hostId" params={{ hostId: host.hostId }} className="plain">
      <Foreign text={host.hostName} />
    </Link>
  );
}
