import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { healthQuery, sessionQuery } from "../../api/queries.ts";
import type { Health } from "../../api/shapes.ts";
import { Logo } from "../../marks/logo.tsx";
import { Lines } from "../../panel/lines.tsx";
import { Panel } from "../../panel/panel.tsx";
import { Answer } from "../../states/answer.tsx";
import { Copy } from "../../states/copy.tsx";
import { Ago } from "../../text/ago.tsx";
import { visible } from "../../text/hostile.ts";
import { useLimitWords } from "../hosts/limit-words.ts";

const shape: Record<Health["status"], string> = { ok: "●", degraded: "◐", failing: "○" };
const tone: Record<Health["status"], string> = {
  ok: "mark-recovered",
  degraded: "mark-down",
  failing: "mark-risk",
};

export function HealthSection() {
  const { t, i18n } = useTranslation();
  const health = useQuery(healthQuery);
  const session = useQuery(sessionQuery).data;
  const words = useLimitWords("health");
  return (
    <div className="columns">
      <Panel
        title={t("settings.health")}
        beside={health.data !== undefined && <StatusMark status={health.data.status} />}
      >
        <Answer of={health}>
          {({ checks }) => (
            <Lines rows={checks} rowKey={(check) => check.name} lineClass="check-line">
              {(check) => {
                const known = i18n.exists(`health.name.${check.name}`);
                // What this build does not know speaks for itself, in English.
                const { what, mend } = known ? words(check.code, check.params) : check;
                return (
                  <>
                    <StatusMark status={check.status} />
                    <div className="grow">
                      <strong>
                        {known ? t(`health.name.${check.name as "store"}`) : visible(check.name)}
                      </strong>{" "}
                      <span className="ink2 wrap">{what}</span>
                      {mend !== null && check.status !== "ok" && <p className="dim">{mend}</p>}
                    </div>
                    {check.sinceMs !== null && (
                      <span className="dim">
                        <Ago ms={check.sinceMs} />
                      </span>
                    )}
                  </>
                );
              }}
            </Lines>
          )}
        </Answer>
      </Panel>
      <Panel title={t("about.title")}>
        <div className="body stack">
          <div className="line about-mark">
            <Logo size={40} />
            <div>
              <strong>Portolan {session?.serverVersion}</strong>
              <p className="dim">{t("about.text")}</p>
            </div>
          </div>
          <div className="line">
            <a href="/api/openapi.json">{t("about.api")}</a>
            {session !== undefined && (
              <Copy
                text={`Portolan ${session.serverVersion} · ${navigator.userAgent}`}
                label={t("action.copyDetails")}
              />
            )}
          </div>
        </div>
      </Panel>
    </div>
  );
}

function StatusMark({ status }: { readonly status: Health["status"] }) {
  const { t } = useTranslation();
  return (
    <span className={`mark quiet ${tone[status]}`}>
      <span aria-hidden="true">{shape[status]}</span> {t(`health.status.${status}`)}
    </span>
  );
}
