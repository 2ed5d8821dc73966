import { useTranslation } from "react-i18next";
import type { BlockPreview as Preview } from "../../../api/shapes.ts";
import { Foreign } from "../../../text/foreign.tsx";
import { count } from "../../../text/time.ts";

const shownMax = 8;

/** What would be cut, as the host sees it at this moment. */
export function BlockPreview({ preview }: { readonly preview: Preview }) {
  const { t, i18n } = useTranslation();
  const { connections, connectionCount, knownGood, knownGoodCount, warnings } = preview;
  const shown = connections.slice(0, shownMax);
  return (
    <section className="block-preview" aria-label={t("blocks.wouldCutTitle")}>
      <p role="status">
        {t("blocks.wouldCut", { count: connectionCount, value: count(connectionCount, i18n.language) })}
      </p>
      {shown.length > 0 && (
        <ul>
          {shown.map(({ remote, remotePort, localPort, state, process }) => (
            <li key={`${remote} ${remotePort} ${localPort}`}>
              <span className="mono">{`${remote} → :${localPort}`}</span>{" "}
              <span className="dim">
                {state} {process !== null && <Foreign text={process} />}
              </span>
            </li>
          ))}
          {connectionCount > shown.length && (
            <li className="dim">
              {t("blocks.more", { value: count(connectionCount - shown.length, i18n.language) })}
            </li>
          )}
        </ul>
      )}
      {knownGoodCount > 0 && (
        <p className="mark mark-down">
          {t("blocks.known", { count: knownGoodCount, value: knownGood.slice(0, shownMax).join(", ") })}
        </p>
      )}
      {warnings.length > 0 && (
        <ul>
          {warnings.map((warning) => (
            <li key={warning}>{t(`blockWarning.${warning}`)}</li>
          ))}
        </ul>
      )}
    </section>
  );
}
