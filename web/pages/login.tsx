import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../api/client.ts";
import { sessionQuery } from "../api/queries.ts";
import type { Session } from "../api/shapes.ts";
import { PasswordField, TextField } from "../forms/fields.tsx";
import { Form } from "../forms/form.tsx";
import { useRefusal } from "../forms/refusal.ts";
import { Gate } from "./gate.tsx";

export function LoginPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const router = useRouter();
  const { next } = useSearch({ from: "/login" });
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const refusal = useRefusal({ 401: t("login.wrong"), 429: t("login.tooOften") });
  const signIn = useMutation({
    mutationFn: () => api<Session>("/session", { method: "POST", body: { name, password } }),
    onSuccess: (session) => {
      client.clear();
      client.setQueryData(sessionQuery.queryKey, session);
      // Only a path of our own: a link must not send a signed-in person elsewhere.
      const own = next !== undefined && /^\/(?![/\\])/.test(next) ? next : "/";
      router.history.push(own);
    },
  });
  return (
    <Gate title={t("login.title")}>
      <Form sending={signIn} deed={t("login.signIn")} refusal={refusal} fullWidth>
        <TextField label={t("field.name")} value={name} onType={setName} autoComplete="username" autoFocus />
        <PasswordField
          label={t("field.password")}
          value={password}
          onType={setPassword}
          autoComplete="current-password"
        />
      </Form>
      <p className="dim small">{t("login.forgot")}</p>
    </Gate>
  );
}
