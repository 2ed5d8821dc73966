import { IconArrowUp } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLive } from "../../api/live.tsx";
import { histogramQuery, hostsQuery } from "../../api/queries.ts";
import { changed } from "../../app/search.ts";
import { Histogram } from "../../charts/histogram.tsx";
import { Chip } from "../../lists/chip.tsx";
import { ExportMenu } from "../../lists/export-menu.tsx";
import { NoRows } from "../../lists/no-rows.tsx";
import { SearchField } from "../../lists/search-field.tsx";
import { kinds, kindShape } from "../../marks/mark.tsx";
import { Answer } from "../../states/answer.tsx";
import { useNow } from "../../text/ago.tsx";
import { visible } from "../../text/hostile.ts";
import { exact } from "../../text/time.ts";
import { useZone } from "../../text/zone.ts";
import { eventQuery, type EventSearch, type SetEventSearch } from "./event-filter.ts";
import { EventList } from "./event-list.tsx";
import { useEventFeed } from "./feed.ts";

const hourMs = 3_600_000;
const bars = 48;

export function EventsPage() {
  const { t } = useTranslation();
  const search: EventSearch = useSearch({ from: "/shell/events" });
  const navigate = useNavigate({ from: "/events" });
  const live = useLive();
  const [scrolled, setScrolled] = useState(false);
  const [toTop, setToTop] = useState(0);
  const query = useMemo(() => eventQuery(search), [search]);
  const feed = useEventFeed(query, scrolled || live.paused);
  const set: SetEventSearch = (change) =>
    void navigate({ search: (before) => changed(before, change), replace: true });
  const chosen = new Set(search.kind?.split(",") ?? []);
  const toggleKind = (kind: string): void => {
    const next = kinds.filter((each) => (each === kind ? !chosen.has(each) : chosen.has(each)));
    set({ kind: next.length === 0 || next.length === kinds.length ? undefined : next.join(",") });
  };
  const filtered = Object.keys(search).length > 0;
  return (
    <div className="page page-full">
      <div className="spread">
        <h1>{t("page.events")}</h1>
        <ExportMenu path="/events/export" query={query} />
      </div>
      <Strip search={search} onPick={(from, to) => set({ from: String(from), to: String(to) })} />
      <div className="line filter-line">
        <div className="line" role="group" aria-label={t("filter.kind")}>
          {kinds.map((kind) => (
            <button
              key={kind}
              type="button"
              className={`kind-toggle kind-toggle-${kind}`}
              aria-pressed={chosen.has(kind)}
              onClick={() => toggleKind(kind)}
            >
              <span aria-hidden="true">{kindShape[kind]}</span> {t(`kind.${kind}`)}
            </button>
          ))}
          <button
            type="button"
            className="kind-toggle kind-toggle-risk"
            aria-pressed={search.risk === "high"}
            onClick={() => set({ risk: search.risk === "high" ? undefined : "high" })}
          >
            <span aria-hidden="true">⬣</span> {t("risk.label")}
          </button>
        </div>
        <SearchField
          value={search.q ?? ""}
          onChange={(q) => set({ q: q || undefined })}
          label={t("events.search")}
          busy={feed.old}
        />
        <EventChips search={search} set={set} />
      </div>
      <div className="event-holder">
        {feed.waiting > 0 && (
          <button
            type="button"
            className="new-pill"
            onClick={() => {
              feed.letIn();
              setToTop(toTop + 1);
            }}
          >
            <IconArrowUp size={15} aria-hidden /> {t("events.waiting", { count: feed.waiting })}
          </button>
        )}
        <Answer of={{ ...feed, data: feed.events }} lines={12} boxed>
          {(events) =>
            events.length === 0 ? (
              <NoRows
                title={filtered ? t("events.noMatch") : t("events.empty")}
                text={filtered ? t("events.noMatchText") : t("events.emptyText")}
                onClear={filtered ? () => void navigate({ search: {} }) : undefined}
              />
            ) : (
              <EventList
                events={events}
                dimmed={feed.old}
                onScrolled={setScrolled}
                more={feed.more}
                toTop={toTop}
              />
            )
          }
        </Answer>
      </div>
    </div>
  );
}

function Strip({
  search,
  onPick,
}: {
  readonly search: EventSearch;
  readonly onPick: (from: number, to: number) => void;
}) {
  const { t } = useTranslation();
  // To the next full half hour, so that the question stays the same for a while.
  const now = Math.ceil(useNow() / (hourMs / 2)) * (hourMs / 2);
  const range = { from: now - 24 * hourMs, to: now };
  const bucketMs = (range.to - range.from) / bars;
  const { data } = useQuery({
    ...histogramQuery({ ...range, bucketMs }),
    placeholderData: (before) => before,
  });
  if (data === undefined) return <div className="strip-space" />;
  return (
    <Histogram
      buckets={data.buckets}
      bucketMs={bucketMs}
      label={t("overview.histogram")}
      onPick={onPick}
      pickedFrom={search.from === undefined ? undefined : Number(search.from)}
    />
  );
}

interface EventChipsProps {
  readonly search: EventSearch;
  readonly set: SetEventSearch;
}

function EventChips({ search, set }: EventChipsProps) {
  const { t, i18n } = useTranslation();
  const { zone } = useZone();
  const hosts = useQuery({ ...hostsQuery, enabled: search.host !== undefined });
  const host = hosts.data?.rows.find((each) => each.id === search.host)?.hostname;
  const chips: { name?: string; value: string; drop: (keyof EventSearch)[] }[] = [];
  if (search.host !== undefined)
    chips.push({ name: t("filter.host"), value: visible(host ?? search.host), drop: ["host"] });
  if (search.port !== undefined)
    chips.push({ name: t("filter.port"), value: visible(search.port), drop: ["port"] });
  if (search.from !== undefined || search.to !== undefined) {
    const time = (ms: string | undefined): string =>
      ms === undefined ? "…" : exact(Number(ms) || 0, i18n.language, zone);
    chips.push({ value: `${time(search.from)} – ${time(search.to)}`, drop: ["from", "to"] });
  }
  return chips.map(({ drop, ...chip }) => (
    <Chip
      key={drop.join()}
      {...chip}
      onDrop={() => set(Object.fromEntries(drop.map((key) => [key, undefined])))}
    />
  ));
}
