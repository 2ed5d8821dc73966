import { useId } from "react";
import { useTranslation } from "react-i18next";
import { useMayOperate } from "../../api/session.ts";
import type { ConnectionVerdict } from "../../api/shapes.ts";
import { SeverityMark } from "../../marks/mark.tsx";
import { Ago } from "../../text/ago.tsx";
import { AcceptButton } from "./accept-button.tsx";
import { NamedSources } from "./named-sources.tsx";
import { useTroubleWords } from "./trouble-words.ts";

const sourcesShown = 12;

interface VerdictCardProps {
  readonly hostId: string;
  readonly verdict: ConnectionVerdict;
}

/** One verdict whole: what, by which figures, who, what it means and what to do. */
export function VerdictCard({ hostId, verdict }: VerdictCardProps) {
  const { t } = useTranslation();
  const words = useTroubleWords();
  const mayOperate = useMayOperate();
  const heading = useId();
  const { severity, reasons, sources, meaning, advice, kind, sinceMs } = verdict;
  return (
    <section className={`panel verdict verdict-${severity}`} aria-labelledby={heading}>
      <header>
        <SeverityMark severity={severity} />
        <h2 id={heading} className="grow">
          {words.title(verdict)}
        </h2>
        <span className="dim">
          <Ago ms={sinceMs} />
        </span>
        {mayOperate && <AcceptButton hostId={hostId} kind={kind} />}
      </header>
      <div className="body verdict-body">
        <div className="stack tight">
          <p>{t(`meaning.${meaning}`)}</p>
          <ul className="verdict-why">
            {reasons.map((reason) => (
              <li key={JSON.stringify(reason)}>{words.reason(reason)}</li>
            ))}
          </ul>
          {sources.length > 0 && (
            <p className="verdict-named">
              <span className="dim">{t("trouble.named")}</span>{" "}
              <NamedSources sources={sources} most={sourcesShown} />
            </p>
          )}
        </div>
        <div>
          <h3>{t("trouble.advice")}</h3>
          <ol className="verdict-advice">
            {advice.map((deed) => (
              <li key={deed}>{t(`advice.${deed}`)}</li>
            ))}
          </ol>
        </div>
      </div>
    </section>
  );
}
