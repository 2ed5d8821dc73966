import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { FleetFindings } from "../../api/shapes.ts";
import { SeverityMark } from "../../marks/mark.tsx";
import { Lines } from "../../panel/lines.tsx";
import { Panel } from "../../panel/panel.tsx";
import { Ago } from "../../text/ago.tsx";
import { Foreign } from "../../text/foreign.tsx";
import { count } from "../../text/time.ts";
import { NamedSources } from "./named-sources.tsx";
import { useTroubleWords } from "./trouble-words.ts";

/** What is wrong now on any host, worst first, each with the way to it. */
export function TroubleBand({ findings }: { readonly findings: FleetFindings }) {
  const { t, i18n } = useTranslation();
  const words = useTroubleWords();
  const { firing, firingTotal } = findings;
  const [shown, total] = [firing.length, firingTotal].map((value) => count(value, i18n.language));
  return (
    <Panel
      title={t("trouble.title")}
      beside={
        firingTotal > firing.length && <span className="dim">{t("trouble.shown", { shown, total })}</span>
      }
    >
      <Lines
        rows={firing}
        rowKey={({ hostId, verdict }) => `${hostId} ${verdict.kind} ${verdict.subject}`}
        lineClass="trouble-line"
        none={t("trouble.none")}
        calm
      >
        {({ hostId, hostName, stale, verdict }) => (
          <>
            <span className="line trouble-mark">
              <SeverityMark severity={verdict.severity} />
              {stale && <span className="mark mark-stale">◌ {t("state.stale")}</span>}
            </span>
            <Link to="/connections/$hostId" params={{ hostId }} className="plain trouble-host">
              <strong>
                <Foreign text={hostName} />
              </strong>
            </Link>
            <span className="trouble-what">
              <strong>{words.title(verdict)}</strong>{" "}
              <span className="ink2">{verdict.reasons.slice(0, 1).map(words.reason).join("")}</span>
            </span>
            <span className="trouble-who">
              <NamedSources sources={verdict.sources} />
            </span>
            <span className="dim trouble-since">
              <Ago ms={verdict.sinceMs} />
            </span>
          </>
        )}
      </Lines>
    </Panel>
  );
}
