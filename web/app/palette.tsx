import { Spotlight, type SpotlightActionGroupData } from "@mantine/spotlight";
import { useMantineColorScheme } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import {
  IconAnchor,
  IconArrowRight,
  IconLanguage,
  IconMoon,
  IconRadar2,
  IconSearch,
  IconServer2,
  IconSun,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { hostsQuery, portsListQuery, scanPlansQuery } from "../api/queries.ts";
import { useMayOperate } from "../api/session.ts";
import { languages, switchLanguage } from "../i18n/language.ts";
import { useStartScan } from "../pages/scans/deeds.ts";
import { visible } from "../text/hostile.ts";
import { endpointText } from "../text/endpoint.tsx";
import { languageNames } from "./choice-menus.tsx";
import { pages } from "./pages.ts";

const portsShown = 8;
const hostsShown = 5;
const action = ".mantine-Spotlight-action";

/** Ctrl-K: pages, hosts, ports and actions in one list. */
export function Palette() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  const [query, setQuery] = useState("");
  const [settled] = useDebouncedValue(query.trim(), 120);
  const asking = settled.length > 0;
  const ports = useQuery({ ...portsListQuery({ q: settled, limit: portsShown }), enabled: asking });
  const hosts = useQuery({ ...hostsQuery, enabled: asking, refetchInterval: false });
  const mayOperate = useMayOperate();
  const plans = useQuery({ ...scanPlansQuery, enabled: asking && mayOperate });
  const scanNow = useStartScan();
  const wanted = query.trim().toLowerCase();
  const matches = (...words: string[]): boolean => words.some((word) => word.toLowerCase().includes(wanted));

  const pageActions = pages.map(({ to, name, icon: Icon }) => ({
    id: `page-${name}`,
    label: t(`page.${name}`),
    leftSection: <Icon size={17} aria-hidden />,
    onClick: () => void navigate({ to }),
  }));
  const deeds = [
    ...languages.map((language) => ({
      id: `language-${language}`,
      label: languageNames[language],
      description: t("shell.language"),
      leftSection: <IconLanguage size={17} aria-hidden />,
      onClick: () => void switchLanguage(language),
    })),
    ...(["light", "dark"] as const).map((theme) => ({
      id: `theme-${theme}`,
      label: t(`theme.${theme}`),
      description: t("shell.theme"),
      leftSection: theme === "dark" ? <IconMoon size={17} aria-hidden /> : <IconSun size={17} aria-hidden />,
      onClick: () => setColorScheme(theme),
    })),
  ];
  const sweeps = (asking ? (plans.data?.rows ?? []) : []).map((plan) => ({
    id: `scan-${plan.id}`,
    label: visible(plan.name),
    description: t("scans.scanNow"),
    leftSection: <IconRadar2 size={17} aria-hidden />,
    onClick: () =>
      scanNow.mutate(plan.id, {
        onSuccess: ({ id }) => void navigate({ to: "/scans/$scanId", params: { scanId: id } }),
      }),
  }));
  const found = asking ? (ports.data?.rows ?? []) : [];
  const machines = asking
    ? (hosts.data?.rows ?? [])
        .filter((host) => matches(host.hostname, ...host.addresses))
        .slice(0, hostsShown)
    : [];
  const groups: SpotlightActionGroupData[] = [
    {
      group: t("page.ports"),
      actions: [
        ...found.map((row) => ({
          id: `port-${row.id}`,
          label: `${endpointText(row)} ${row.service ?? ""}`.trim(),
          description: visible(`${row.process ?? t("owner.unknown")} · ${row.hostName}`),
          leftSection: <IconAnchor size={17} aria-hidden />,
          onClick: () => void navigate({ to: "/ports/$portId", params: { portId: row.id } }),
        })),
        ...(asking
          ? [
              {
                id: "search-ports",
                label: t("palette.searchPorts", { query: visible(query.trim()) }),
                leftSection: <IconSearch size={17} aria-hidden />,
                rightSection: <IconArrowRight size={15} aria-hidden />,
                onClick: () => void navigate({ to: "/ports", search: { q: query.trim() } }),
              },
            ]
          : []),
      ],
    },
    {
      group: t("page.hosts"),
      actions: machines.map((host) => ({
        id: `host-${host.id}`,
        label: visible(host.hostname),
        description: host.addresses.slice(0, 3).join(", "),
        leftSection: <IconServer2 size={17} aria-hidden />,
        onClick: () => void navigate({ to: "/hosts/$hostId", params: { hostId: host.id } }),
      })),
    },
    { group: t("palette.pages"), actions: pageActions.filter((action) => matches(action.label)) },
    {
      group: t("palette.actions"),
      actions: [...deeds, ...sweeps].filter((deed) => matches(deed.label, deed.description)),
    },
  ];
  const offered = groups.flatMap((group) => group.actions.map(({ id }) => id)).join(" ");
  const moved = useRef(false);
  useEffect(() => {
    if (!moved.current) chooseFirst();
  }, [offered]);
  return (
    <Spotlight
      query={query}
      onQueryChange={(text) => {
        moved.current = false;
        setQuery(text);
      }}
      // The shell listens, from its first moment on; this file may still be on its way.
      shortcut={null}
      // The server has already chosen; nothing is filtered twice.
      filter={(_, actions) => actions}
      actions={groups.filter((group) => group.actions.length > 0)}
      nothingFound={t("palette.nothing")}
      searchProps={{
        leftSection: <IconSearch size={18} aria-hidden />,
        placeholder: t("palette.placeholder"),
        "aria-label": t("palette.placeholder"),
        onKeyDown: (event) => {
          if (event.key === "ArrowDown" || event.key === "ArrowUp") moved.current = true;
        },
      }}
      lockScroll={false}
      scrollable
      maxHeight={460}
      closeOnActionTrigger
      clearQueryOnClose
    />
  );
}

/** Answers that come late push down what was chosen; until an arrow key says otherwise, Enter means the first. */
function chooseFirst(): void {
  document.querySelector(`${action}[data-selected]`)?.removeAttribute("data-selected");
  document.querySelector(action)?.setAttribute("data-selected", "true");
}
