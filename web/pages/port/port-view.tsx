import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { portQuery } from "../../api/queries.ts";
import type { PortDetail } from "../../api/shapes.ts";
import { Timeline } from "../../charts/timeline.tsx";
import { ExposureMark, RiskMark, StateMark, useRiskWords } from "../../marks/mark.tsx";
import { type Fact, Facts } from "../../panel/facts.tsx";
import { Lines } from "../../panel/lines.tsx";
import { Panel } from "../../panel/panel.tsx";
import { Answer } from "../../states/answer.tsx";
import { Copy } from "../../states/copy.tsx";
import { Empty } from "../../states/states.tsx";
import { Ago, Exact } from "../../text/ago.tsx";
import { EndpointName, endpointText, RowOwner } from "../../text/endpoint.tsx";
import { Foreign } from "../../text/foreign.tsx";
import { EventLine } from "../events/event-line.tsx";
import { EvidenceLog } from "./evidence.tsx";
import { OwnerCard } from "./owner-card.tsx";

/** What is this, since when, how do we know? */
export function PortView({ id, narrow = false }: { readonly id: string; readonly narrow?: boolean }) {
  const { t } = useTranslation();
  const port = useQuery(portQuery(id));
  return (
    <Answer of={port} lines={8} gone={<Empty title={t("port.gone")}>{t("port.goneText")}</Empty>}>
      {(port) => (
        <>
          <Heading port={port} narrow={narrow} />
          <div className={narrow ? "stack" : "columns"}>
            <div className="stack">
              <OwnerCard port={port} />
              <Panel title={t("port.timeline")}>
                <div className="body">
                  <Timeline intervals={port.intervals} />
                </div>
              </Panel>
              <Panel title={t("port.evidence")}>
                <EvidenceLog evidence={port.evidence} />
              </Panel>
            </div>
            <div className="stack">
              <PortFacts port={port} />
              <Events port={port} />
              <Similar port={port} />
            </div>
          </div>
        </>
      )}
    </Answer>
  );
}

function Heading({ port, narrow }: { readonly port: PortDetail; readonly narrow: boolean }) {
  const risk = useRiskWords();
  const Title = narrow ? "h2" : "h1";
  return (
    <div className="port-heading">
      <div className="line">
        <Title className="port-title">
          <EndpointName at={port} />
        </Title>
        <Copy text={endpointText(port)} />
        <StateMark state={port.state} stale={port.stale} />
        {port.highRisk !== null && <RiskMark code={port.highRisk} />}
      </div>
      {port.highRisk !== null && <p className="risk-why">{risk(port.highRisk)}</p>}
    </div>
  );
}

function PortFacts({ port }: { readonly port: PortDetail }) {
  const { t } = useTranslation();
  const facts: readonly Fact[] = [
    [
      t("column.host"),
      <Link to="/hosts/$hostId" params={{ hostId: port.hostId }}>
        <Foreign text={port.hostName} />
      </Link>,
    ],
    [t("column.service"), port.service ?? <span className="dim">{t("port.noService")}</span>],
    [
      t("column.scope"),
      <>
        <ExposureMark of={port} />
        <div className="dim small">
          {port.view === "inside" ? t(`scopeLong.${port.scope}`) : t(`viewLong.${port.view}`)}
        </div>
      </>,
    ],
    port.interface === null ? undefined : [t("column.interface"), <Foreign text={port.interface} mono />],
    port.networkNamespace === null
      ? undefined
      : [t("column.namespace"), <Foreign text={port.networkNamespace} mono />],
    [port.state === "up" ? t("port.upSince") : t("port.downSince"), <Exact ms={port.sinceMs} />],
    [t("port.firstSeen"), <Exact ms={port.firstSeenMs} />],
    [t("port.lastSeen"), <Ago ms={port.lastSeenMs} />],
  ];
  return (
    <Panel title={t("port.facts")}>
      <Facts facts={facts} />
    </Panel>
  );
}

function Events({ port }: { readonly port: PortDetail }) {
  const { t } = useTranslation();
  return (
    <Panel title={t("page.events")}>
      <Lines
        rows={port.events}
        rowKey={(event) => event.id}
        className="compact-events"
        none={t("port.noEvents")}
      >
        {(event) => <EventLine event={event} host={false} endpoint={false} />}
      </Lines>
    </Panel>
  );
}

function Similar({ port }: { readonly port: PortDetail }) {
  const { t } = useTranslation();
  return (
    <Panel title={t("port.similar")}>
      <Lines rows={port.similar} rowKey={(row) => row.id} lineClass="similar-line" none={t("port.noSimilar")}>
        {(row) => (
          <>
            <Link to="/ports/$portId" params={{ portId: row.id }} className="plain">
              <EndpointName at={row} />
            </Link>
            <RowOwner row={row} />
            <span className="dim">
              <Foreign text={row.hostName} clip />
            </span>
          </>
        )}
      </Lines>
    </Panel>
  );
}
