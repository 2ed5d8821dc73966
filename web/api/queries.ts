import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, type Query } from "./client.ts";
import type {
  AuditRow,
  Bucket,
  ConnectionHistory,
  EventRow,
  Facets,
  FleetConnections,
  FleetFindings,
  Health,
  HostConnectionsAnswer,
  HostFindings,
  HostRow,
  Overview,
  Page,
  PortDetail,
  PortRow,
  ScanPlanList,
  ScanRun,
  ScanRunDetail,
  Session,
  Token,
  User,
  ZabbixSetUp,
} from "./shapes.ts";

/** Keys that begin with "live" are asked again when the server tells of a change. */
const live = "live";
export const liveKey = [live] as const;

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => api<Session>("/session", { signal }),
  staleTime: Number.POSITIVE_INFINITY,
  retry: false,
});

export const setupQuery = queryOptions({
  queryKey: ["setup"],
  queryFn: ({ signal }) => api<{ needed: boolean }>("/setup", { signal }),
  staleTime: 0,
});

export const overviewQuery = queryOptions({
  queryKey: [live, "overview"],
  queryFn: ({ signal }) => api<Overview>("/overview", { signal }),
  refetchInterval: 60_000,
});

export const portsPageSize = 100;
/** One window of the grid (grid/windows.ts). */
export const portsPage = (query: Query, page: number) => ({
  queryKey: [live, "ports", query, page] as const,
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    api<Page<PortRow>>("/ports", {
      query: { ...query, offset: page * portsPageSize, limit: portsPageSize },
      signal,
    }),
});

export const facetsQuery = (query: Query) =>
  queryOptions({
    queryKey: [live, "facets", query],
    queryFn: ({ signal }) => api<Facets>("/ports/facets", { query, signal }),
  });

export const portQuery = (id: string) =>
  queryOptions({
    queryKey: [live, "port", id],
    queryFn: ({ signal }) => api<PortDetail>(`/ports/${encodeURIComponent(id)}`, { signal }),
  });

export const portsListQuery = (query: Query) =>
  queryOptions({
    queryKey: [live, "ports-list", query],
    queryFn: ({ signal }) => api<Page<PortRow>>("/ports", { query, signal }),
  });

export const eventsPageSize = 100;
export const newestEvents = (query: Query) =>
  queryOptions({
    queryKey: [live, "events-head", query],
    queryFn: ({ signal }) =>
      api<Page<EventRow>>("/events", { query: { ...query, limit: eventsPageSize }, signal }),
  });
/** The list as it was when it was opened, and older pages; the head comes by `newestEvents`. */
export const olderEvents = (query: Query) =>
  infiniteQueryOptions({
    queryKey: ["events-tail", query],
    queryFn: ({ signal, pageParam }) =>
      api<Page<EventRow>>("/events", {
        query: { ...query, limit: eventsPageSize, cursor: pageParam ?? undefined },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });

export const histogramQuery = (query: Query) =>
  queryOptions({
    queryKey: [live, "histogram", query],
    queryFn: ({ signal }) => api<{ buckets: Bucket[] }>("/events/histogram", { query, signal }),
  });

export const zabbixSetUpQuery = (query: Query) =>
  queryOptions({
    queryKey: ["zabbix-set-up", query],
    queryFn: ({ signal }) => api<ZabbixSetUp>("/integrations/zabbix", { query, signal }),
  });

export const hostsQuery = queryOptions({
  queryKey: [live, "hosts"],
  queryFn: ({ signal }) => api<Page<HostRow>>("/hosts", { query: { limit: 1000 }, signal }),
  refetchInterval: 30_000,
});

export const hostQuery = (id: string) =>
  queryOptions({
    queryKey: [live, "host", id],
    queryFn: ({ signal }) => api<HostRow>(`/hosts/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: 30_000,
  });

/** Asked again when the server tells of a scan, and of nothing else. */
const scans = "scans";
export const scansKey = [scans] as const;
export const scanPlansQuery = queryOptions({
  queryKey: [scans, "plans"],
  queryFn: ({ signal }) => api<ScanPlanList>("/scan-plans", { signal }),
});
const scansPageSize = 50;
/** Newest first; a page after the first by the cursor of the one before. */
export const scansQuery = (query: { readonly planId?: string | undefined; readonly cursor?: string }) =>
  queryOptions({
    queryKey: [scans, "page", query],
    queryFn: ({ signal }) =>
      api<Page<ScanRun>>("/scans", { query: { ...query, limit: scansPageSize }, signal }),
  });
export const lastScanQuery = (planId: string) =>
  queryOptions({
    queryKey: [scans, "last", planId],
    queryFn: ({ signal }) => api<Page<ScanRun>>("/scans", { query: { planId, limit: 1 }, signal }),
  });
export const scanQuery = (id: string) =>
  queryOptions({
    queryKey: [scans, "one", id],
    queryFn: ({ signal }) => api<ScanRunDetail>(`/scans/${encodeURIComponent(id)}`, { signal }),
    // What is over and told does not change any more, however many other scans go on.
    staleTime: ({ state: { data } }) =>
      data !== undefined && data.endedAtMs !== null && data.outcome !== null ? "static" : 10_000,
  });

/** Agents count every 8 s, and each count changes something: asked for by time, not by hints. */
const connections = "connections";
const connectionsEveryMs = 10_000;
/** An hour in points of 10 s, a day of 5 min, a week of 30 min, a year of a day. */
const historyPoints = 370;
export const fleetConnectionsQuery = queryOptions({
  queryKey: [connections, "fleet"],
  queryFn: ({ signal }) => api<FleetConnections>("/connections", { signal }),
  refetchInterval: connectionsEveryMs,
});
export const hostConnectionsQuery = (id: string) =>
  queryOptions({
    queryKey: [connections, "host", id],
    queryFn: ({ signal }) =>
      api<HostConnectionsAnswer>(`/hosts/${encodeURIComponent(id)}/connections`, { signal }),
    refetchInterval: connectionsEveryMs,
  });
/** Asked for by time, for the figures, and again at once when an event tells of trouble. */
export const fleetFindingsQuery = queryOptions({
  queryKey: [live, "findings"],
  queryFn: ({ signal }) => api<FleetFindings>("/connections/findings", { signal }),
  refetchInterval: connectionsEveryMs,
});
export const hostFindingsQuery = (id: string) =>
  queryOptions({
    queryKey: [live, "findings", id],
    queryFn: ({ signal }) =>
      api<HostFindings>(`/hosts/${encodeURIComponent(id)}/connections/findings`, { signal }),
    refetchInterval: connectionsEveryMs,
  });
/** Up to now, by the clock of the server. Of the fleet where there is no id. */
export const connectionHistoryQuery = (id: string | undefined, spanMs: number, now: () => number) =>
  queryOptions({
    queryKey: [connections, "history", id, spanMs],
    queryFn: ({ signal }) => {
      const to = Math.round(now());
      const path = id === undefined ? "" : `/hosts/${encodeURIComponent(id)}`;
      const query = { from: to - spanMs, to, points: historyPoints };
      return api<ConnectionHistory>(`${path}/connections/history`, { query, signal });
    },
    // A point of a long span takes hours to come.
    refetchInterval: Math.max(connectionsEveryMs, spanMs / historyPoints / 2),
  });

export const usersQuery = queryOptions({
  queryKey: ["users"],
  queryFn: ({ signal }) => api<Page<User>>("/users", { query: { limit: 1000 }, signal }),
});
export const tokensQuery = queryOptions({
  queryKey: ["tokens"],
  queryFn: ({ signal }) => api<Page<Token>>("/tokens", { query: { limit: 1000 }, signal }),
});
export const auditQuery = infiniteQueryOptions({
  queryKey: ["audit"],
  queryFn: ({ signal, pageParam }) =>
    api<Page<AuditRow>>("/audit", { query: { limit: 100, cursor: pageParam ?? undefined }, signal }),
  initialPageParam: null as string | null,
  getNextPageParam: (last) => last.nextCursor,
});
export const healthQuery = queryOptions({
  queryKey: [live, "health"],
  queryFn: ({ signal }) => api<Health>("/health", { signal }),
  refetchInterval: 15_000,
});
