import { useNavigate, useSearch } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { ScanLane, ScanRunDetail } from "../../api/shapes.ts";
import { useNarrow } from "../../app/narrow.ts";
import { changed } from "../../app/search.ts";
import type { Column } from "../../grid/columns.ts";
import { DataGrid, gridHeight } from "../../grid/data-grid.tsx";
import { NoRows } from "../../lists/no-rows.tsx";
import { Foreign } from "../../text/foreign.tsx";
import { count } from "../../text/time.ts";
import { isUnderWay } from "./run-mark.tsx";

const rowHeight = 32;
const parts = ["open", "closed", "filtered", "silent"] as const;
type Part = (typeof parts)[number];

/** Each address that was asked, and how it answered. */
export function Lanes({ run }: { readonly run: ScanRunDetail }) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate({ from: "/scans/$scanId" });
  const { sort = "-open" } = useSearch({ from: "/shell/scans/$scanId" });
  const narrow = useNarrow();
  const rows = useMemo(() => sorted(run.lanes, sort), [run.lanes, sort]);
  const columns = useMemo(() => laneColumns(t, i18n.language), [t, i18n.language]);
  return (
    <section className="stack" aria-labelledby="scan-lanes">
      <div className="spread">
        <h2 id="scan-lanes">
          {t("scan.lanes")} <span className="dim h-count">{count(rows.length, i18n.language)}</span>
        </h2>
        <span className="lane-legend small">
          {parts.map((part) => (
            <span key={part} className="line">
              <i className={`swatch lane-${part}`} /> {t(`scanLane.${part}`)}
            </span>
          ))}
        </span>
      </div>
      {rows.length === 0 ? (
        <NoRows
          title={t("scan.noLanes")}
          text={isUnderWay(run) ? t("scan.noLanesYet") : t("scan.noLanesText")}
        />
      ) : (
        <div className="host-grid" style={{ height: gridHeight(rows.length, rowHeight, narrow) }}>
          <DataGrid
            label={t("scan.lanes")}
            columns={columns}
            windows={{ rowAt: (index) => rows[index] }}
            total={rows.length}
            rowKey={({ address }) => address}
            sort={sort}
            onSort={(next) =>
              void navigate({ search: (before) => changed(before, { sort: next }), replace: true })
            }
            onOpen={({ address }) => void navigate({ to: "/ports", search: { q: address } })}
            rowHeight={rowHeight}
            card={narrow ? (lane) => laneCard(lane, t, i18n.language) : undefined}
          />
        </div>
      )}
    </section>
  );
}

function laneColumns(t: TFunction, language: string): Column<ScanLane>[] {
  const figure = (part: Part): Column<ScanLane> => ({
    id: part,
    title: t(`scanLane.${part}`),
    least: part === "filtered" ? 78 : 66,
    sort: part,
    end: true,
    cell: (lane) => (lane[part] === 0 ? <span className="dim">0</span> : count(lane[part], language)),
  });
  return [
    {
      id: "address",
      title: t("column.address"),
      least: 112,
      share: 1,
      sort: "address",
      cell: ({ address }) => <Foreign text={address} mono clip />,
    },
    { id: "bar", title: t("scan.answers"), least: 60, share: 1.6, cell: (lane) => laneBar(lane) },
    ...parts.map(figure),
    {
      id: "verdict",
      title: t("scan.verdict"),
      least: 192,
      share: 0.4,
      sort: "everywhere",
      cell: (lane) => verdict(lane, t),
    },
  ];
}

/** The figures beside it say the same. */
function laneBar(lane: ScanLane) {
  return (
    <span className="lane-bar" aria-hidden="true">
      {parts.map((part) =>
        lane[part] === 0 ? null : (
          <i key={part} className={`lane-${part}`} style={{ flexGrow: lane[part] }} />
        ),
      )}
    </span>
  );
}

function verdict({ everywhere }: ScanLane, t: TFunction) {
  return everywhere ? (
    <span className="mark mark-down quiet" title={t("scan.everywhereText")}>
      <span aria-hidden="true">◍</span> {t("scan.everywhere")}
    </span>
  ) : null;
}

function laneCard(lane: ScanLane, t: TFunction, language: string) {
  return (
    <>
      <div>
        <strong className="clip grow">
          <Foreign text={lane.address} mono clip />
        </strong>
        {verdict(lane, t)}
      </div>
      <div>{laneBar(lane)}</div>
      <div className="dim small lower">
        {parts
          .filter((part) => lane[part] > 0)
          .map((part) => `${count(lane[part], language)} ${t(`scanLane.${part}`)}`)
          .join(" · ")}
      </div>
    </>
  );
}

function sorted(lanes: readonly ScanLane[], sort: string): ScanLane[] {
  const field = sort.replace(/^-/, "");
  const sign = sort.startsWith("-") ? -1 : 1;
  const by = (lane: ScanLane): number =>
    field === "everywhere" ? Number(lane.everywhere) : (lane[field as Part] ?? 0);
  const collator = new Intl.Collator("en", { numeric: true });
  const named = (a: ScanLane, b: ScanLane): number => collator.compare(a.address, b.address);
  return [...lanes].sort((a, b) =>
    field === "address" ? sign * named(a, b) : sign * (by(a) - by(b)) || named(a, b),
  );
}
