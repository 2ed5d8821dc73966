// What the Grafana dashboard shows, and what it asks Prometheus for it.

/** One line of a chart. */
interface Query {
  readonly expr: string;
  /** How a line is called; `{{label}}` stands for its value. */
  readonly legend?: string;
}

export interface Panel {
  readonly title: string;
  readonly about?: string;
  readonly kind: "stat" | "timeseries" | "table";
  readonly unit?: "short" | "percentunit" | "s" | "bytes" | "ops" | "dateTimeFromNow";
  readonly stacked?: boolean;
  /** Of the 24 columns. */
  readonly width: number;
  readonly queries: readonly Query[];
}

const host = 'host=~"$host"';
const byHost = "{{host}}";
const perSecond = (metric: string): string => `sum by (host) (rate(${metric}{${host}}[$__rate_interval]))`;
const share = (part: string, whole: string): string =>
  `sum by (host) (${part}{${host}}) / sum by (host) (${whole}{${host}})`;
const inState = (state: string): string =>
  `sum by (host) (portolan_tcp_connections{${host},state="${state}"})`;

const overview: readonly Panel[] = [
  { title: "Hosts", kind: "stat", width: 4, queries: [{ expr: "portolan_hosts" }] },
  {
    title: "Silent hosts",
    about: "Not heard for two minutes.",
    kind: "stat",
    width: 4,
    queries: [{ expr: "count(time() - portolan_host_last_sample_timestamp_seconds > 120) or vector(0)" }],
  },
  {
    title: "Connections",
    kind: "stat",
    width: 4,
    queries: [{ expr: `sum(portolan_tcp_connections{${host},state!="LISTEN"})` }],
  },
  {
    title: "Half-open",
    about: "SYN-RECEIVED: many of them, and few completed handshakes, are a SYN flood.",
    kind: "stat",
    width: 4,
    queries: [{ expr: `sum(portolan_tcp_connections{${host},state="SYN-RECEIVED"})` }],
  },
  {
    title: "Open ports",
    kind: "stat",
    width: 4,
    queries: [{ expr: `sum(portolan_ports{${host},state="up"})` }],
  },
  {
    title: "High-risk ports",
    kind: "stat",
    width: 4,
    queries: [{ expr: `sum(portolan_high_risk_ports{${host}})` }],
  },
];

const connections: readonly Panel[] = [
  {
    title: "Trouble",
    about: "What Portolan has judged to be wrong with connections; 0 where nothing is.",
    kind: "timeseries",
    width: 24,
    queries: [
      {
        expr: `sum by (host, kind) (portolan_connection_trouble{${host},severity!="look"}) or vector(0)`,
        legend: `${byHost} {{kind}}`,
      },
    ],
  },
  {
    title: "TCP connections by state",
    kind: "timeseries",
    stacked: true,
    width: 12,
    queries: [
      {
        expr: `sum by (state) (portolan_tcp_connections{${host},state!="LISTEN"})`,
        legend: "{{state}}",
      },
    ],
  },
  {
    title: "Half-open connections",
    kind: "timeseries",
    width: 12,
    queries: [{ expr: inState("SYN-RECEIVED"), legend: byHost }],
  },
  {
    title: "Remote addresses",
    kind: "timeseries",
    width: 8,
    queries: [{ expr: `sum by (host) (portolan_remote_addresses{${host}})`, legend: byHost }],
  },
  {
    title: "CLOSE-WAIT",
    about: "A level that only grows is a process that forgets to close.",
    kind: "timeseries",
    width: 8,
    queries: [{ expr: inState("CLOSE-WAIT"), legend: byHost }],
  },
  {
    title: "UDP sockets",
    kind: "timeseries",
    width: 8,
    queries: [{ expr: `sum by (host) (portolan_udp_sockets{${host}})`, legend: byHost }],
  },
  {
    title: "Turned away at a full queue",
    kind: "timeseries",
    unit: "ops",
    width: 8,
    queries: [
      { expr: perSecond("portolan_listen_overflows_total"), legend: `${byHost} overflows` },
      { expr: perSecond("portolan_listen_drops_total"), legend: `${byHost} drops` },
    ],
  },
  {
    title: "SYN cookies",
    kind: "timeseries",
    unit: "ops",
    width: 8,
    queries: [
      { expr: perSecond("portolan_syn_cookies_sent_total"), legend: `${byHost} sent` },
      { expr: perSecond("portolan_syn_cookies_received_total"), legend: `${byHost} came back` },
      { expr: perSecond("portolan_syn_cookies_failed_total"), legend: `${byHost} wrong` },
    ],
  },
  {
    title: "How full",
    about: "Connection tracking, and the local ports towards one remote endpoint.",
    kind: "timeseries",
    unit: "percentunit",
    width: 8,
    queries: [
      {
        expr: share("portolan_conntrack_entries", "portolan_conntrack_entries_limit"),
        legend: `${byHost} conntrack`,
      },
      {
        expr: share("portolan_ephemeral_ports_used", "portolan_ephemeral_ports"),
        legend: `${byHost} local ports`,
      },
    ],
  },
  {
    title: "Busiest ports",
    about: "Only ports that metrics.ports of the configuration names.",
    kind: "timeseries",
    width: 12,
    queries: [
      { expr: `topk(10, portolan_port_connections{${host}})`, legend: `${byHost} {{transport}}/{{port}}` },
    ],
  },
  {
    title: "Accept queues, share of their limit",
    about: "Only ports that metrics.ports of the configuration names.",
    kind: "timeseries",
    unit: "percentunit",
    width: 12,
    queries: [
      {
        expr: `topk(10, portolan_port_accept_queue{${host}} / (portolan_port_accept_queue_limit{${host}} > 0))`,
        legend: `${byHost} {{transport}}/{{port}}`,
      },
    ],
  },
];

const ports: readonly Panel[] = [
  {
    title: "Open ports by view",
    kind: "timeseries",
    width: 8,
    queries: [
      { expr: `sum by (host, view) (portolan_ports{${host},state="up"})`, legend: `${byHost} {{view}}` },
    ],
  },
  {
    title: "Events",
    kind: "timeseries",
    width: 8,
    queries: [
      { expr: "sum by (kind) (increase(portolan_events_total[$__rate_interval]))", legend: "{{kind}}" },
    ],
  },
  {
    title: "Last heard",
    kind: "table",
    unit: "s",
    width: 8,
    queries: [
      { expr: `sort_desc(time() - portolan_host_last_sample_timestamp_seconds{${host}})`, legend: byHost },
    ],
  },
];

const server: readonly Panel[] = [
  {
    title: "CPU, cores",
    kind: "timeseries",
    width: 6,
    queries: [
      {
        expr: "rate(process_cpu_seconds_total[$__rate_interval]) and on (job, instance) portolan_build_info",
        legend: "{{instance}}",
      },
    ],
  },
  {
    title: "Memory",
    kind: "timeseries",
    unit: "bytes",
    width: 6,
    queries: [
      {
        expr: "process_resident_memory_bytes and on (job, instance) portolan_build_info",
        legend: "{{instance}}",
      },
    ],
  },
  {
    title: "Batches",
    kind: "timeseries",
    unit: "ops",
    width: 6,
    queries: [
      {
        expr: "sum by (kind, outcome) (rate(portolan_intake_batches_total[$__rate_interval]))",
        legend: "{{kind}} {{outcome}}",
      },
    ],
  },
  {
    title: "Rows written",
    kind: "timeseries",
    unit: "ops",
    width: 6,
    queries: [{ expr: "rate(portolan_store_rows_written_total[$__rate_interval])", legend: "{{instance}}" }],
  },
];

/** Title of a row → its panels. */
export const dashboardRows = { Overview: overview, Connections: connections, Ports: ports, Server: server };

/** Every query as it stands in the file. */
export const dashboardQueries: readonly string[] = Object.values(dashboardRows)
  .flat()
  .flatMap(({ queries }) => queries.map(({ expr }) => expr));
