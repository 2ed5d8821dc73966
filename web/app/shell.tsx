import { ActionIcon, Drawer, Tooltip } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { spotlight } from "@mantine/spotlight";
import {
  IconLayoutSidebarLeftCollapse,
  IconLayoutSidebarLeftExpand,
  IconMenu2,
  IconSearch,
} from "@tabler/icons-react";
import { Link, Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { LiveProvider } from "../api/live.tsx";
import { Wordmark, Logo } from "../marks/logo.tsx";
import { ConnectionBanner } from "./connection-banner.tsx";
import { HeaderMenus } from "./header-menus.tsx";
import { useKeys } from "./keys.ts";
import { pages } from "./pages.ts";

const Palette = lazy(() => import("./palette.tsx").then((module) => ({ default: module.Palette })));
const Shortcuts = lazy(() => import("./shortcuts.tsx").then((module) => ({ default: module.Shortcuts })));

const railKey = "portolan-rail";

export function Shell() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [folded, setFolded] = useState(() => localStorage.getItem(railKey) === "folded");
  const [burger, setBurger] = useState(false);
  const [help, setHelp] = useState(false);
  const path = useRouterState({ select: (state) => state.location.pathname });
  useEffect(() => setBurger(false), [path]);
  useKeys({
    "?": () => setHelp(true),
    "/": () => document.querySelector<HTMLInputElement>("[data-search]")?.focus(),
    ...Object.fromEntries(pages.map((page) => [page.key, () => void navigate({ to: page.to })])),
    j: focusList,
    k: focusList,
  });
  useHotkeys([["mod+K", () => spotlight.toggle()]], []);
  const fold = (): void => {
    localStorage.setItem(railKey, folded ? "open" : "folded");
    setFolded(!folded);
  };
  const name = pages.find((page) => (page.to === "/" ? path === "/" : path.startsWith(page.to)))?.name;
  useEffect(() => {
    document.title = name === undefined ? "Portolan" : `${t(`page.${name}`)} · Portolan`;
  }, [name, t]);

  return (
    <LiveProvider>
      <a href="#main" className="skip">
        {t("shell.skip")}
      </a>
      <div className={folded ? "shell folded" : "shell"}>
        <aside className="rail">
          <Link to="/" className="rail-brand" aria-label="Portolan">
            {folded ? <Logo /> : <Wordmark />}
          </Link>
          <RailLinks folded={folded} />
          <button type="button" className="rail-link rail-fold" onClick={fold} aria-expanded={!folded}>
            {folded ? (
              <IconLayoutSidebarLeftExpand size={18} aria-hidden />
            ) : (
              <IconLayoutSidebarLeftCollapse size={18} aria-hidden />
            )}
            <span className={folded ? "hidden-text" : ""}>
              {folded ? t("shell.unfold") : t("shell.fold")}
            </span>
          </button>
        </aside>
        <div className="deck">
          <header className="top">
            <ActionIcon
              className="burger"
              variant="subtle"
              size={36}
              aria-label={t("shell.menu")}
              aria-expanded={burger}
              onClick={() => setBurger(true)}
            >
              <IconMenu2 size={20} aria-hidden />
            </ActionIcon>
            <Link to="/" className="top-brand" aria-label="Portolan">
              <Logo size={24} />
            </Link>
            <button type="button" className="search-button" onClick={() => spotlight.open()}>
              <IconSearch size={16} aria-hidden />
              <span className="search-words clip">{t("shell.search")}</span>
              <kbd aria-hidden="true">Ctrl K</kbd>
            </button>
            <HeaderMenus onHelp={() => setHelp(true)} />
          </header>
          <ConnectionBanner />
          <main id="main" tabIndex={-1}>
            <Outlet />
          </main>
        </div>
      </div>
      <Drawer
        opened={burger}
        onClose={() => setBurger(false)}
        size={250}
        title={<Wordmark />}
        closeButtonProps={{ "aria-label": t("action.close") }}
        className="burger-drawer"
      >
        <RailLinks folded={false} />
      </Drawer>
      <Suspense>
        <Palette />
        {help && <Shortcuts onClose={() => setHelp(false)} />}
      </Suspense>
    </LiveProvider>
  );
}

function focusList(): void {
  document.querySelector<HTMLElement>("[data-list]")?.focus();
}

function RailLinks({ folded }: { readonly folded: boolean }) {
  const { t } = useTranslation();
  return (
    <nav aria-label={t("shell.pages")} className="rail-links">
      {pages.map(({ to, name, icon: Icon }) => (
        <Tooltip key={to} label={t(`page.${name}`)} position="right" disabled={!folded}>
          <Link
            to={to}
            className="rail-link"
            activeOptions={{ exact: to === "/" }}
            activeProps={{ "aria-current": "page" }}
          >
            <Icon size={18} stroke={1.7} aria-hidden />
            <span className={folded ? "hidden-text" : ""}>{t(`page.${name}`)}</span>
          </Link>
        </Tooltip>
      ))}
    </nav>
  );
}
