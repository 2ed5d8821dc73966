// What the Zabbix template says to people, in both languages.
import type { ConnectionState } from "../src/model/connection-counts.ts";

interface Words {
  /** Behind the technical name of a template: technical names are ASCII. */
  readonly suffix: string;
  readonly statesTemplate: string;
  readonly statesAbout: string;
  readonly hostTemplate: string;
  readonly hostAbout: string;
  readonly trapperTemplate: string;
  readonly trapperAbout: string;
  readonly states: Readonly<Record<ConnectionState, readonly [name: string, meaning: string]>>;
  readonly allStates: string;
  readonly event: string;
  readonly eventAbout: string;
  readonly discovery: string;
  readonly endpoint: string;
  readonly listening: string;
  readonly notListening: string;
  readonly halfOpenTrigger: readonly [name: string, advice: string];
  readonly sentTrigger: readonly [name: string, advice: string];
  readonly closeWaitTrigger: readonly [name: string, advice: string];
  readonly timeWaitTrigger: readonly [name: string, advice: string];
  readonly silentTrigger: readonly [name: string, advice: string];
  readonly downTrigger: readonly [name: string, advice: string];
  readonly statesGraph: string;
  readonly endsGraph: string;
  readonly macros: Readonly<Record<string, string>>;
}

const en: Words = {
  suffix: "",
  statesTemplate: "Portolan TCP states",
  statesAbout:
    "TCP connections by state, one check for each. For any Zabbix agent with the line UserParameter=tcp.status[*] of Portolan, and for Portolan's own passive port.",
  hostTemplate: "Portolan host",
  hostAbout:
    "TCP connections by state in one check, listening ports found by themselves, events. For Portolan's own passive port.",
  trapperTemplate: "Portolan trapper",
  trapperAbout:
    "TCP connections by state and events, sent by Portolan's server (zabbix.trapper.counts: on). For hosts that Zabbix cannot ask.",
  states: {
    LISTEN: ["TCP LISTEN", "Waiting for connections from any remote TCP."],
    "SYN-SENT": [
      "TCP SYN-SENT",
      "Asked for a connection, no answer yet. Many of them to many machines: a scanner or a worm runs here.",
    ],
    "SYN-RECEIVED": [
      "TCP SYN-RECEIVED",
      "Half-open: asked by a peer and answered, not yet confirmed. Many of them: a SYN flood.",
    ],
    ESTABLISHED: ["TCP ESTABLISHED", "Open connections: data can flow both ways."],
    "FIN-WAIT-1": ["TCP FIN-WAIT-1", "Closed by us, not yet confirmed by the peer."],
    "FIN-WAIT-2": ["TCP FIN-WAIT-2", "Closed by us and confirmed, the peer still open."],
    "CLOSE-WAIT": [
      "TCP CLOSE-WAIT",
      "Closed by the peer; a process here has yet to call close(). A number that grows is a leak in that process.",
    ],
    CLOSING: ["TCP CLOSING", "Closed by both at once, not yet confirmed by the peer."],
    "LAST-ACK": ["TCP LAST-ACK", "Closed by both, the last confirmation is awaited."],
    "TIME-WAIT": [
      "TCP TIME-WAIT",
      "Closed by us and waiting until late segments are gone. Each holds a local port for a while.",
    ],
    CLOSED: ["TCP CLOSED", "Sockets without a connection."],
  },
  allStates: "TCP connections by state",
  event: "Portolan events",
  eventAbout: "Ports that appeared, went down, came back or changed hands, as JSON. Portolan sends them.",
  discovery: "Listening ports",
  endpoint: "{#ENDPOINT} ({#PROCESS})",
  listening: "listening",
  notListening: "not listening",
  halfOpenTrigger: [
    "Many half-open TCP connections on {HOST.NAME}",
    "SYN-RECEIVED stays at {$PORTOLAN.SYN.RECEIVED.MAX} or more. A SYN flood, or a peer whose answers do not come through. See: portolan connections --state SYN-RECEIVED --by remote",
  ],
  sentTrigger: [
    "Many TCP connection attempts from {HOST.NAME} without an answer",
    "SYN-SENT stays at {$PORTOLAN.SYN.SENT.MAX} or more. To one address: that service is down. To many: a scanner or a worm runs here. See: portolan connections --state SYN-SENT --by remote",
  ],
  closeWaitTrigger: [
    "TCP CLOSE-WAIT grows on {HOST.NAME}",
    "A process does not close connections that its peers have closed, and will run out of file descriptors. See: portolan connections --state CLOSE-WAIT --by process",
  ],
  timeWaitTrigger: [
    "TCP TIME-WAIT piles up on {HOST.NAME}",
    "Local ports may run out for connections to one address and port. Let clients keep connections open, or widen net.ipv4.ip_local_port_range.",
  ],
  silentTrigger: [
    "No TCP figures from {HOST.NAME}",
    "Nothing came for {$PORTOLAN.NODATA}. Is Portolan or the Zabbix agent running, and may this server ask it?",
  ],
  downTrigger: [
    "{#ENDPOINT} on {HOST.NAME} is not listening any more",
    "Two looks in a row found nobody listening there. It was: {#PROCESS}",
  ],
  statesGraph: "TCP connections by state",
  endsGraph: "TCP connections that begin or end",
  macros: {
    "{$PORTOLAN.INTERVAL}": "How often states and ports are looked at.",
    "{$PORTOLAN.NODATA}": "Silence after which figures count as missing.",
    "{$PORTOLAN.SYN.RECEIVED.MAX}":
      "Half-open connections from which on it is a flood: a first value, fit it to the host.",
    "{$PORTOLAN.SYN.SENT.MAX}": "Unanswered attempts from which on it is a scan.",
    "{$PORTOLAN.CLOSE.WAIT.MIN}": "Fewer than this are no leak, growing or not.",
    "{$PORTOLAN.CLOSE.WAIT.WINDOW}":
      "It grows when it is higher all through this time than at any moment of the same time before.",
    "{$PORTOLAN.TIME.WAIT.MAX}": "Of 28,232 local ports that Linux has by default.",
    "{$PORTOLAN.DISCOVERY.INTERVAL}": "How often new listening ports are looked for.",
    "{$PORTOLAN.PORTS.MATCHES}": "Only endpoints like this become items: tcp/0.0.0.0:22.",
    "{$PORTOLAN.PORTS.NOT_MATCHES}": "Endpoints like this do not: UDP sockets of clients come and go.",
  },
};

const zh: Words = {
  suffix: " zh",
  statesTemplate: "Portolan TCP 连接状态",
  statesAbout:
    "按状态统计 TCP 连接，每个状态一个监控项。适用于配置了 Portolan 的 UserParameter=tcp.status[*] 的任何 Zabbix agent，也适用于 Portolan 自己的被动端口。",
  hostTemplate: "Portolan 主机",
  hostAbout: "一次检查取得全部 TCP 连接状态，自动发现监听端口，并接收事件。适用于 Portolan 自己的被动端口。",
  trapperTemplate: "Portolan 主机（trapper）",
  trapperAbout:
    "由 Portolan 服务端发送的 TCP 连接状态与事件（zabbix.trapper.counts: on）。适用于 Zabbix 无法直接查询的主机。",
  states: {
    LISTEN: ["TCP 侦听 LISTEN", "侦听来自远方 TCP 端口的连接请求。"],
    "SYN-SENT": [
      "TCP 请求已发送 SYN-SENT",
      "已发送连接请求，尚无应答。若数量很多且发往许多不同机器，本机可能在扫描或感染了蠕虫。",
    ],
    "SYN-RECEIVED": [
      "TCP 半开连接 SYN-RECEIVED",
      "收到并应答了连接请求，等待对方确认。数量很多时为 SYN 洪水攻击。",
    ],
    ESTABLISHED: ["TCP 已建立 ESTABLISHED", "已打开的连接，数据可双向传送。"],
    "FIN-WAIT-1": ["TCP 主动关闭 FIN-WAIT-1", "我方已关闭，等待对方确认。"],
    "FIN-WAIT-2": ["TCP 半关闭 FIN-WAIT-2", "我方已关闭并得到确认，对方尚未关闭。"],
    "CLOSE-WAIT": [
      "TCP 等待本机关闭 CLOSE-WAIT",
      "对方已关闭，本机进程尚未调用 close()。数量持续增长说明该进程存在连接泄漏。",
    ],
    CLOSING: ["TCP 同时关闭 CLOSING", "双方同时关闭，等待对方确认。"],
    "LAST-ACK": ["TCP 最后确认 LAST-ACK", "双方均已关闭，等待最后的确认。"],
    "TIME-WAIT": ["TCP 时间等待 TIME-WAIT", "我方主动关闭后等待迟到的报文消失，期间占用一个本地端口。"],
    CLOSED: ["TCP 已关闭 CLOSED", "没有任何连接的套接字。"],
  },
  allStates: "TCP 连接状态汇总",
  event: "Portolan 事件",
  eventAbout: "端口新增、挂掉、恢复或变更的事件（JSON），由 Portolan 发送。",
  discovery: "监听端口",
  endpoint: "{#ENDPOINT}（{#PROCESS}）",
  listening: "监听中",
  notListening: "未监听",
  halfOpenTrigger: [
    "{HOST.NAME} 上 TCP 半开连接过多",
    "SYN-RECEIVED 持续不少于 {$PORTOLAN.SYN.RECEIVED.MAX}。可能是 SYN 洪水攻击，或应答无法到达对方。查看：portolan connections --state SYN-RECEIVED --by remote",
  ],
  sentTrigger: [
    "{HOST.NAME} 发出的 TCP 连接请求大量无应答",
    "SYN-SENT 持续不少于 {$PORTOLAN.SYN.SENT.MAX}。只发往一个地址：该服务已挂掉；发往许多地址：本机可能在扫描或感染了蠕虫。查看：portolan connections --state SYN-SENT --by remote",
  ],
  closeWaitTrigger: [
    "{HOST.NAME} 上 TCP CLOSE-WAIT 持续增长",
    "有进程没有关闭对方已关闭的连接，文件描述符终将耗尽。查看：portolan connections --state CLOSE-WAIT --by process",
  ],
  timeWaitTrigger: [
    "{HOST.NAME} 上 TCP TIME-WAIT 堆积",
    "连往同一地址和端口的本地端口可能耗尽。请让客户端保持长连接，或扩大 net.ipv4.ip_local_port_range。",
  ],
  silentTrigger: [
    "收不到 {HOST.NAME} 的 TCP 数据",
    "{$PORTOLAN.NODATA} 内没有任何数据。请检查 Portolan 或 Zabbix agent 是否在运行，以及是否允许本服务器访问。",
  ],
  downTrigger: ["{HOST.NAME} 上的 {#ENDPOINT} 已不再监听", "连续两次检查均无人监听。原进程：{#PROCESS}"],
  statesGraph: "TCP 连接状态",
  endsGraph: "正在建立或关闭的 TCP 连接",
  macros: {
    "{$PORTOLAN.INTERVAL}": "连接状态与端口的检查间隔。",
    "{$PORTOLAN.NODATA}": "超过此时间没有数据即视为缺失。",
    "{$PORTOLAN.WINDOW}": "SYN-SENT 或 TIME-WAIT 需持续偏高的时间。",
    "{$PORTOLAN.SYN.RECEIVED.MAX}": "半开连接达到此数即视为洪水攻击；这是初始值，请按主机调整。",
    "{$PORTOLAN.SYN.SENT.MAX}": "无应答请求达到此数即视为扫描。",
    "{$PORTOLAN.CLOSE.WAIT.MIN}": "少于此数时，无论是否增长都不视为泄漏。",
    "{$PORTOLAN.CLOSE.WAIT.WINDOW}": "此时间内的最低值高于之前同样时间内的最高值时，即视为增长。",
    "{$PORTOLAN.TIME.WAIT.MAX}": "Linux 默认共有 28,232 个本地端口。",
    "{$PORTOLAN.DISCOVERY.INTERVAL}": "查找新监听端口的间隔。",
    "{$PORTOLAN.PORTS.MATCHES}": "只为匹配的端点建立监控项，例如 tcp/0.0.0.0:22。",
    "{$PORTOLAN.PORTS.NOT_MATCHES}": "匹配的端点不建立监控项：客户端的 UDP 套接字随时出现和消失。",
  },
};

export const languages: readonly Words[] = [en, zh];
export type { Words };
