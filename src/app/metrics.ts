import { readdirSync } from "node:fs";
import { connectionStates } from "../model/connection-counts.ts";
import type { ConnectionCounters } from "../model/connection-sample.ts";
import { eventKinds } from "../model/event.ts";
import { scanRunStates } from "../model/scan-plan.ts";
import { exposition, type ExpositionFormat } from "../sinks/prometheus/exposition.ts";
import type { Measured, Measurements, MetricName } from "../sinks/prometheus/metric-list.ts";
import type { ConnectionHostRecord, HostRecord, MetricRows } from "../store/rows.ts";
import type { Reader } from "../store/store.ts";
import type { IntakeFigures } from "./intake-tally.ts";
import { portSeries } from "./port-series.ts";
import type { Settings } from "./settings.ts";
import { lateAfterMs, sourceState } from "./source-health.ts";
import type { Moment } from "./thread-messages.ts";

/** Hosts on one page; those known longest stay on it. Some 30 series each. */
export const metricHostsMax = 1_000;

/** What the threads of the server know of themselves. */
export interface OwnFigures extends IntakeFigures {
  readonly version: string;
  readonly startedAtMs: number;
  /** Null: the writing thread does not answer. */
  readonly rowsWritten: number | null;
}

interface MetricsAsked {
  readonly format: ExpositionFormat;
  readonly settings: Settings["metrics"];
  readonly own: OwnFigures;
}

/** The whole page as text. Rendered here, in the reading thread: it never holds up the caller's loop. */
export async function metrics(
  reader: Reader,
  { format, settings, own }: MetricsAsked,
  { nowMs }: Moment,
): Promise<string> {
  const rows = await reader.metricRows({ hostsMax: metricHostsMax, ports: settings.ports.length > 0 });
  const heard = rows.connections.filter(({ atMs }) => nowMs - atMs <= lateAfterMs);
  const { leftOut, ...ports } = portSeries(
    heard.map((host) => ({ labels: labelsOf(host), ports: host.ports })),
    settings,
  );
  const figures: Measurements = {
    portolan_host_last_sample_timestamp_seconds: rows.connections.map((host) => [
      labelsOf(host),
      host.atMs / 1_000,
    ]),
    ...connectionFigures(heard),
    portolan_connection_trouble: troubleFigures(rows, heard),
    ...ports,
    ...portFigures(rows, nowMs),
    ...scanFigures(rows),
    portolan_hosts: [[[], rows.hostsInAll]],
    portolan_metrics_left_out: [
      [["hosts"], rows.hostsInAll - rows.hosts.length],
      [["ports"], leftOut],
    ],
    ...ownFigures(own),
  };
  return exposition(figures, format);
}

function labelsOf({ hostName, hostId }: Pick<ConnectionHostRecord, "hostName" | "hostId">) {
  return [hostName, hostId] as const;
}

const counterNames = {
  portolan_passive_opens_total: "passiveOpens",
  portolan_syn_cookies_sent_total: "synCookiesSent",
  portolan_syn_cookies_received_total: "synCookiesReceived",
  portolan_syn_cookies_failed_total: "synCookiesFailed",
  portolan_listen_overflows_total: "listenOverflows",
  portolan_listen_drops_total: "listenDrops",
} as const satisfies Partial<Record<MetricName, keyof ConnectionCounters>>;

/** Of hosts that were heard lately; what a host did not read has no series. */
function connectionFigures(hosts: readonly ConnectionHostRecord[]): Measurements {
  const each = (figure: (host: ConnectionHostRecord) => number | undefined): Measured[] =>
    hosts.flatMap((host) => {
      const value = figure(host);
      return value === undefined ? [] : [[labelsOf(host), value] as const];
    });
  const counters = Object.entries(counterNames).map(
    ([name, counter]) => [name, each(({ counters: read }) => read?.[counter])] as const,
  );
  return {
    portolan_tcp_connections: hosts.flatMap((host) =>
      connectionStates.map((state): Measured => [[...labelsOf(host), state], host.tcp[state]]),
    ),
    portolan_udp_sockets: each(({ udp }) => udp),
    portolan_remote_addresses: each(({ remotes }) => remotes),
    portolan_half_open_remote_addresses: each(({ halfOpenRemotes }) => halfOpenRemotes),
    ...Object.fromEntries(counters),
    portolan_conntrack_entries: each((host) => host.conntrack?.count),
    portolan_conntrack_entries_limit: each((host) => host.conntrack?.max),
    portolan_ephemeral_ports: each((host) => host.ephemeral?.size),
    portolan_ephemeral_ports_used: each((host) => host.ephemeral?.mostUsed),
  };
}

/** Two verdicts of one kind, as of two processes that leak, are one series. */
function troubleFigures({ findings }: MetricRows, heard: readonly ConnectionHostRecord[]): Measured[] {
  const firing = new Map(findings.map((found) => [found.hostId, found.firing]));
  return heard.flatMap((host) => {
    const counts = new Map<string, { kind: string; severity: string; count: number }>();
    for (const { kind, severity } of firing.get(host.hostId) ?? []) {
      const key = `${kind} ${severity}`;
      counts.set(key, { kind, severity, count: (counts.get(key)?.count ?? 0) + 1 });
    }
    return [...counts.values()].map(({ kind, severity, count }): Measured => [
      [...labelsOf(host), kind, severity],
      count,
    ]);
  });
}

/** Views that nobody has looked at for long tell nothing but when that was. */
function portFigures({ hosts, ports }: MetricRows, nowMs: number): Measurements {
  const views = new Map(hosts.flatMap((host) => viewsOf(host, nowMs)));
  const counted = new Map(ports.map((row) => [`${row.hostId} ${row.view}`, row]));
  const live = [...views].filter(([, { silent }]) => !silent);
  return {
    portolan_ports: live.flatMap(([key, { labels }]): Measured[] => {
      const { up = 0, down = 0 } = counted.get(key) ?? {};
      return [
        [[...labels, "up"], up],
        [[...labels, "down"], down],
      ];
    }),
    portolan_high_risk_ports: live.map(([key, { labels }]) => [labels, counted.get(key)?.highRisk ?? 0]),
    portolan_source_last_look_timestamp_seconds: [...views.values()].map(({ labels, lastLookMs }) => [
      labels,
      lastLookMs / 1_000,
    ]),
    portolan_stale_sources: hosts.map(({ id, hostname, sources }) => [
      [hostname, id],
      sources.filter((source) => sourceState(source, nowMs) !== "ok").length,
    ]),
  };
}

/** Host and view → the last look by any of its sources. */
function viewsOf({ id, hostname, sources }: HostRecord, nowMs: number) {
  return [...Map.groupBy(sources, ({ view }) => view)].map(([view, group]) => {
    const lastLookMs = Math.max(...group.map((source) => source.lastLookMs));
    const silent = group.every((source) => sourceState(source, nowMs) === "silent");
    return [`${id} ${view}`, { labels: [hostname, id, view], lastLookMs, silent }] as const;
  });
}

function scanFigures({ scanRuns, scanPlans }: MetricRows): Measurements {
  const runs = new Map(scanRuns.map((row) => [row.state, row.runs]));
  return {
    portolan_scan_runs: scanRunStates.map((state) => [[state], runs.get(state) ?? 0]),
    portolan_scan_last_success_timestamp_seconds: scanPlans.flatMap(({ id, name, doneAtMs }) =>
      doneAtMs === null ? [] : [[[name, id], doneAtMs / 1_000] as const],
    ),
  };
}

const descriptorFolder = "/proc/self/fd";

function ownFigures({ version, startedAtMs, rowsWritten, batches, events }: OwnFigures): Measurements {
  const { user, system } = process.cpuUsage();
  const descriptors = openDescriptors();
  return {
    portolan_events_total: eventKinds.map((kind) => [[kind], events[kind]]),
    portolan_intake_batches_total: Object.entries(batches).flatMap(([kind, outcomes]) =>
      Object.entries(outcomes).map(([outcome, count]): Measured => [[kind, outcome], count]),
    ),
    ...(rowsWritten === null ? {} : { portolan_store_rows_written_total: [[[], rowsWritten]] }),
    portolan_build_info: [[[version], 1]],
    process_cpu_seconds_total: [[[], (user + system) / 1e6]],
    process_resident_memory_bytes: [[[], process.memoryUsage.rss()]],
    ...(descriptors === null ? {} : { process_open_fds: [[[], descriptors]] }),
    process_start_time_seconds: [[[], startedAtMs / 1_000]],
  };
}

/** Null where there is no /proc. */
function openDescriptors(): number | null {
  try {
    return readdirSync(descriptorFolder).length;
  } catch {
    return null;
  }
}
