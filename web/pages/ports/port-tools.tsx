import { ActionIcon, Button, Popover, Tooltip } from "@mantine/core";
import {
  IconBaselineDensityMedium,
  IconBaselineDensitySmall,
  IconColumns3,
  IconHistory,
} from "@tabler/icons-react";
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Query } from "../../api/client.ts";
import { ExportMenu } from "../../lists/export-menu.tsx";
import { exact } from "../../text/time.ts";
import { fromWallClock, toWallClock, useZone } from "../../text/zone.ts";
import { chosenColumns, type ColumnId, columnIds, usualColumns } from "./port-columns.tsx";
import type { PortSearch, SetSearch } from "./port-filter.ts";

interface PortToolsProps {
  readonly search: PortSearch;
  readonly filter: Query;
  readonly set: SetSearch;
}

export function PortTools({ search, filter, set }: PortToolsProps) {
  const { t } = useTranslation();
  const dense = search.dense === "1";
  const density = dense ? t("ports.roomy") : t("ports.dense");
  return (
    <div className="line tools">
      <Moment at={search.at} set={set} />
      <ColumnChooser cols={search.cols} set={set} />
      <Tooltip label={density}>
        <ActionIcon
          variant="default"
          size={32}
          aria-label={density}
          aria-pressed={dense}
          className="wide-only"
          onClick={() => set({ dense: dense ? undefined : "1" })}
        >
          {dense ? (
            <IconBaselineDensityMedium size={16} aria-hidden />
          ) : (
            <IconBaselineDensitySmall size={16} aria-hidden />
          )}
        </ActionIcon>
      </Tooltip>
      <ExportMenu path="/ports/export" query={{ ...filter, sort: search.sort }} />
    </div>
  );
}

interface PieceProps {
  readonly set: SetSearch;
}

const ColumnChooser = memo(function ColumnChooser({
  cols,
  set,
}: PieceProps & { readonly cols: string | undefined }) {
  const { t } = useTranslation();
  const chosen = new Set(chosenColumns(cols));
  const toggle = (id: ColumnId): void => {
    const next = columnIds.filter((each) => (each === id ? !chosen.has(id) : chosen.has(each)));
    set({ cols: next.join() === usualColumns.join() ? undefined : next.join() });
  };
  return (
    <Popover position="bottom-end">
      <Popover.Target>
        <Button
          className="wide-only"
          variant="default"
          size="xs"
          h={32}
          leftSection={<IconColumns3 size={15} aria-hidden />}
        >
          {t("ports.columns")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <fieldset className="choices">
          <legend className="hidden-text">{t("ports.columns")}</legend>
          {columnIds.map((id) => (
            <label key={id}>
              <input
                type="checkbox"
                checked={chosen.has(id)}
                disabled={id === "port"}
                onChange={() => toggle(id)}
              />
              {t(`column.${id}`)}
            </label>
          ))}
        </fieldset>
        <Button size="compact-xs" variant="subtle" onClick={() => set({ cols: undefined })}>
          {t("ports.columnsReset")}
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
});

const hourMs = 3_600_000;
const backs = [
  { name: "hour", ms: hourMs },
  { name: "day", ms: 24 * hourMs },
  { name: "week", ms: 7 * 24 * hourMs },
] as const;

/** Now, or the port map as it was. */
const Moment = memo(function Moment({ at, set }: PieceProps & { readonly at: string | undefined }) {
  const { t, i18n } = useTranslation();
  const { zone } = useZone();
  const [opened, setOpened] = useState(false);
  const [typed, setTyped] = useState("");
  const pick = (ms: number | undefined): void => {
    set({ at: ms === undefined ? undefined : String(ms) });
    setOpened(false);
  };
  const typedMs = fromWallClock(typed, zone);
  return (
    <Popover position="bottom-end" opened={opened} onChange={setOpened} trapFocus>
      <Popover.Target>
        <Button
          variant={at === undefined ? "default" : "light"}
          size="xs"
          h={32}
          leftSection={<IconHistory size={15} aria-hidden />}
          onClick={() => {
            setTyped(toWallClock(at === undefined ? Date.now() : Number(at), zone));
            setOpened(!opened);
          }}
        >
          {at === undefined ? t("moment.now") : exact(Number(at), i18n.language, zone)}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className="stack moment">
          <p className="ink2">{t("moment.lead")}</p>
          <div className="line">
            <Button size="compact-sm" variant="default" onClick={() => pick(undefined)}>
              {t("moment.now")}
            </Button>
            {backs.map(({ name, ms }) => (
              <Button key={name} size="compact-sm" variant="default" onClick={() => pick(Date.now() - ms)}>
                {t(`moment.${name}`)}
              </Button>
            ))}
          </div>
          <label className="stack tight">
            <span className="dim small">{t("moment.exact", { zone })}</span>
            <input
              type="datetime-local"
              className="input"
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
          </label>
          <Button size="xs" disabled={typedMs === undefined} onClick={() => pick(typedMs)}>
            {t("moment.show")}
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
});
