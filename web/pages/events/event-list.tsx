import { useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import type { EventRow } from "../../api/shapes.ts";
import { useNarrow } from "../../app/narrow.ts";
import { day } from "../../text/time.ts";
import { useZone } from "../../text/zone.ts";
import { EventLine } from "./event-line.tsx";

const rowHeight = 34;
const rowHeightNarrow = 84;
const dayHeight = 32;
/** Events of one host within this time are one group: its name and time stand once. */
const groupMs = 60_000;
const nearEnd = 20;
const topMargin = 8;

interface EventListProps {
  readonly events: readonly EventRow[];
  readonly onScrolled: (scrolled: boolean) => void;
  readonly more: (() => void) | undefined;
  readonly toTop: number;
  /** These answer an earlier question. */
  readonly dimmed: boolean;
}

type Item =
  | { readonly day: string; readonly event?: never }
  | { readonly event: EventRow; readonly again: boolean; readonly day?: never };

export function EventList({ events, onScrolled, more, toTop, dimmed }: EventListProps) {
  const { t, i18n } = useTranslation();
  const { zone } = useZone();
  const narrow = useNarrow();
  const navigate = useNavigate();
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(-1);
  const [openedAt] = useState(() => Date.now());
  const items = useMemo(() => itemsOf(events, i18n.language, zone), [events, i18n.language, zone]);
  const height = narrow ? rowHeightNarrow : rowHeight;
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (items[index]?.day === undefined ? height : dayHeight),
    getItemKey: (index) => items[index]?.event?.id ?? `day ${items[index]?.day}`,
    overscan: 10,
  });
  useEffect(() => virtual.measure(), [virtual, height]);
  useEffect(() => {
    // No short form: newer browsers answer a promise, which is no clean-up.
    scroller.current?.scrollTo({ top: 0 });
  }, [toTop]);
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= items.length - nearEnd) more?.();
  }, [last, items.length, more]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== scroller.current || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      let next = active + step;
      if (items[next]?.day !== undefined) next += step;
      if (items[next] === undefined) return;
      setActive(next);
      virtual.scrollToIndex(next, { align: "auto" });
    } else if (event.key === "Enter") {
      const event = items[active]?.event;
      if (event === undefined) return;
      if ("trouble" in event) void navigate({ to: "/connections/$hostId", params: { hostId: event.hostId } });
      else if (event.portId !== null)
        void navigate({ to: "/ports/$portId", params: { portId: event.portId } });
    } else return;
    event.preventDefault();
  };
  return (
    <div
      ref={scroller}
      className={dimmed ? "event-list panel dimmed" : "event-list panel"}
      aria-busy={dimmed}
      data-list=""
      tabIndex={0}
      role="list"
      aria-label={t("events.list")}
      aria-activedescendant={active >= 0 ? `event-${active}` : undefined}
      onKeyDown={onKeyDown}
      onScroll={(event) => onScrolled(event.currentTarget.scrollTop > topMargin)}
    >
      <div role="presentation" className="event-space" style={{ height: virtual.getTotalSize() }}>
        {shown.map((item) => {
          const each = items[item.index];
          if (each === undefined) return null;
          const style = { transform: `translateY(${item.start}px)`, height: item.size };
          if (each.day !== undefined) {
            return (
              <div key={item.key} role="listitem" className="event-day" style={style}>
                {each.day}
              </div>
            );
          }
          return (
            <div
              key={item.key}
              id={`event-${item.index}`}
              role="listitem"
              className={`event-row${each.again ? " again" : ""}${item.index === active ? " active" : ""}`}
              style={style}
            >
              <EventLine event={each.event} fresh={each.event.atMs > openedAt} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function itemsOf(events: readonly EventRow[], language: string, zone: string): Item[] {
  const items: Item[] = [];
  let before: EventRow | undefined;
  let dayBefore: string | undefined;
  for (const event of events) {
    const today = day(event.atMs, language, zone);
    if (today !== dayBefore) {
      items.push({ day: today });
      before = undefined;
    }
    const again =
      before !== undefined && before.hostId === event.hostId && before.atMs - event.atMs < groupMs;
    items.push({ event, again });
    before = event;
    dayBefore = today;
  }
  return items;
}
