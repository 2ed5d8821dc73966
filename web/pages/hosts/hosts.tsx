import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { hostsQuery } from "../../api/queries.ts";
import type { HostRow } from "../../api/shapes.ts";
import { useNarrow } from "../../app/narrow.ts";
import { changed } from "../../app/search.ts";
import type { Column } from "../../grid/columns.ts";
import { RowLink } from "../../grid/row-link.tsx";
import { DataGrid } from "../../grid/data-grid.tsx";
import { NoRows } from "../../lists/no-rows.tsx";
import { SearchField } from "../../lists/search-field.tsx";
import { Answer } from "../../states/answer.tsx";
import { Ago } from "../../text/ago.tsx";
import { Foreign } from "../../text/foreign.tsx";
import { count } from "../../text/time.ts";
import { HealthMark, lastLook } from "./health-mark.tsx";

const rowHeight = 36;
const order: Record<HostRow["health"], number> = { silent: 0, late: 1, limited: 2, ok: 3 };

/** What each column sorts by. */
const sorters: Record<string, (host: HostRow) => string | number> = {
  host: (host) => host.hostname.toLowerCase(),
  health: (host) => order[host.health],
  up: (host) => host.ports.up,
  down: (host) => host.ports.down,
  lastLook: (host) => -(lastLook(host) ?? 0),
  firstSeen: (host) => host.firstSeenMs,
};

export function HostsPage() {
  const { t, i18n } = useTranslation();
  const search = useSearch({ from: "/shell/hosts" });
  const navigate = useNavigate({ from: "/hosts" });
  const narrow = useNarrow();
  const hosts = useQuery(hostsQuery);
  const { data } = hosts;
  const sort = search.sort ?? "health";
  const rows = useMemo(() => shownHosts(data?.rows ?? [], search.q ?? "", sort), [data, search.q, sort]);
  const columns: Column<HostRow>[] = [
    {
      id: "host",
      title: t("column.host"),
      least: 140,
      share: 1.4,
      sort: "host",
      cell: (host) => (
        <RowLink to={`/hosts/${encodeURIComponent(host.id)}`}>
          <strong>
            <Foreign text={host.hostname} clip />
          </strong>
        </RowLink>
      ),
    },
    {
      id: "health",
      title: t("column.health"),
      least: 110,
      sort: "health",
      cell: (host) => <HealthMark health={host.health} />,
    },
    {
      id: "addresses",
      title: t("column.addresses"),
      least: 150,
      share: 1.6,
      cell: (host) => <Foreign text={host.addresses.join(" ")} mono clip />,
    },
    {
      id: "os",
      title: t("column.os"),
      least: 120,
      share: 1,
      cell: (host) => <Foreign text={host.operatingSystem ?? "–"} clip />,
    },
    {
      id: "up",
      title: t("column.up"),
      least: 84,
      sort: "up",
      end: true,
      cell: (host) => count(host.ports.up, i18n.language),
    },
    {
      id: "down",
      title: t("column.down"),
      least: 84,
      sort: "down",
      end: true,
      cell: (host) => count(host.ports.down, i18n.language),
    },
    {
      id: "lastLook",
      title: t("column.lastLook"),
      least: 124,
      sort: "lastLook",
      cell: (host) => <Ago ms={lastLook(host)} />,
    },
  ];
  const open = (host: HostRow): void => void navigate({ to: "/hosts/$hostId", params: { hostId: host.id } });
  return (
    <div className="page page-full">
      <h1>
        {t("page.hosts")}{" "}
        <span className="dim h-count">{data === undefined ? "" : count(rows.length, i18n.language)}</span>
      </h1>
      <div className="line filter-line">
        <SearchField
          value={search.q ?? ""}
          onChange={(q) => void navigate({ search: (before) => changed(before, { q }), replace: true })}
          label={t("hosts.search")}
        />
      </div>
      <Answer of={hosts} lines={8} boxed>
        {(all) =>
          rows.length === 0 ? (
            <NoRows
              title={all.rows.length === 0 ? t("overview.noHost") : t("hosts.noMatch")}
              text={all.rows.length === 0 ? t("overview.noHostText") : t("list.noMatchText")}
              onClear={all.rows.length === 0 ? undefined : () => void navigate({ search: {} })}
            />
          ) : (
            <DataGrid
              label={t("page.hosts")}
              columns={columns}
              windows={{ rowAt: (index) => rows[index] }}
              total={rows.length}
              rowKey={(host) => host.id}
              sort={sort}
              onSort={(next) =>
                void navigate({ search: (before) => ({ ...before, sort: next }), replace: true })
              }
              onOpen={open}
              rowHeight={rowHeight}
              card={narrow ? hostCard : undefined}
              rowClass={(host) => (host.health === "silent" ? "row-stale" : "")}
            />
          )
        }
      </Answer>
    </div>
  );
}

function hostCard(host: HostRow) {
  return <HostCard host={host} />;
}

function HostCard({ host }: { readonly host: HostRow }) {
  const { t, i18n } = useTranslation();
  return (
    <>
      <div>
        <strong className="clip grow">
          <Foreign text={host.hostname} clip />
        </strong>
        <HealthMark health={host.health} />
      </div>
      <div>
        <Foreign text={host.addresses.join(" ")} mono clip />
      </div>
      <div className="dim small">
        <span className="grow">
          {t("hosts.upDown", {
            up: count(host.ports.up, i18n.language),
            down: count(host.ports.down, i18n.language),
          })}
        </span>
        <Ago ms={lastLook(host)} />
      </div>
    </>
  );
}

function shownHosts(hosts: readonly HostRow[], query: string, sort: string): HostRow[] {
  const wanted = query.toLowerCase();
  const field = sort.replace(/^-/, "");
  const by = sorters[field] ?? sorters["health"];
  const sign = sort.startsWith("-") ? -1 : 1;
  return hosts
    .filter((host) => [host.hostname, ...host.addresses].some((text) => text.toLowerCase().includes(wanted)))
    .map((host) => ({ host, key: by?.(host) ?? "" }))
    .sort((a, b) =>
      a.key < b.key ? -sign : a.key > b.key ? sign : a.host.hostname < b.host.hostname ? -1 : 1,
    )
    .map(({ host }) => host);
}
