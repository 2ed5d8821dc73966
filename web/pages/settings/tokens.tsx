import { Button, Select } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client.ts";
import { tokensQuery } from "../../api/queries.ts";
import type { CreatedToken, Token } from "../../api/shapes.ts";
import { Dialog } from "../../forms/dialog.tsx";
import { TextField } from "../../forms/fields.tsx";
import { Form } from "../../forms/form.tsx";
import { Panel } from "../../panel/panel.tsx";
import { Answer } from "../../states/answer.tsx";
import { Copy } from "../../states/copy.tsx";
import { Empty } from "../../states/states.tsx";
import { Ago, useNow } from "../../text/ago.tsx";
import { Foreign } from "../../text/foreign.tsx";
import { visible } from "../../text/hostile.ts";
import { AddButton } from "../../forms/add-button.tsx";
import { RemoveButton } from "../../forms/remove-button.tsx";
import { forAdmins } from "./settings.tsx";
import { Table } from "../../lists/table.tsx";

/** Tokens of agents are made with their host, not here. */
const scopes = ["read", "operate", "admin", "scan"] as const;
const lifetimes = ["30", "90", "365", "never"] as const;
const dayMs = 86_400_000;

export const TokensSection = forAdmins(function Tokens() {
  const { t } = useTranslation();
  const tokens = useQuery(tokensQuery);
  const now = useNow();
  const ended = (token: Token): boolean =>
    token.revokedAtMs !== null || (token.expiresAtMs !== null && token.expiresAtMs < now);
  return (
    <Panel title={t("settings.tokens")} beside={<AddButton label={t("tokens.add")} dialog={AddToken} />}>
      <Answer of={tokens}>
        {({ rows }) =>
          rows.length === 0 ? (
            <Empty title={t("tokens.none")}>{t("tokens.noneText")}</Empty>
          ) : (
            <Table
              rows={rows}
              rowKey={(token) => token.id}
              rowClass={(token) => (ended(token) ? "dim" : undefined)}
              columns={[
                { title: t("tokens.name"), cell: (token) => <Foreign text={token.name} /> },
                {
                  title: t("tokens.scope"),
                  cell: ({ scope }) => (
                    <span title={t(`tokenScopeLong.${scope}`)}>{t(`tokenScope.${scope}`)}</span>
                  ),
                },
                { title: t("tokens.made"), cell: (token) => <Ago ms={token.createdAtMs} /> },
                { title: t("tokens.used"), cell: (token) => <Used token={token} /> },
                { title: t("tokens.expires"), cell: (token) => <Expires token={token} /> },
                {
                  cell: (token) =>
                    token.revokedAtMs === null && (
                      <RemoveButton
                        deed={t("tokens.revoke")}
                        title={t("tokens.revokeTitle", { name: visible(token.name) })}
                        text={t("tokens.revokeText")}
                        path={`/tokens/${encodeURIComponent(token.id)}`}
                        list={tokensQuery.queryKey}
                      />
                    ),
                },
              ]}
            />
          )
        }
      </Answer>
    </Panel>
  );
});

interface TokenProps {
  readonly token: Token;
}

function Used({ token }: TokenProps) {
  const { t } = useTranslation();
  return token.lastUsedAtMs === null ? (
    <span className="dim">{t("tokens.neverUsed")}</span>
  ) : (
    <Ago ms={token.lastUsedAtMs} />
  );
}

function Expires({ token }: TokenProps) {
  const { t } = useTranslation();
  if (token.revokedAtMs !== null)
    return <span className="mark mark-down quiet">▼ {t("tokens.revoked")}</span>;
  return token.expiresAtMs === null ? t("tokens.never") : <Ago ms={token.expiresAtMs} />;
}

function AddToken({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [scope, setScope] = useState<(typeof scopes)[number]>("read");
  const [lifetime, setLifetime] = useState<string>("90");
  const add = useMutation({
    mutationFn: () => {
      const expiresAtMs = lifetime === "never" ? null : Date.now() + Number(lifetime) * dayMs;
      return api<CreatedToken>("/tokens", { method: "POST", body: { name, scope, expiresAtMs } });
    },
    onSuccess: () => client.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  });
  const secret = add.data?.secret;
  if (secret !== undefined) return <Made secret={secret} onClose={onClose} />;
  return (
    <Dialog onClose={onClose} title={t("tokens.add")}>
      <Form sending={add} deed={t("tokens.add")}>
        <TextField
          label={t("tokens.name")}
          description={t("tokens.nameText")}
          value={name}
          onType={setName}
          data-autofocus
        />
        <Select
          label={t("tokens.scope")}
          description={t(`tokenScopeLong.${scope}`)}
          value={scope}
          onChange={(value) => setScope(scopes.find((each) => each === value) ?? "read")}
          data={scopes.map((each) => ({ value: each, label: t(`tokenScope.${each}`) }))}
        />
        <Select
          label={t("tokens.expires")}
          value={lifetime}
          onChange={(value) => setLifetime(value ?? "90")}
          data={lifetimes.map((each) => ({
            value: each,
            label: each === "never" ? t("tokens.never") : t("tokens.days", { count: Number(each) }),
          }))}
        />
      </Form>
    </Dialog>
  );
}

function Made({ secret, onClose }: { readonly secret: string; readonly onClose: () => void }) {
  const { t } = useTranslation();
  return (
    // A stray click must not lose what is shown once.
    <Dialog onClose={onClose} title={t("tokens.madeTitle")} closeOnClickOutside={false}>
      <div className="stack">
        <p>{t("tokens.once")}</p>
        <div className="secret">
          <code className="wrap">{secret}</code>
          <Copy text={secret} />
        </div>
        <p className="dim small">{t("tokens.use")}</p>
        <pre className="code">{`curl -H "Authorization: Bearer ${secret.slice(0, 8)}…" ${window.location.origin}/api/v1/ports`}</pre>
        <Button variant="default" onClick={onClose}>
          {t("tokens.kept")}
        </Button>
      </div>
    </Dialog>
  );
}
