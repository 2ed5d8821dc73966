/** What one metric is: the only place from which `/metrics`, the tables in the docs and the tests know it. */
export interface Metric {
  /** `info`: a gauge that is always 1, whose labels are the message. */
  readonly type: "gauge" | "counter" | "info";
  /** Names of its labels, in the order in which values are given. */
  readonly labels: readonly string[];
  readonly help: string;
  readonly zh: string;
  /** OpenTelemetry's name, where its semantic conventions have one; else what the name would be by their rules. */
  readonly openTelemetry: string;
}

const host = ["host", "host_id"] as const;
const port = [...host, "transport", "port"] as const;

/** In the order of the page. Counters bear `_total`, infos `_info`; units are seconds and bytes. */
export const metricList = {
  portolan_host_last_sample_timestamp_seconds: {
    type: "gauge",
    labels: host,
    help: "When the host's connections were last counted, by the server's clock. The only series of a silent host.",
    zh: "最近一次统计该主机连接数的时间(以服务端时钟为准)。主机失联后只保留此序列。",
    openTelemetry: "portolan.host.last_sample.timestamp",
  },
  portolan_tcp_connections: {
    type: "gauge",
    labels: [...host, "state"],
    help: "TCP sockets in each of the eleven states of RFC 9293.",
    zh: "按 RFC 9293 的十一种状态统计的 TCP 套接字数。",
    openTelemetry: "system.network.connection.count{network.transport=tcp, network.connection.state}",
  },
  portolan_udp_sockets: {
    type: "gauge",
    labels: host,
    help: "UDP sockets.",
    zh: "UDP 套接字数。",
    openTelemetry: "system.network.connection.count{network.transport=udp}",
  },
  portolan_remote_addresses: {
    type: "gauge",
    labels: host,
    help: "Different remote addresses of all connections.",
    zh: "全部连接的不同远端地址数。",
    openTelemetry: "portolan.remote.count",
  },
  portolan_half_open_remote_addresses: {
    type: "gauge",
    labels: host,
    help: "Different remote addresses of half-open connections (SYN-RECEIVED).",
    zh: "半开连接(SYN-RECEIVED)的不同远端地址数。",
    openTelemetry: "portolan.remote.half_open.count",
  },
  portolan_connection_trouble: {
    type: "gauge",
    labels: [...host, "kind", "severity"],
    help: "Verdicts of Portolan on the host's connections that stand now: floods, leaks, missing ports, full queues.",
    zh: "Portolan 对该主机连接当前成立的判定数:洪水、泄漏、端口耗尽、队列溢出。",
    openTelemetry: "portolan.connection.trouble",
  },
  portolan_passive_opens_total: {
    type: "counter",
    labels: host,
    help: "Handshakes that others began and that were completed.",
    zh: "由对方发起并完成的握手数。",
    openTelemetry: "portolan.tcp.passive_opens",
  },
  portolan_syn_cookies_sent_total: {
    type: "counter",
    labels: host,
    help: "SYN cookies sent.",
    zh: "已发送的 SYN cookie 数。",
    openTelemetry: "portolan.tcp.syn_cookies{direction=sent}",
  },
  portolan_syn_cookies_received_total: {
    type: "counter",
    labels: host,
    help: "Right SYN cookies that came back.",
    zh: "返回且正确的 SYN cookie 数。",
    openTelemetry: "portolan.tcp.syn_cookies{direction=received}",
  },
  portolan_syn_cookies_failed_total: {
    type: "counter",
    labels: host,
    help: "Wrong SYN cookies that came back.",
    zh: "返回但错误的 SYN cookie 数。",
    openTelemetry: "portolan.tcp.syn_cookies{direction=failed}",
  },
  portolan_listen_overflows_total: {
    type: "counter",
    labels: host,
    help: "Connections refused because a queue of a listener was full.",
    zh: "因监听队列已满而被拒绝的连接数。",
    openTelemetry: "portolan.tcp.listen.overflows",
  },
  portolan_listen_drops_total: {
    type: "counter",
    labels: host,
    help: "Connections dropped at a listener for whatever reason.",
    zh: "监听端因各种原因丢弃的连接数。",
    openTelemetry: "portolan.tcp.listen.drops",
  },
  portolan_conntrack_entries: {
    type: "gauge",
    labels: host,
    help: "Connections that the kernel's connection tracking holds.",
    zh: "内核连接跟踪表中的条目数。",
    openTelemetry: "portolan.conntrack.usage",
  },
  portolan_conntrack_entries_limit: {
    type: "gauge",
    labels: host,
    help: "Connections that the kernel's connection tracking can hold.",
    zh: "内核连接跟踪表的容量。",
    openTelemetry: "portolan.conntrack.limit",
  },
  portolan_ephemeral_ports: {
    type: "gauge",
    labels: host,
    help: "Local ports that outgoing connections may use.",
    zh: "外出连接可用的本地端口数。",
    openTelemetry: "portolan.ephemeral_ports.limit",
  },
  portolan_ephemeral_ports_used: {
    type: "gauge",
    labels: host,
    help: "The most local ports that connections to one remote endpoint take.",
    zh: "到同一远端端点的连接所占用的本地端口数(取最大者)。",
    openTelemetry: "portolan.ephemeral_ports.usage",
  },
  portolan_port_connections: {
    type: "gauge",
    labels: port,
    help: 'Sockets at a local port, without those that only listen; port="other": all that have no series of their own.',
    zh: '某个本地端口上的套接字数,不含仅监听者;port="other" 为没有单独序列的端口合计。',
    openTelemetry: "portolan.port.connection.count",
  },
  portolan_port_half_open_connections: {
    type: "gauge",
    labels: port,
    help: "Half-open connections (SYN-RECEIVED) at a local port.",
    zh: "某个本地端口上的半开连接(SYN-RECEIVED)数。",
    openTelemetry: "portolan.port.half_open.count",
  },
  portolan_port_accept_queue: {
    type: "gauge",
    labels: port,
    help: "Connections that wait to be accepted at a port.",
    zh: "某个端口上等待 accept 的连接数。",
    openTelemetry: "portolan.port.accept_queue.usage",
  },
  portolan_port_accept_queue_limit: {
    type: "gauge",
    labels: port,
    help: "Connections that may wait to be accepted at a port.",
    zh: "某个端口的 accept 队列上限。",
    openTelemetry: "portolan.port.accept_queue.limit",
  },
  portolan_ports: {
    type: "gauge",
    labels: [...host, "view", "state"],
    help: "Ports known, by view (inside, outside) and state (up, down).",
    zh: "已知端口数,按视角(inside、outside)与状态(up、down)统计。",
    openTelemetry: "portolan.port.count",
  },
  portolan_high_risk_ports: {
    type: "gauge",
    labels: [...host, "view"],
    help: "Ports that are up and dangerous to leave open.",
    zh: "处于开放状态的高危端口数。",
    openTelemetry: "portolan.port.high_risk.count",
  },
  portolan_source_last_look_timestamp_seconds: {
    type: "gauge",
    labels: [...host, "view"],
    help: "When a host's ports were last looked at in this view, by the server's clock.",
    zh: "最近一次从该视角查看主机端口的时间(以服务端时钟为准)。",
    openTelemetry: "portolan.source.last_look.timestamp",
  },
  portolan_stale_sources: {
    type: "gauge",
    labels: host,
    help: "Sources of a host that are late or silent.",
    zh: "该主机延迟或失联的数据源数。",
    openTelemetry: "portolan.source.stale.count",
  },
  portolan_events_total: {
    type: "counter",
    labels: ["kind"],
    help: "Events since the server's start, by kind.",
    zh: "服务端启动以来各类事件数。",
    openTelemetry: "portolan.events",
  },
  portolan_scan_runs: {
    type: "gauge",
    labels: ["state"],
    help: "Runs of scans that are kept, by state.",
    zh: "保留的扫描运行记录数,按状态统计。",
    openTelemetry: "portolan.scan.run.count",
  },
  portolan_scan_last_success_timestamp_seconds: {
    type: "gauge",
    labels: ["plan", "plan_id"],
    help: "When a scan of this plan was last completed.",
    zh: "该扫描计划最近一次完成的时间。",
    openTelemetry: "portolan.scan.last_success.timestamp",
  },
  portolan_hosts: {
    type: "gauge",
    labels: [],
    help: "Hosts known that have not left the inventory.",
    zh: "清单中的主机数。",
    openTelemetry: "portolan.host.count",
  },
  portolan_metrics_left_out: {
    type: "gauge",
    labels: ["what"],
    help: "What a cap kept from this page: hosts, or ports that were asked for.",
    zh: "因上限而未列出的主机数(hosts)或所要求的端口数(ports)。",
    openTelemetry: "portolan.metrics.left_out",
  },
  portolan_intake_batches_total: {
    type: "counter",
    labels: ["kind", "outcome"],
    help: "Batches that agents and scan nodes sent since the server's start: looks or connections, taken or refused.",
    zh: "服务端启动以来收到的批次数:端口快照(looks)或连接样本(connections),已接收(taken)或被拒绝(refused)。",
    openTelemetry: "portolan.intake.batches",
  },
  portolan_store_rows_written_total: {
    type: "counter",
    labels: [],
    help: "Rows inserted, updated and deleted since the writing thread's start.",
    zh: "写线程启动以来插入、更新、删除的行数。",
    openTelemetry: "portolan.store.rows_written",
  },
  portolan_build_info: {
    type: "info",
    labels: ["version"],
    help: "The version that runs.",
    zh: "正在运行的版本。",
    openTelemetry: "service.version",
  },
  process_cpu_seconds_total: {
    type: "counter",
    labels: [],
    help: "CPU time of the server, user and system.",
    zh: "服务端占用的 CPU 时间(用户态与内核态)。",
    openTelemetry: "process.cpu.time",
  },
  process_resident_memory_bytes: {
    type: "gauge",
    labels: [],
    help: "Resident memory of the server.",
    zh: "服务端的常驻内存。",
    openTelemetry: "process.memory.usage",
  },
  process_open_fds: {
    type: "gauge",
    labels: [],
    help: "Open file descriptors of the server.",
    zh: "服务端打开的文件描述符数。",
    openTelemetry: "process.unix.file_descriptor.count",
  },
  process_start_time_seconds: {
    type: "gauge",
    labels: [],
    help: "When the server was started, since 1970.",
    zh: "服务端启动时间(自 1970 年起)。",
    openTelemetry: "process.creation.time",
  },
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof metricList;

/** Values of the labels, in the order of the metric's own list, and the figure. */
export type Measured = readonly [labels: readonly string[], value: number];
export type Measurements = Readonly<Partial<Record<MetricName, readonly Measured[]>>>;
