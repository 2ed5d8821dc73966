import { SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { hostQuery } from "../../api/queries.ts";
import type { HostConnectionsDetail } from "../../api/shapes.ts";
import { changed } from "../../app/search.ts";
import { Panel } from "../../panel/panel.tsx";
import { Answer } from "../../states/answer.tsx";
import { Empty } from "../../states/states.tsx";
import { Ago } from "../../text/ago.tsx";
import { Foreign } from "../../text/foreign.tsx";
import { count, share } from "../../text/time.ts";
import { HostBlocks } from "./blocks/host-blocks.tsx";
import { BusiestNow, BusiestOverSpan, busiestKinds } from "./busiest.tsx";
import { ConnectionCharts } from "./connection-charts.tsx";
import { Figures } from "./figures.tsx";
import { NoConnections } from "./no-connections.tsx";
import { SpanChoice } from "./span-choice.tsx";
import { spanOf } from "./spans.ts";
import { StateTable } from "./state-table.tsx";
import { OddTable } from "./odd-table.tsx";
import { useHistory, useHostConnections, useHostFindings } from "./use-history.ts";
import { VerdictCard } from "./verdict-card.tsx";
import "./connections.css";

const path = "/shell/connections/$hostId";

/** Who is connected to this host, and how did that come about? */
export function HostConnectionsPage() {
  const { t } = useTranslation();
  const { hostId } = useParams({ from: path });
  const search = useSearch({ from: path });
  const navigate = useNavigate({ from: "/connections/$hostId" });
  const host = useQuery(hostQuery(hostId));
  const now = useHostConnections(hostId);
  const set = (change: { readonly span?: string; readonly rows?: string | undefined }): void =>
    void navigate({ search: (before) => changed(before, change), replace: true });
  return (
    <div className="page">
      <nav className="crumbs" aria-label={t("shell.crumbs")}>
        <Link to="/connections">{t("page.connections")}</Link>
      </nav>
      {host.data === undefined && <h1 className="hidden-text">{t("page.connections")}</h1>}
      <Answer of={host} lines={10} gone={<Empty title={t("host.gone")}>{t("host.goneText")}</Empty>}>
        {({ hostname }) => (
          <>
            <div className="spread">
              <h1 className="wrap">
                <Link to="/hosts/$hostId" params={{ hostId }} className="plain">
                  <Foreign text={hostname} />
                </Link>
              </h1>
              <SpanChoice span={spanOf(search.span)} onChange={(span) => set({ span })} />
            </div>
            <Answer of={now} lines={8} boxed>
              {({ latest }) =>
                latest === null ? (
                  <NoConnections />
                ) : (
                  <Told
                    latest={latest}
                    span={spanOf(search.span)}
                    overSpan={search.rows === "span"}
                    onRows={(rows) => set({ rows })}
                  />
                )
              }
            </Answer>
          </>
        )}
      </Answer>
    </div>
  );
}

interface ToldProps {
  readonly latest: HostConnectionsDetail;
  readonly span: ReturnType<typeof spanOf>;
  /** The busiest are those of the span. */
  readonly overSpan: boolean;
  readonly onRows: (rows: string | undefined) => void;
}

function Told({ latest, span, overSpan, onRows }: ToldProps) {
  const { t } = useTranslation();
  const history = useHistory(latest.hostId, span);
  const { firing = [], odd } = useHostFindings(latest.hostId).data ?? {};
  return (
    <>
      <HostFigures latest={latest} />
      {firing.map((verdict) => (
        <VerdictCard key={`${verdict.kind} ${verdict.subject}`} hostId={latest.hostId} verdict={verdict} />
      ))}
      <Panel
        title={t("page.connections")}
        beside={latest.stale && <span className="mark mark-stale">{t("state.stale")}</span>}
      >
        <div className="body">
          <Answer of={history} lines={6}>
            {(told) => <ConnectionCharts label={t("page.connections")} history={told} />}
          </Answer>
        </div>
      </Panel>
      {odd !== undefined && <OddTable rows={odd.map((one) => ({ odd: one }))} sayNone />}
      <HostBlocks hostId={latest.hostId} />
      <StateTable tcp={latest.tcp} history={history.data} />
      <div className="spread">
        <h2>{t("connections.busiest")}</h2>
        <SegmentedControl
          aria-label={t("connections.busiest")}
          value={overSpan ? "span" : "now"}
          onChange={(rows) => onRows(rows === "now" ? undefined : rows)}
          data={[
            { value: "now", label: t("connections.atLastCount") },
            { value: "span", label: t("connections.overSpan") },
          ]}
        />
      </div>
      <div className="busy-grid">
        {busiestKinds.map((kind) => {
          const tops = history.data?.tops[kind] ?? [];
          return overSpan ? (
            <BusiestOverSpan key={kind} kind={kind} tops={tops} />
          ) : (
            <BusiestNow key={kind} kind={kind} tops={tops} latest={latest} />
          );
        })}
      </div>
    </>
  );
}

function HostFigures({ latest }: { readonly latest: HostConnectionsDetail }) {
  const { t, i18n } = useTranslation();
  const number = (value: number): string => count(value, i18n.language);
  const { conntrack } = latest.sample;
  return (
    <Figures
      stale={latest.stale}
      figures={[
        [t("connections.total"), number(latest.connections)],
        [t("connections.halfOpen"), number(latest.tcp["SYN-RECEIVED"])],
        [t("connections.remotes"), number(latest.remotes)],
        ["UDP", number(latest.udp)],
        ...(conntrack === null || conntrack.max === 0
          ? []
          : [[t("connections.conntrack"), share(conntrack.count / conntrack.max, i18n.language)] as const]),
        [t("connections.heard"), <Ago key="heard" ms={latest.atMs} />],
      ]}
    />
  );
}
