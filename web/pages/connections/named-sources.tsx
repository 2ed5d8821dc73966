import { useTranslation } from "react-i18next";
import type { ConnectionVerdict } from "../../api/shapes.ts";
import { Foreign } from "../../text/foreign.tsx";
import { count } from "../../text/time.ts";

interface NamedSourcesProps {
  readonly sources: ConnectionVerdict["sources"];
  readonly most?: number;
}

/** Who a verdict names, most sockets first; nothing where nobody can be named. */
export function NamedSources({ sources, most = 1 }: NamedSourcesProps) {
  const { t, i18n } = useTranslation();
  const rest = sources.length - most;
  return (
    <>
      {sources.slice(0, most).map((source) => (
        <span key={source.remote} className="named nowrap">
          <Foreign text={source.remote} mono />{" "}
          <span className="dim">{count(source.count, i18n.language)}</span>
        </span>
      ))}
      {rest > 0 && (
        <span className="dim nowrap">{t("trouble.namedMore", { number: count(rest, i18n.language) })}</span>
      )}
    </>
  );
}
