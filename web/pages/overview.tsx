import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, type LinkProps } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { overviewQuery } from "../api/queries.ts";
import type { Overview } from "../api/shapes.ts";
import { HarbourChart } from "../charts/harbour.tsx";
import { Histogram } from "../charts/histogram.tsx";
import { ExposureMark, KindMark, kinds, RiskMark, useRiskWords } from "../marks/mark.tsx";
import { Lines } from "../panel/lines.tsx";
import { Panel } from "../panel/panel.tsx";
import { Answer } from "../states/answer.tsx";
import { Empty } from "../states/states.tsx";
import { Ago } from "../text/ago.tsx";
import { EndpointName, RowOwner } from "../text/endpoint.tsx";
import { Foreign } from "../text/foreign.tsx";
import { count } from "../text/time.ts";
import { EventLine } from "./events/event-line.tsx";
import { useLimitWords } from "./hosts/limit-words.ts";

const hourMs = 3_600_000;
const latestShown = 10;

export function OverviewPage() {
  const { t } = useTranslation();
  const overview = useQuery(overviewQuery);
  return (
    <div className="page">
      <h1>{t("page.overview")}</h1>
      <Answer of={overview} lines={9}>
        {(data) =>
          data.open.hosts === 0 ? (
            <Empty title={t("overview.noHost")}>{t("overview.noHostText")}</Empty>
          ) : (
            <Bands overview={data} />
          )
        }
      </Answer>
    </div>
  );
}

function Bands({ overview }: { readonly overview: Overview }) {
  return (
    <>
      <Figures open={overview.open} />
      <Now rows={overview.now} more={overview.open.highRisk} />
      <Changed changed={overview.changed} />
      <BlindBand blind={overview.blind} />
      <Chart harbour={overview.harbour} />
    </>
  );
}

function Figures({ open }: { readonly open: Overview["open"] }) {
  const { t, i18n } = useTranslation();
  const figures = [
    { name: "up", value: open.up, link: { to: "/ports" } },
    { name: "all", value: open.allInterfaces, link: { to: "/ports", search: { scope: "all" } } },
    { name: "risk", value: open.highRisk, link: { to: "/ports", search: { risk: "high" } } },
    { name: "hosts", value: open.hosts, link: { to: "/hosts" } },
  ] as const satisfies readonly { name: string; value: number; link: LinkProps }[];
  return (
    <ul className="figures">
      {figures.map(({ name, value, link }) => (
        <li key={name}>
          <Link {...link} className={name === "risk" && value > 0 ? "figure figure-risk" : "figure"}>
            <strong>{count(value, i18n.language)}</strong>
            <span>{t(`overview.figure.${name}`, { count: value })}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Now({ rows, more }: { readonly rows: Overview["now"]; readonly more: number }) {
  const { t, i18n } = useTranslation();
  const words = useRiskWords();
  const all = more > rows.length && (
    <Link to="/ports" search={{ risk: "high" }}>
      {t("overview.all", { number: count(more, i18n.language) })}
    </Link>
  );
  return (
    <Panel title={t("overview.now")} beside={all}>
      <Lines rows={rows} rowKey={(row) => row.id} lineClass="now-line" none={t("overview.nowNone")} calm>
        {(row) => (
          <>
            {row.highRisk !== null && <RiskMark code={row.highRisk} />}
            <Link to="/ports/$portId" params={{ portId: row.id }} className="plain">
              <EndpointName at={row} />
            </Link>
            <RowOwner row={row} />
            <span className="ink2 now-why">{row.highRisk === null ? "" : words(row.highRisk)}</span>
            <ExposureMark of={row} />
            <span className="ink2 clip">
              <Foreign text={row.hostName} clip />
            </span>
            <span className="dim right">
              <Ago ms={row.sinceMs} />
            </span>
          </>
        )}
      </Lines>
    </Panel>
  );
}

function Changed({ changed }: { readonly changed: Overview["changed"] }) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const counts = (
    <div className="line">
      {kinds.map((kind) => (
        <Link key={kind} to="/events" search={{ kind }} className="plain kind-count">
          <KindMark kind={kind} quiet /> <strong>{count(changed.newSince[kind], i18n.language)}</strong>
        </Link>
      ))}
    </div>
  );
  return (
    <Panel title={t("overview.changed")} beside={counts}>
      <div className="body">
        <Histogram
          buckets={changed.histogram}
          bucketMs={hourMs}
          label={t("overview.histogram")}
          onPick={(from, to) =>
            void navigate({ to: "/events", search: { from: String(from), to: String(to) } })
          }
        />
      </div>
      <Lines
        rows={changed.latest.slice(0, latestShown)}
        rowKey={(event) => event.id}
        none={t("overview.changedNone")}
      >
        {(event) => <EventLine event={event} />}
      </Lines>
      <footer className="panel-foot">
        <Link to="/events">{t("overview.allEvents")}</Link>
      </footer>
    </Panel>
  );
}

function BlindBand({ blind }: { readonly blind: Overview["blind"] }) {
  const { t } = useTranslation();
  const limit = useLimitWords();
  return (
    <Panel title={t("overview.blind")}>
      <Lines
        rows={blind}
        rowKey={(gap) => `${gap.hostId} ${gap.code} ${JSON.stringify(gap.params)}`}
        lineClass="blind-line"
        none={t("overview.blindNone")}
        calm
      >
        {(gap) => (
          <>
            <span className="mark mark-stale" aria-hidden="true">
              ◌
            </span>
            <Link to="/hosts/$hostId" params={{ hostId: gap.hostId }} className="plain">
              <strong>
                <Foreign text={gap.hostName} />
              </strong>
            </Link>
            <span className="grow">
              <span className="ink2 wrap">{limit(gap.code, gap.params).what}</span>{" "}
              <span className="dim">{limit(gap.code, gap.params).mend}</span>
            </span>
            {gap.sinceMs !== null && (
              <span className="dim">
                <Ago ms={gap.sinceMs} />
              </span>
            )}
          </>
        )}
      </Lines>
    </Panel>
  );
}

function Chart({ harbour }: { readonly harbour: Overview["harbour"] }) {
  const { t } = useTranslation();
  if (harbour.hosts.length === 0 || harbour.ports.length === 0) return null;
  return (
    <Panel title={t("harbour.title")} beside={<span className="dim small">{t("harbour.order")}</span>}>
      <div className="body">
        <HarbourChart harbour={harbour} />
      </div>
    </Panel>
  );
}
