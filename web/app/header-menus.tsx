import { ActionIcon, Menu, Tooltip } from "@mantine/core";
import { IconKeyboard, IconLogout, IconPlayerPause, IconPlayerPlay, IconUser } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { api } from "../api/client.ts";
import { useLive } from "../api/live.tsx";
import { sessionQuery } from "../api/queries.ts";
import { Foreign } from "../text/foreign.tsx";
import { LanguageMenu, ThemeMenu } from "./choice-menus.tsx";

export function HeaderMenus({ onHelp }: { readonly onHelp: () => void }) {
  const { t } = useTranslation();
  const live = useLive();
  const word = live.paused ? t("live.resume") : t("live.pause");
  return (
    <div className="top-menus">
      <Tooltip label={word}>
        <ActionIcon
          variant="subtle"
          size={34}
          aria-label={word}
          aria-pressed={live.paused}
          onClick={() => live.setPaused(!live.paused)}
          className="live-button"
          data-state={live.paused ? "paused" : live.state}
        >
          {live.paused ? <IconPlayerPlay size={17} aria-hidden /> : <IconPlayerPause size={17} aria-hidden />}
        </ActionIcon>
      </Tooltip>
      <LanguageMenu />
      <ThemeMenu />
      <Tooltip label={`${t("keys.title")} (?)`}>
        <ActionIcon
          className="wide-only"
          variant="subtle"
          size={34}
          aria-label={t("keys.title")}
          onClick={onHelp}
        >
          <IconKeyboard size={18} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <UserMenu />
    </div>
  );
}

function UserMenu() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const session = useQuery(sessionQuery).data;
  if (session === undefined) return null;
  const leave = async (): Promise<void> => {
    await api("/session", { method: "DELETE" });
    client.clear();
    await navigate({ to: "/login" });
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" size={34} aria-label={t("shell.account")}>
          <IconUser size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <div className="menu-user">
          <strong>
            <Foreign text={session.user.name} />
          </strong>
          <span className="dim">{t(`role.${session.user.role}`)}</span>
        </div>
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconUser size={16} aria-hidden />}
          onClick={() => void navigate({ to: "/settings/profile" })}
        >
          {t("settings.profile")}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void leave()}>
          {t("shell.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
