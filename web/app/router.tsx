import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { ApiError, queryClient } from "../api/client.ts";
import { sessionQuery, setupQuery } from "../api/queries.ts";
import { eventSearchKeys } from "../pages/events/event-filter.ts";
import { portSearchKeys } from "../pages/ports/port-filter.ts";
import { Failure } from "../states/states.tsx";
import { parseSearch, pick, stringifySearch } from "./search.ts";
import { Shell } from "./shell.tsx";

const root = createRootRoute({ component: Outlet, errorComponent: ({ error }) => <Failure error={error} /> });

const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  component: Shell,
  beforeLoad: async ({ location }) => {
    try {
      await queryClient.ensureQueryData(sessionQuery);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      const setup = await queryClient.fetchQuery(setupQuery);
      if (setup.needed) throw redirect({ to: "/setup" });
      throw redirect({ to: "/login", search: location.href === "/" ? {} : { next: location.href } });
    }
  },
});

const inShell = () => shell;

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: pick("next"),
  component: lazyRouteComponent(() => import("../pages/login.tsx"), "LoginPage"),
});
const setup = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  component: lazyRouteComponent(() => import("../pages/setup.tsx"), "SetupPage"),
});
const overview = createRoute({
  getParentRoute: inShell,
  path: "/",
  component: lazyRouteComponent(() => import("../pages/overview.tsx"), "OverviewPage"),
});
const ports = createRoute({
  getParentRoute: inShell,
  path: "/ports",
  validateSearch: pick(...portSearchKeys),
  component: lazyRouteComponent(() => import("../pages/ports/ports.tsx"), "PortsPage"),
});
const port = createRoute({
  getParentRoute: inShell,
  path: "/ports/$portId",
  component: lazyRouteComponent(() => import("../pages/port/port.tsx"), "PortPage"),
});
const events = createRoute({
  getParentRoute: inShell,
  path: "/events",
  validateSearch: pick(...eventSearchKeys),
  component: lazyRouteComponent(() => import("../pages/events/events.tsx"), "EventsPage"),
});
const hosts = createRoute({
  getParentRoute: inShell,
  path: "/hosts",
  validateSearch: pick("q", "health", "sort"),
  component: lazyRouteComponent(() => import("../pages/hosts/hosts.tsx"), "HostsPage"),
});
const host = createRoute({
  getParentRoute: inShell,
  path: "/hosts/$hostId",
  component: lazyRouteComponent(() => import("../pages/hosts/host.tsx"), "HostPage"),
});
const connections = createRoute({
  getParentRoute: inShell,
  path: "/connections",
  validateSearch: pick("span"),
  component: lazyRouteComponent(() => import("../pages/connections/connections.tsx"), "ConnectionsPage"),
});
const hostConnections = createRoute({
  getParentRoute: inShell,
  path: "/connections/$hostId",
  validateSearch: pick("span", "rows"),
  component: lazyRouteComponent(
    () => import("../pages/connections/host-connections.tsx"),
    "HostConnectionsPage",
  ),
});
const scans = createRoute({
  getParentRoute: inShell,
  path: "/scans",
  validateSearch: pick("plan", "cursor"),
  component: lazyRouteComponent(() => import("../pages/scans/scans.tsx"), "ScansPage"),
});
const scan = createRoute({
  getParentRoute: inShell,
  path: "/scans/$scanId",
  validateSearch: pick("sort"),
  component: lazyRouteComponent(() => import("../pages/scans/scan.tsx"), "ScanPage"),
});
const settings = createRoute({
  getParentRoute: inShell,
  path: "/settings",
  component: lazyRouteComponent(() => import("../pages/settings/settings.tsx"), "SettingsPage"),
});
const settingsIndex = createRoute({
  getParentRoute: () => settings,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/settings/profile", replace: true });
  },
});
const profile = createRoute({
  getParentRoute: () => settings,
  path: "profile",
  component: lazyRouteComponent(() => import("../pages/settings/profile.tsx"), "ProfileSection"),
});
const users = createRoute({
  getParentRoute: () => settings,
  path: "users",
  component: lazyRouteComponent(() => import("../pages/settings/users.tsx"), "UsersSection"),
});
const tokens = createRoute({
  getParentRoute: () => settings,
  path: "tokens",
  component: lazyRouteComponent(() => import("../pages/settings/tokens.tsx"), "TokensSection"),
});
const integrations = createRoute({
  getParentRoute: () => settings,
  path: "integrations",
  component: lazyRouteComponent(
    () => import("../pages/settings/integrations/integrations.tsx"),
    "IntegrationsSection",
  ),
});
const audit = createRoute({
  getParentRoute: () => settings,
  path: "audit",
  component: lazyRouteComponent(() => import("../pages/settings/audit.tsx"), "AuditSection"),
});
const health = createRoute({
  getParentRoute: () => settings,
  path: "health",
  component: lazyRouteComponent(() => import("../pages/settings/health.tsx"), "HealthSection"),
});
const missing = createRoute({
  getParentRoute: inShell,
  path: "$",
  component: lazyRouteComponent(() => import("../pages/missing.tsx"), "MissingPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    login,
    setup,
    shell.addChildren([
      overview,
      ports,
      port,
      events,
      hosts,
      host,
      connections,
      hostConnections,
      scans,
      scan,
      settings.addChildren([settingsIndex, profile, users, tokens, integrations, audit, health]),
      missing,
    ]),
  ]),
  parseSearch,
  stringifySearch,
  defaultPreload: "intent",
  defaultErrorComponent: ({ error, reset }) => <Failure error={error} retry={reset} />,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
