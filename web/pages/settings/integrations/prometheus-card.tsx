import { useTranslation } from "react-i18next";
import { Panel } from "../../../panel/panel.tsx";
import { Snippet } from "./snippet.tsx";

const tokenFile = "/etc/prometheus/portolan.token";

/** What Prometheus is told: only under which address this page was opened. */
export function PrometheusCard() {
  const { t } = useTranslation();
  const { host, protocol } = window.location;
  const scrape = [
    "scrape_configs:",
    "  - job_name: portolan",
    "    metrics_path: /metrics",
    ...(protocol === "https:" ? ["    scheme: https"] : []),
    "    authorization:",
    `      credentials_file: ${tokenFile}`,
    "    static_configs:",
    `      - targets: ["${host}"]`,
  ].join("\n");
  return (
    <Panel title="Prometheus">
      <ol className="body snippets">
        <Snippet
          title={t("prometheusStep.token")}
          file={tokenFile}
          text="portolan token create prometheus --scope read"
        />
        <Snippet title={t("prometheusStep.scrape")} file="/etc/prometheus/prometheus.yml" text={scrape} />
      </ol>
    </Panel>
  );
}
