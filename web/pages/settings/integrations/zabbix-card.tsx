import { Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconDownload } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../../../api/client.ts";
import { zabbixSetUpQuery } from "../../../api/queries.ts";
import { TextField } from "../../../forms/fields.tsx";
import { Panel } from "../../../panel/panel.tsx";
import { Answer } from "../../../states/answer.tsx";
import { Snippet } from "./snippet.tsx";

const templateUrl = "/api/v1/integrations/zabbix/template";
const settledMs = 300;

export function ZabbixCard() {
  const { t } = useTranslation();
  const [host, setHost] = useState("");
  const [zabbix, setZabbix] = useState("");
  const [asked] = useDebouncedValue({ host: host.trim(), zabbix: zabbix.trim() }, settledMs);
  const setUp = useQuery({ ...zabbixSetUpQuery(asked), placeholderData: keepPreviousData });
  const refused = refusedFields(setUp.error);
  const wrong = (field: string): string | undefined =>
    refused.includes(`/${field}`) ? t("integration.noAddress") : undefined;
  return (
    <Panel
      title="Zabbix"
      beside={
        <Button
          component="a"
          href={templateUrl}
          download
          size="xs"
          variant="default"
          leftSection={<IconDownload size={15} aria-hidden />}
        >
          {t("integration.template")}
        </Button>
      }
    >
      <div className="body stack">
        <div className="integration-fields">
          <TextField
            label={t("integration.zabbixServer")}
            required={false}
            value={zabbix}
            onType={setZabbix}
            error={wrong("zabbix")}
          />
          <TextField
            label={t("integration.host")}
            required={false}
            value={host}
            onType={setHost}
            error={wrong("host")}
          />
        </div>
        {refused.length === 0 && (
          <Answer of={setUp}>
            {({ steps, examples }) => (
              <>
                {examples.length > 0 && (
                  <p className="dim">{t("integration.examples", { addresses: examples.join(", ") })}</p>
                )}
                {[...Map.groupBy(steps, ({ way }) => way)].map(([way, ofWay]) => (
                  <section key={way} className="integration-way" aria-label={t(`zabbixWay.${way}`)}>
                    <h3>{t(`zabbixWay.${way}`)}</h3>
                    <ol className="snippets">
                      {ofWay.map(({ id, file, text }) => (
                        <Snippet key={id} title={t(`zabbixStep.${id}`)} file={file} text={text} />
                      ))}
                    </ol>
                  </section>
                ))}
              </>
            )}
          </Answer>
        )}
      </div>
    </Panel>
  );
}

/** `/host`, `/zabbix`: what the server could not read. */
function refusedFields(error: unknown): readonly string[] {
  const issues = error instanceof ApiError ? error.details["issues"] : undefined;
  return Array.isArray(issues) ? issues.map(({ path }: { path?: unknown }) => String(path)) : [];
}
