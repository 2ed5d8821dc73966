import { SegmentedControl, Select, useMantineColorScheme } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client.ts";
import { sessionQuery } from "../../api/queries.ts";
import { languageNames, themes } from "../../app/choice-menus.tsx";
import { NewPasswordField, passwordCharactersMin, PasswordField } from "../../forms/fields.tsx";
import { Form } from "../../forms/form.tsx";
import { useRefusal } from "../../forms/refusal.ts";
import { languages, switchLanguage, type Language } from "../../i18n/language.ts";
import { Panel } from "../../panel/panel.tsx";
import { Exact } from "../../text/ago.tsx";
import { Foreign } from "../../text/foreign.tsx";
import { browserZone, chooseZone, useZone } from "../../text/zone.ts";

const followBrowser = "browser";

export function ProfileSection() {
  const { t, i18n } = useTranslation();
  const session = useQuery(sessionQuery).data;
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { chosen } = useZone();
  const zones = useMemo(
    () => ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")],
    [],
  );
  const [now] = useState(() => Date.now());
  return (
    <div className="columns">
      <Panel title={t("settings.look")}>
        <div className="body stack">
          <div className="setting">
            <span id="setting-language">{t("shell.language")}</span>
            <SegmentedControl
              aria-labelledby="setting-language"
              value={i18n.language}
              onChange={(value) => void switchLanguage(value as Language)}
              data={languages.map((language) => ({ value: language, label: languageNames[language] }))}
            />
          </div>
          <div className="setting">
            <span id="setting-theme">{t("shell.theme")}</span>
            <SegmentedControl
              aria-labelledby="setting-theme"
              value={colorScheme}
              onChange={(value) => setColorScheme(value)}
              data={themes.map(({ value }) => ({ value, label: t(`theme.${value}`) }))}
            />
          </div>
          <Select
            label={t("settings.zone")}
            description={t("settings.zoneText")}
            searchable
            value={chosen ?? followBrowser}
            onChange={(zone) => chooseZone(zone === followBrowser ? null : zone)}
            data={[
              { value: followBrowser, label: t("settings.zoneBrowser", { zone: browserZone }) },
              ...zones.map((zone) => ({ value: zone, label: zone })),
            ]}
            limit={80}
            maxDropdownHeight={280}
          />
          <p className="dim">
            <Exact ms={now} />
          </p>
        </div>
      </Panel>
      <Panel
        title={t("settings.password")}
        beside={
          session !== undefined && (
            <span className="dim">
              <Foreign text={session.user.name} /> · {t(`role.${session.user.role}`)}
            </span>
          )
        }
      >
        <PasswordForm />
      </Panel>
    </div>
  );
}

function PasswordForm() {
  const { t } = useTranslation();
  const refusal = useRefusal({ 403: t("settings.wrongPassword") });
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const change = useMutation({
    mutationFn: () =>
      api("/session/password", { method: "POST", body: { currentPassword: current, newPassword: next } }),
    onSuccess: () => {
      setCurrent("");
      setNext("");
      notifications.show({ message: t("settings.passwordChanged") });
    },
  });
  return (
    <Form
      sending={change}
      deed={t("settings.changePassword")}
      refusal={refusal}
      className="body stack"
      variant="default"
      disabled={next.length < passwordCharactersMin || current === ""}
    >
      <PasswordField
        label={t("field.currentPassword")}
        value={current}
        onType={setCurrent}
        autoComplete="current-password"
      />
      <NewPasswordField value={next} onType={setNext} />
    </Form>
  );
}
