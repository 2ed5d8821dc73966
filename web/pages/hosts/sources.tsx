import { useTranslation } from "react-i18next";
import type { HostRow, SourceRow } from "../../api/shapes.ts";
import { Panel } from "../../panel/panel.tsx";
import { Ago } from "../../text/ago.tsx";
import { Foreign } from "../../text/foreign.tsx";
import { duration } from "../../text/time.ts";
import { useLimitWords } from "./limit-words.ts";
import { useSourceName } from "./source-name.ts";

/** More than this between two clocks makes times of both hard to compare. */
const skewWorthSayingMs = 5_000;
const views = ["inside", "outside", "wire"] as const;

/** Who looks at this host, from where, when last, and what it cannot see. */
export function Sources({ host }: { readonly host: HostRow }) {
  const { t } = useTranslation();
  return (
    <Panel title={t("host.coverage")}>
      {views.map((view) => {
        const sources = host.sources.filter((source) => source.view === view);
        return (
          <div key={view} className="view-row">
            <h3>{t(`view.${view}`)}</h3>
            <div className="stack">
              {sources.length === 0 ? (
                <span className="dim">{t("host.nobody")}</span>
              ) : (
                sources.map((source) => <Source key={source.id} source={source} />)
              )}
            </div>
          </div>
        );
      })}
    </Panel>
  );
}

function Source({ source }: { readonly source: SourceRow }) {
  const { t, i18n } = useTranslation();
  const limit = useLimitWords();
  const name = useSourceName();
  const skew = source.clockSkewMs ?? 0;
  return (
    <div className="stack tight">
      <div className="line">
        <strong>{name(source)}</strong>
        {source.version !== null && <span className="dim mono">{source.version}</span>}
        <span className="ink2">
          {t("host.lastLook")} <Ago ms={source.lastLookMs} />
        </span>
        {source.intervalMs !== null && (
          <span className="dim">{t("host.every", { time: duration(source.intervalMs, i18n.language) })}</span>
        )}
      </div>
      {Math.abs(skew) > skewWorthSayingMs && (
        <p className="limit">
          <strong>{t("host.skew", { time: duration(Math.abs(skew), i18n.language) })}</strong>
          <span className="dim">{t("host.skewMend")}</span>
        </p>
      )}
      {source.limits.map((text) => (
        <p key={text} className="limit">
          <strong>
            <Foreign text={limit(text).what} />
          </strong>
          <span className="dim">{limit(text).mend ?? t("owner.unknownMend")}</span>
        </p>
      ))}
    </div>
  );
}
