import { useTranslation } from "react-i18next";
import type { Interval } from "../api/shapes.ts";
import { useNow } from "../text/ago.tsx";
import { ownerName } from "../text/endpoint.tsx";
import { visible } from "../text/hostile.ts";
import { day, duration, exact } from "../text/time.ts";
import { useZone } from "../text/zone.ts";

const daysShown = 90;
const dayMs = 86_400_000;

interface Piece {
  readonly from: number;
  readonly to: number;
  readonly interval: Interval;
  readonly tone: string;
}

/** 90 days of one endpoint as a strip: up, down, and who held it. The table under it says the same in words. */
export function Timeline({ intervals }: { readonly intervals: readonly Interval[] }) {
  const { t, i18n } = useTranslation();
  const { zone } = useZone();
  const now = useNow();
  const known = intervals.filter((each) => each.fromMs < now).sort((a, b) => a.fromMs - b.fromMs);
  const oldest = known[0]?.fromMs ?? now;
  // A port of an hour ago would be a hair on a strip of 90 days: the strip zooms to what there is.
  const span = Math.min(daysShown * dayMs, Math.max(now - oldest, 60_000) * 1.06);
  const start = now - span;
  const owners = [...new Set(known.filter((each) => each.state === "up").map(names))];
  const pieces: Piece[] = known
    .filter((each) => (each.toMs ?? now) > start)
    .map((interval) => ({
      interval,
      from: Math.max(start, interval.fromMs),
      to: interval.toMs ?? now,
      tone: interval.state === "down" ? "down" : `owner-${owners.indexOf(names(interval)) % 4}`,
    }));
  const words = (piece: Piece): string => {
    const what =
      piece.interval.state === "down"
        ? t("state.down")
        : `${t("state.up")} ${visible(names(piece.interval))}`;
    const length = duration(piece.to - piece.interval.fromMs, i18n.language);
    return `${what} · ${exact(piece.interval.fromMs, i18n.language, zone)} · ${length}`;
  };
  return (
    <div className="timeline">
      <div className="timeline-strip" role="list" aria-label={t("port.timeline")}>
        {pieces.map((piece) => (
          <span
            key={piece.interval.fromMs}
            role="listitem"
            title={words(piece)}
            aria-label={words(piece)}
            className={`timeline-piece tone-${piece.tone}`}
            style={{
              left: `${((piece.from - start) / span) * 100}%`,
              width: `${((piece.to - piece.from) / span) * 100}%`,
            }}
          />
        ))}
      </div>
      <div className="histogram-axis dim">
        <span>{span < 2 * dayMs ? exact(start, i18n.language, zone) : day(start, i18n.language, zone)}</span>
        <span>{t("histogram.now")}</span>
      </div>
      <div className="timeline-legend">
        {owners.slice(0, 4).map((owner, index) => (
          <span key={owner} className="line">
            <i className={`swatch tone-owner-${index}`} />{" "}
            <span className="mono clip" title={visible(owner)}>
              {visible(owner) || t("owner.unknown")}
            </span>
          </span>
        ))}
        {pieces.some((piece) => piece.tone === "down") && (
          <span className="line">
            <i className="swatch tone-down" /> {t("state.down")}
          </span>
        )}
      </div>
    </div>
  );
}

function names(interval: Interval): string {
  return interval.owners.map(ownerName).join(", ");
}
