import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../api/client.ts";
import { sessionQuery, setupQuery } from "../api/queries.ts";
import type { Session } from "../api/shapes.ts";
import { NewPasswordField, passwordCharactersMin, PasswordField, TextField } from "../forms/fields.tsx";
import { Form } from "../forms/form.tsx";
import { useRefusal } from "../forms/refusal.ts";
import { Waiting } from "../states/states.tsx";
import { Gate } from "./gate.tsx";

/** Read once, when this module is loaded with the page; the address bar and the history lose it at once. */
function takeToken(): string | null {
  const token = new URLSearchParams(window.location.hash.slice(1)).get("token");
  if (window.location.hash !== "")
    window.history.replaceState(window.history.state, "", window.location.pathname);
  return token;
}

export function SetupPage() {
  const { t } = useTranslation();
  const setup = useQuery(setupQuery);
  const [token, setToken] = useState<string | null>(null);
  useEffect(() => setToken((known) => takeToken() ?? known), []);
  if (setup.isPending) {
    return (
      <Gate title={t("setup.title")}>
        <Waiting lines={3} />
      </Gate>
    );
  }
  if (setup.data?.needed === false) {
    return (
      <Gate title={t("setup.doneTitle")}>
        <p className="ink2">{t("setup.done")}</p>
        <Button component={Link} to="/login" fullWidth>
          {t("login.signIn")}
        </Button>
      </Gate>
    );
  }
  return (
    <Gate title={t("setup.title")}>
      {token === null ? <TokenForm onToken={setToken} /> : <SetupForm token={token} />}
    </Gate>
  );
}

/** For who came here without the link. */
function TokenForm({ onToken }: { readonly onToken: (token: string) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const take = (): void => onToken(typed.trim().replace(/^.*#token=/, ""));
  return (
    <>
      <p className="ink2">{t("setup.needLink")}</p>
      <pre className="code">http://…/setup#token=…</pre>
      <Form sending={{ isPending: false, error: null, mutate: take }} deed={t("setup.continue")}>
        <TextField label={t("setup.pasteLink")} value={typed} onType={setTyped} />
      </Form>
    </>
  );
}

function SetupForm({ token }: { readonly token: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState("admin");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const refusal = useRefusal({ 401: t("setup.badToken"), 403: t("setup.badToken") });
  const create = useMutation({
    mutationFn: () => api<Session>("/setup", { method: "POST", body: { token, name, password } }),
    onSuccess: async (session) => {
      client.setQueryData(sessionQuery.queryKey, session);
      await navigate({ to: "/" });
    },
  });
  return (
    <>
      <p className="ink2">{t("setup.lead")}</p>
      <Form
        sending={create}
        deed={t("setup.create")}
        refusal={refusal}
        disabled={password.length < passwordCharactersMin || password !== again}
      >
        <TextField label={t("field.name")} value={name} onType={setName} autoComplete="username" />
        <NewPasswordField value={password} onType={setPassword} autoFocus />
        <PasswordField
          label={t("field.passwordAgain")}
          value={again}
          onType={setAgain}
          error={again !== "" && again !== password ? t("field.differs") : undefined}
          autoComplete="new-password"
        />
      </Form>
    </>
  );
}
