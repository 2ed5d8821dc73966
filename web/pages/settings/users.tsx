import { Button, Select } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client.ts";
import { sessionQuery, usersQuery } from "../../api/queries.ts";
import type { Role, User } from "../../api/shapes.ts";
import { Dialog } from "../../forms/dialog.tsx";
import { NewPasswordField, TextField } from "../../forms/fields.tsx";
import { Form } from "../../forms/form.tsx";
import { Panel } from "../../panel/panel.tsx";
import { Answer } from "../../states/answer.tsx";
import { Failure } from "../../states/states.tsx";
import { Ago } from "../../text/ago.tsx";
import { Foreign } from "../../text/foreign.tsx";
import { visible } from "../../text/hostile.ts";
import { AddButton } from "../../forms/add-button.tsx";
import { RemoveButton } from "../../forms/remove-button.tsx";
import { forAdmins } from "./settings.tsx";
import { Table } from "../../lists/table.tsx";

const roles: readonly Role[] = ["viewer", "operator", "admin"];

export const UsersSection = forAdmins(function Users() {
  const { t } = useTranslation();
  const users = useQuery(usersQuery);
  const own = useQuery(sessionQuery).data?.user.id;
  return (
    <Panel title={t("settings.users")} beside={<AddButton label={t("users.add")} dialog={AddUser} />}>
      <Answer of={users}>
        {({ rows }) => (
          <Table
            rows={rows}
            rowKey={(user) => user.id}
            columns={[
              {
                title: t("field.name"),
                cell: (user) => (
                  <>
                    <Foreign text={user.name} />{" "}
                    {user.id === own && <span className="dim">({t("users.you")})</span>}
                  </>
                ),
              },
              { title: t("users.role"), cell: (user) => <RoleOf user={user} fixed={user.id === own} /> },
              { title: t("users.since"), cell: (user) => <Ago ms={user.createdAtMs} /> },
              { title: t("users.state"), cell: (user) => <StateOf user={user} /> },
              { cell: (user) => user.id !== own && <Deeds user={user} /> },
            ]}
          />
        )}
      </Answer>
    </Panel>
  );
});

interface UserProps {
  readonly user: User;
}

const pathOf = (user: User): string => `/users/${encodeURIComponent(user.id)}`;

function useChange(user: User) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { role?: Role; disabled?: boolean }) => api(pathOf(user), { method: "PATCH", body }),
    onSettled: () => client.invalidateQueries({ queryKey: usersQuery.queryKey }),
  });
}

function RoleOf({ user, fixed }: UserProps & { readonly fixed: boolean }) {
  const { t } = useTranslation();
  const change = useChange(user);
  return (
    <>
      <Select
        aria-label={`${t("users.role")}: ${visible(user.name)}`}
        size="xs"
        w={132}
        value={user.role}
        disabled={fixed || change.isPending}
        onChange={(role) => role !== null && change.mutate({ role })}
        data={roles.map((role) => ({ value: role, label: t(`role.${role}`) }))}
      />
      {change.error !== null && <Failure error={change.error} />}
    </>
  );
}

function StateOf({ user }: UserProps) {
  const { t } = useTranslation();
  return user.disabledAtMs !== null ? (
    <span className="mark mark-down quiet">▼ {t("users.disabled")}</span>
  ) : (
    <span className="mark mark-recovered quiet">● {t("users.active")}</span>
  );
}

function Deeds({ user }: UserProps) {
  const { t } = useTranslation();
  const change = useChange(user);
  const disabled = user.disabledAtMs !== null;
  return (
    <div className="line end">
      <Button size="compact-xs" variant="default" onClick={() => change.mutate({ disabled: !disabled })}>
        {disabled ? t("users.enable") : t("users.disable")}
      </Button>
      {change.error !== null && <Failure error={change.error} />}
      <RemoveButton
        deed={t("action.remove")}
        title={t("users.removeTitle", { name: visible(user.name) })}
        text={t("users.removeText")}
        path={pathOf(user)}
        list={usersQuery.queryKey}
      />
    </div>
  );
}

function AddUser({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const add = useMutation({
    mutationFn: () => api<User>("/users", { method: "POST", body: { name, password, role } }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: usersQuery.queryKey });
      onClose();
    },
  });
  return (
    <Dialog onClose={onClose} title={t("users.add")}>
      <Form sending={add} deed={t("users.add")}>
        <TextField label={t("field.name")} value={name} onType={setName} data-autofocus />
        <Select
          label={t("users.role")}
          description={t(`roleLong.${role}`)}
          value={role}
          onChange={(value) => value !== null && setRole(value)}
          data={roles.map((each) => ({ value: each, label: t(`role.${each}`) }))}
        />
        <NewPasswordField label={t("users.firstPassword")} value={password} onType={setPassword} />
      </Form>
    </Dialog>
  );
}
