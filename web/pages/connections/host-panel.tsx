import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Panel } from "../../panel/panel.tsx";
import { Answer } from "../../states/answer.tsx";
import { ConnectionCharts } from "./connection-charts.tsx";
import { useHistory } from "./use-history.ts";
import "./connections.css";

/** The last hour of a host's connections, on the page of the host. */
export function HostConnectionsPanel({ hostId }: { readonly hostId: string }) {
  const { t } = useTranslation();
  const history = useHistory(hostId, "1h");
  const all = (
    <Link to="/connections/$hostId" params={{ hostId }}>
      {t("connections.allOfHost")}
    </Link>
  );
  return (
    <Panel title={t("page.connections")} beside={all}>
      <div className="body">
        <Answer of={history} lines={4}>
          {(told) =>
            told.moments.length === 0 ? (
              <p className="dim">{t("connections.noneLately")}</p>
            ) : (
              <ConnectionCharts label={t("page.connections")} history={told} brief />
            )
          }
        </Answer>
      </div>
    </Panel>
  );
}
