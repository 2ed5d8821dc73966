import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ConnectionHistory } from "../../api/shapes.ts";
import { CourseTable, Strips, type CourseLine } from "../../charts/course.tsx";
import { StackedChart, type Band } from "../../charts/stacked.tsx";
import { clock, count, date, share } from "../../text/time.ts";
import { useZone } from "../../text/zone.ts";
import { bands, connectionStates } from "./states.ts";

const dayMs = 86_400_000;

interface ConnectionChartsProps {
  readonly label: string;
  readonly history: ConnectionHistory;
  /** Without the single lines: on a page that is about something else. */
  readonly brief?: boolean;
}

/** All states on each other, and what tells an attack from load by itself; one moment is pointed at in all of them. */
export function ConnectionCharts({ label, history, brief = false }: ConnectionChartsProps) {
  const { t, i18n } = useTranslation();
  const [cursor, setCursor] = useState<number | null>(null);
  const words = useMoments(history);
  const { moments, pointMs, gauges, fromMs, toMs } = history;
  const stacked: readonly Band[] = bands.map(({ key, states }) => ({
    key,
    name: key === "closing" ? t("connections.closing") : states[0],
    values: moments.map((_, index) =>
      states.reduce((sum, state) => sum + (gauges[state].mean[index] ?? 0), 0),
    ),
  }));
  const lines = useLines(history);
  const time = { fromMs, toMs, pointMs, moments, cursor, onCursor: setCursor };
  const say = (value: number): string => mean(value, i18n.language);
  const columns = [
    ...connectionStates.map((state) => ({ name: state, values: gauges[state].mean, say })),
    ...lines,
  ];
  return (
    <div className="course" role="group" aria-label={label}>
      <StackedChart
        label={t("connections.chart", { name: label })}
        bands={stacked}
        {...time}
        sayMoment={words.moment}
        sayMark={words.mark}
      />
      {!brief && (
        <div className="connection-strips">
          <Strips {...time} lines={lines} />
        </div>
      )}
      <CourseTable
        label={t("connections.inFigures")}
        when={t("connections.when")}
        moments={moments}
        lines={columns}
        say={words.moment}
      />
    </div>
  );
}

/** Half-open connections by themselves, who is there, what the kernel refused, what is nearly full. */
function useLines({ gauges, counters, fills }: ConnectionHistory): readonly CourseLine[] {
  const { t, i18n } = useTranslation();
  const number = (value: number): string => mean(value, i18n.language);
  const refused = counters.listenDrops.map((drops, index) => {
    const overflows = counters.listenOverflows[index] ?? null;
    return drops === null || overflows === null ? null : Math.max(drops, overflows);
  });
  const line = (
    key: "halfOpen" | "remotes" | "refused" | "cookies" | "queue" | "conntrack" | "ephemeral",
    tone: CourseLine["tone"],
    values: CourseLine["values"],
  ): CourseLine => ({ name: t(`connectionLine.${key}`), tone, values, say: number });
  const fill = (key: "queue" | "conntrack" | "ephemeral"): CourseLine => ({
    ...line(key, "changed", fills[key]),
    say: (value) => share(value, i18n.language),
    limit: 1,
    limitName: t("connections.full"),
  });
  const all = [
    line("halfOpen", "risk", gauges["SYN-RECEIVED"].most),
    line("remotes", "accent", gauges.remotes.mean),
    line("refused", "down", refused),
    line("cookies", "down", counters.synCookiesSent),
    fill("queue"),
    fill("conntrack"),
    fill("ephemeral"),
  ];
  // What nobody could read has no line, and of what may go wrong only what did.
  const always = 2;
  return all.filter(
    ({ values }, index) => index < always || values.some((value) => value !== null && value > 0),
  );
}

/** Tenths say something of a few, and nothing of many. */
const mean = (value: number, language: string): string =>
  count(value < 10 ? value : Math.round(value), language);

/** How moments of this span are said: with the day where there is more than one. */
function useMoments({ fromMs, toMs, pointMs }: ConnectionHistory) {
  const { i18n } = useTranslation();
  const { zone } = useZone();
  const { language } = i18n;
  const long = toMs - fromMs > dayMs;
  const veryLong = toMs - fromMs > 30 * dayMs;
  const minute = (ms: number): string => clock(ms, language, zone).slice(0, 5);
  const dateAndMinute = (ms: number): string => `${date(ms, language, zone)} ${minute(ms)}`;
  return {
    moment: (ms: number): string =>
      pointMs >= dayMs ? date(ms, language, zone) : long ? dateAndMinute(ms) : clock(ms, language, zone),
    mark: (ms: number): string => {
      if (!long) return minute(ms);
      return veryLong || minute(ms) === "00:00" ? date(ms, language, zone) : dateAndMinute(ms);
    },
  };
}
