import { useTranslation } from "react-i18next";
import type { Evidence } from "../../api/shapes.ts";
import { Lines } from "../../panel/lines.tsx";
import { Exact } from "../../text/ago.tsx";
import { visible } from "../../text/hostile.ts";
import { duration } from "../../text/time.ts";
import { useSourceName } from "../hosts/source-name.ts";

const shape: Record<Evidence["kind"], string> = { seen: "●", missed: "○", returned: "↺", owner: "◆" };
const params = ["misses", "sightings", "downForMs", "owner", "before", "after"] as const;

/** Line by line: what was seen, when, by which source. */
export function EvidenceLog({ evidence }: { readonly evidence: readonly Evidence[] }) {
  const { t, i18n } = useTranslation();
  const facts = (each: Evidence): string =>
    params
      .flatMap((name) => {
        const value = each.params[name];
        if (value === undefined || value === null || value === "") return [];
        const words =
          typeof value === "number" && name.endsWith("Ms")
            ? duration(value, i18n.language)
            : visible(String(value));
        return [t(`evidence.param.${name}`, { value: words })];
      })
      .join(" · ");
  const source = useSourceName();
  return (
    <Lines
      rows={evidence}
      rowKey={(each, index) => `${each.atMs} ${index}`}
      lineClass="evidence-line"
      none={t("port.noEvidence")}
    >
      {(each) => (
        <>
          <span aria-hidden="true" className={`evidence-mark evidence-${each.kind}`}>
            {shape[each.kind]}
          </span>
          <span>{t(`evidence.${each.kind}`)}</span>
          <span className="dim wrap grow">
            {[t("evidence.by", { source: source(each.source) }), facts(each)].filter(Boolean).join(" · ")}
          </span>
          <span className="dim">
            <Exact ms={each.atMs} />
          </span>
        </>
      )}
    </Lines>
  );
}
