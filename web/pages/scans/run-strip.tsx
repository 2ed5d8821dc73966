import { useTranslation } from "react-i18next";
import type { ScanRunDetail } from "../../api/shapes.ts";
import { count, share } from "../../text/time.ts";
import { cautious, foundBy } from "./run-figures.ts";

/** The four figures that say whether a scan did its job. */
export function RunStrip({ run }: { readonly run: ScanRunDetail }) {
  const { t, i18n } = useTranslation();
  const { language } = i18n;
  const { open, loss, probes } = foundBy(run);
  const recall = run.outcome?.recall ?? null;
  const figures = [
    [t("scan.openPorts"), open === null ? "–" : count(open, language), undefined],
    [t("scan.probes"), probes === null ? "–" : count(probes, language), undefined],
    [t("scan.loss"), loss === null ? "–" : share(loss, language), t("scan.lossText")],
    [t("scan.recallLong"), recall === null ? "–" : share(cautious(recall), language), t("scan.recallText")],
  ] as const;
  return (
    <ul className="figures">
      {figures.map(([name, value, title]) => (
        <li key={name}>
          <div className="figure" title={title}>
            <strong>{value}</strong> <span className="lower">{name}</span>
          </div>
        </li>
      ))}
    </ul>
  );
}
