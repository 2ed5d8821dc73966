import { Button } from "@mantine/core";
import { IconFilter } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { facetsQuery, portsPage, portsPageSize } from "../../api/queries.ts";
import type { PortRow } from "../../api/shapes.ts";
import { useKeys } from "../../app/keys.ts";
import { useNarrow } from "../../app/narrow.ts";
import { changed } from "../../app/search.ts";
import { DataGrid } from "../../grid/data-grid.tsx";
import { useWindows } from "../../grid/windows.ts";
import { NoRows } from "../../lists/no-rows.tsx";
import { SearchField } from "../../lists/search-field.tsx";
import { Answer } from "../../states/answer.tsx";
import { count } from "../../text/time.ts";
import { useWords } from "../../text/words.ts";
import { FacetDrawer, Facets } from "./facets.tsx";
import { FilterChips } from "./filter-chips.tsx";
import { PortAside } from "./port-aside.tsx";
import { chosenColumns, portCard, portColumns } from "./port-columns.tsx";
import { type SetSearch, usePortFilter } from "./port-filter.ts";
import { PortTools } from "./port-tools.tsx";

const rowHeight = 32;
const rowHeightDense = 26;
/** Under this the facets make room for an open port. */
const roomForAll = 1700;
/** Counts follow their rows when neither has moved for this long. */
const restMs = 150;
const facetsKey = "portolan-facets";

export function PortsPage() {
  const { t, i18n } = useTranslation();
  const search = useSearch({ from: "/shell/ports" });
  const navigate = useNavigate({ from: "/ports" });
  const narrow = useNarrow();
  const [facetsOpen, setFacetsOpen] = useState(() => !narrow && localStorage.getItem(facetsKey) !== "closed");
  const filter = usePortFilter(search);
  const sort = search.sort ?? "port";
  const query = useMemo(() => ({ ...filter, sort }), [filter, sort]);
  const windows = useWindows<PortRow>(JSON.stringify(query), portsPageSize, (page) => portsPage(query, page));
  const counted = useRested(filter, windows.old);
  const facets = useQuery({ ...facetsQuery(counted), placeholderData: (before) => before });
  const words = useWords();
  const columns = useMemo(() => portColumns(chosenColumns(search.cols), words), [search.cols, words]);
  const card = useMemo(() => (narrow ? (row: PortRow) => portCard(row, words) : undefined), [narrow, words]);
  const set: SetSearch = useCallback(
    (change) => void navigate({ search: (before) => changed(before, change), replace: true }),
    [navigate],
  );
  const open = (row: PortRow): void => {
    // Beside the list where there is room, on its own page where there is not.
    if (window.innerWidth < 1100) void navigate({ to: "/ports/$portId", params: { portId: row.id } });
    else void navigate({ search: (before) => changed(before, { open: row.id }) });
  };
  useKeys({ Escape: () => search.open !== undefined && set({ open: undefined }) });
  const toggleFacets = (): void => {
    localStorage.setItem(facetsKey, facetsOpen ? "closed" : "open");
    setFacetsOpen(!facetsOpen);
  };
  const filtered = Object.keys(filter).some((key) => key !== "state");

  return (
    <div className="page page-full">
      <div className="spread">
        <h1>
          {t("page.ports")}{" "}
          <span className="dim h-count" data-total={windows.total}>
            {windows.total === undefined ? "" : count(windows.total, i18n.language)}
          </span>
        </h1>
        <PortTools search={search} filter={filter} set={set} />
      </div>
      <div className="line filter-line">
        <Button
          size="sm"
          variant={facetsOpen ? "light" : "default"}
          leftSection={<IconFilter size={15} aria-hidden />}
          aria-expanded={facetsOpen}
          onClick={toggleFacets}
        >
          {t("ports.filters")}
        </Button>
        <SearchField
          value={search.q ?? ""}
          onChange={(q) => set({ q: q || undefined })}
          label={t("ports.search")}
          busy={windows.old}
        />
        <FilterChips search={search} set={set} facets={facets.data} />
      </div>
      <div className="ports-body">
        {facetsOpen && !narrow && !(search.open !== undefined && window.innerWidth < roomForAll) && (
          <Facets facets={facets.data} search={search} set={set} />
        )}
        {narrow && (
          <FacetDrawer
            opened={facetsOpen}
            onClose={toggleFacets}
            facets={facets.data}
            search={search}
            set={set}
          />
        )}
        <Answer of={{ ...windows, data: windows.total }} lines={12} boxed>
          {(total) =>
            total === 0 ? (
              <NoRows
                title={filtered ? t("ports.noMatch") : t("ports.none")}
                text={filtered ? t("list.noMatchText") : t("ports.noneText")}
                onClear={filtered ? () => void navigate({ search: {} }) : undefined}
              />
            ) : (
              <DataGrid
                label={t("page.ports")}
                columns={columns}
                windows={windows}
                total={total}
                rowKey={portKey}
                sort={sort}
                onSort={(next) => set({ sort: next === "port" ? undefined : next })}
                onOpen={open}
                rowHeight={search.dense === "1" ? rowHeightDense : rowHeight}
                card={card}
                openKey={search.open}
                rowClass={rowClass}
              />
            )
          }
        </Answer>
        {search.open !== undefined && <PortAside id={search.open} onClose={() => set({ open: undefined })} />}
      </div>
    </div>
  );
}

/** The value as it was when it had rested: counting every match of every key typed would hold up their rows. */
function useRested<Value>(value: Value, busy: boolean): Value {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    if (busy || rested === value) return undefined;
    const timer = setTimeout(() => setRested(value), restMs);
    return () => clearTimeout(timer);
  }, [value, rested, busy]);
  return rested;
}

function portKey(row: PortRow): string {
  return row.id;
}
function rowClass(row: PortRow): string {
  return row.state === "down" ? "row-down" : row.stale ? "row-stale" : "";
}
