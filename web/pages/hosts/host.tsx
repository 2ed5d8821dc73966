import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { hostQuery, newestEvents, portsPage, portsPageSize } from "../../api/queries.ts";
import type { HostRow, PortRow } from "../../api/shapes.ts";
import { useNarrow } from "../../app/narrow.ts";
import { DataGrid, gridHeight } from "../../grid/data-grid.tsx";
import { useWindows } from "../../grid/windows.ts";
import { NoRows } from "../../lists/no-rows.tsx";
import { type Fact, Facts } from "../../panel/facts.tsx";
import { Lines } from "../../panel/lines.tsx";
import { Panel } from "../../panel/panel.tsx";
import { Answer } from "../../states/answer.tsx";
import { Empty } from "../../states/states.tsx";
import { Exact } from "../../text/ago.tsx";
import { Foreign } from "../../text/foreign.tsx";
import { count } from "../../text/time.ts";
import { useWords } from "../../text/words.ts";
import { HostConnectionsPanel } from "../connections/host-panel.tsx";
import { EventLine } from "../events/event-line.tsx";
import { portCard, portColumns, usualColumns } from "../ports/port-columns.tsx";
import { HealthMark } from "./health-mark.tsx";
import { Sources } from "./sources.tsx";

const rowHeight = 32;
const eventsShown = 15;
/** The page says already whose they are. */
const hostColumns = usualColumns.filter((id) => id !== "host");

export function HostPage() {
  const { t } = useTranslation();
  const { hostId } = useParams({ from: "/shell/hosts/$hostId" });
  const host = useQuery(hostQuery(hostId));
  return (
    <div className="page">
      <nav className="crumbs" aria-label={t("shell.crumbs")}>
        <Link to="/hosts">{t("page.hosts")}</Link>
      </nav>
      <Answer of={host} lines={10} gone={<Empty title={t("host.gone")}>{t("host.goneText")}</Empty>}>
        {(host) => (
          <>
            <Heading host={host} />
            <div className="columns">
              <Sources host={host} />
              <HostFacts host={host} />
            </div>
            <Listeners hostId={hostId} />
            <HostConnectionsPanel hostId={hostId} />
            <Events hostId={hostId} />
          </>
        )}
      </Answer>
    </div>
  );
}

function Heading({ host }: { readonly host: HostRow }) {
  const { t } = useTranslation();
  return (
    <div className="line">
      <h1 className="wrap">
        <Foreign text={host.hostname} />
      </h1>
      <HealthMark health={host.health} />
      {host.retiredAtMs !== null && <span className="mark mark-stale">{t("host.retired")}</span>}
    </div>
  );
}

function HostFacts({ host }: { readonly host: HostRow }) {
  const { t, i18n } = useTranslation();
  const facts: readonly Fact[] = [
    [
      t("column.addresses"),
      <span key="addresses" className="stack tight">
        {host.addresses.map((address) => (
          <Foreign key={address} text={address} mono />
        ))}
      </span>,
    ],
    [t("column.os"), host.operatingSystem && <Foreign text={host.operatingSystem} />],
    host.machineId === null ? undefined : [t("host.machineId"), <Foreign text={host.machineId} mono />],
    ...Object.entries(host.labels).map(([key, value]): Fact => [
      <Foreign text={key} />,
      <Foreign text={value} />,
    ]),
    [t("port.firstSeen"), <Exact ms={host.firstSeenMs} />],
    [
      t("column.up"),
      <Link to="/ports" search={{ host: host.id }}>
        {count(host.ports.up, i18n.language)}
      </Link>,
    ],
    [
      t("column.down"),
      <Link to="/ports" search={{ host: host.id, state: "down" }}>
        {count(host.ports.down, i18n.language)}
      </Link>,
    ],
  ];
  return (
    <Panel title={t("port.facts")}>
      <Facts facts={facts} />
    </Panel>
  );
}

function Listeners({ hostId }: { readonly hostId: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const narrow = useNarrow();
  const [sort, setSort] = useState("port");
  const query = useMemo(() => ({ host: hostId, sort }), [hostId, sort]);
  const windows = useWindows<PortRow>(JSON.stringify(query), portsPageSize, (page) => portsPage(query, page));
  const words = useWords();
  const columns = useMemo(() => portColumns(hostColumns, words), [words]);
  const card = useMemo(() => (narrow ? (row: PortRow) => portCard(row, words) : undefined), [narrow, words]);
  return (
    <section className="stack" aria-labelledby="host-ports">
      <div className="spread">
        <h2 id="host-ports">{t("page.ports")}</h2>
        <Link to="/ports" search={{ host: hostId }}>
          {t("host.allPorts")}
        </Link>
      </div>
      <Answer of={{ ...windows, data: windows.total }} boxed>
        {(total) =>
          total === 0 ? (
            <NoRows title={t("ports.none")} text={t("ports.noneText")} />
          ) : (
            <div className="host-grid" style={{ height: gridHeight(total, rowHeight, narrow) }}>
              <DataGrid
                label={t("page.ports")}
                columns={columns}
                windows={windows}
                total={total}
                rowKey={(row) => row.id}
                sort={sort}
                onSort={setSort}
                onOpen={(row) => void navigate({ to: "/ports/$portId", params: { portId: row.id } })}
                rowHeight={rowHeight}
                card={card}
                rowClass={(row) => (row.stale ? "row-stale" : "")}
              />
            </div>
          )
        }
      </Answer>
    </section>
  );
}

function Events({ hostId }: { readonly hostId: string }) {
  const { t } = useTranslation();
  const events = useQuery(newestEvents({ host: hostId }));
  const all = (
    <Link to="/events" search={{ host: hostId }}>
      {t("overview.allEvents")}
    </Link>
  );
  return (
    <Panel title={t("page.events")} beside={all}>
      <Answer of={events} lines={3}>
        {({ rows }) => (
          <Lines rows={rows.slice(0, eventsShown)} rowKey={(event) => event.id} none={t("events.emptyText")}>
            {(event) => <EventLine event={event} host={false} />}
          </Lines>
        )}
      </Answer>
    </Panel>
  );
}
