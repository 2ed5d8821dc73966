import { z } from "zod";
import type { Parsed } from "../base/parsed.ts";
import { reads, ruleSchema } from "../model/rule-schema.ts";
import { parseZabbixHost } from "../model/zabbix-host.ts";
import { logLevels } from "./config.ts";
import { configDefaults } from "./defaults.ts";
import {
  choice,
  count,
  duration,
  parseAddressOrPrefix,
  parseListenText,
  parseMetricPorts,
  parsePublicUrl,
  parseScopeEntry,
  parseTrapperText,
  safeText,
} from "./leaf.ts";

const { agent, detect, zabbix, retention, session, limits, metrics, log } = configDefaults;

export const proxiesMax = 64;
export const metricPortsMax = 1_000;
/** Each sample of each host is held against all of them. */
export const expectedMax = 100;
export const neverBlockMax = 256;
export const scopeEntriesMax = 10_000;
export const zabbixServersMax = 256;
/** Ten thousand rules cost less than a millisecond per observation (detect/judge). */
export const rulesMax = 10_000;

const prefixes = (parse: (text: string) => Parsed<string>, most: number) =>
  z
    .array(z.string().transform(reads(parse)))
    .max(most, `has more than ${most} entries`)
    .prefault([]);

/** Every key of the file. What stands here is checked, defaulted, documented and offered by editors. */
export const configSchema = z.strictObject({
  data: safeText.nullable().prefault(configDefaults.data).meta({
    description: "Folder for the database and everything that is kept; unset: the platform's usual place.",
    zh: "存放数据库及全部数据的目录;未设置时使用系统惯用位置。",
    allowed: "a path",
  }),
  listen: z.string().transform(reads(parseListenText)).prefault(configDefaults.listen).meta({
    description: "Address and port of the web page and the API.",
    zh: "网页与 API 的监听地址和端口。",
    allowed: "address:port, IPv6 in [ ]",
  }),
  publicUrl: z.string().transform(reads(parsePublicUrl)).nullable().prefault(configDefaults.publicUrl).meta({
    description: "Under which address people reach the server, when a proxy stands before it.",
    zh: "用户访问服务端所用的地址(前面有反向代理时填写)。",
    allowed: "http:// or https:// address",
  }),
  trustedProxies: prefixes(parseAddressOrPrefix, proxiesMax).meta({
    description: "Proxies whose word for the caller's address (X-Forwarded-For) is believed.",
    zh: "可信的反向代理,只采信它们给出的客户端地址(X-Forwarded-For)。",
    allowed: "addresses and prefixes",
  }),
  agent: z
    .strictObject({
      interval: duration(agent.intervalMs, "1s", "1h", {
        description: "How often this machine is looked at.",
        zh: "查看本机的间隔。",
      }),
      namespaces: choice(["all", "own"], agent.namespaces, {
        description:
          "Look into every network namespace of the machine (containers), or only into the own one.",
        zh: "查看本机全部网络命名空间(容器),还是只看自身的。",
      }),
      block: z.boolean().prefault(agent.block).meta({
        description: "Whether operators may have addresses blocked on this machine.",
        zh: "是否允许操作员在本机封禁地址。",
        allowed: "true, false",
      }),
      neverBlock: z
        .array(z.string().transform(reads(parseAddressOrPrefix)))
        .max(neverBlockMax, `has more than ${neverBlockMax} entries`)
        .prefault([])
        .meta({
          description: "Addresses that are never blocked on any host: own networks, monitors, the CMDB.",
          zh: "在任何主机上都不封禁的地址:自有网段、监控系统、CMDB 等。",
          allowed: "addresses and prefixes",
        }),
    })
    .prefault({}),
  detect: z
    .strictObject({
      lookBack: duration(detect.lookBackMs, "1m", "365d", {
        description: "A port that returns within this time is recovered; later it is new again.",
        zh: "端口在此时间内重新出现算恢复,超过则重新算新增。",
      }),
      missesToDown: count(detect.missesToDown, 1, 100, {
        description: "How many looks in a row must miss a port before it is down.",
        zh: "连续多少次未看到端口才判定为挂掉。",
      }),
      missSpan: duration(detect.missSpanMs, "0s", "1d", {
        description:
          "How far apart the first and the last of those looks must lie, so that restarts stay silent.",
        zh: "首次与末次未看到之间至少相隔多久,使重启不产生事件。",
      }),
      sightingsToNew: z
        .strictObject({
          tcp: count(detect.sightingsToNew.tcp, 1, 100, {
            description: "How many looks in a row must see a TCP port before it is new.",
            zh: "连续多少次看到 TCP 端口才判定为新增。",
          }),
          udp: count(detect.sightingsToNew.udp, 1, 100, {
            description: "The same for UDP, where sockets of clients come and go.",
            zh: "UDP 同理;客户端的 UDP 套接字时有时无。",
          }),
          sctp: count(detect.sightingsToNew.sctp, 1, 100, {
            description: "The same for SCTP.",
            zh: "SCTP 同理。",
          }),
        })
        .prefault({}),
    })
    .prefault({}),
  connections: z
    .strictObject({
      expected: prefixes(parseAddressOrPrefix, expectedMax).meta({
        description:
          "Who may hold any number of connections and is never named for it: proxies, monitors, load generators.",
        zh: "允许持有任意数量连接、不会因此被点名的地址:代理、监控、压测机。",
        allowed: "addresses and prefixes",
      }),
    })
    .prefault({}),
  scan: z
    .strictObject({
      scope: prefixes(parseScopeEntry, scopeEntriesMax).meta({
        description:
          "Addresses that may be scanned from outside. Empty: none. A target that lies elsewhere is refused before the first packet.",
        zh: "允许从外部扫描的地址。留空表示不允许任何扫描。目标超出此范围时,在发送第一个报文之前即被拒绝。",
        allowed: "addresses and prefixes",
      }),
      exclude: prefixes(parseScopeEntry, scopeEntriesMax).meta({
        description: "Addresses that are never scanned, whatever else is said.",
        zh: "任何情况下都不扫描的地址。",
        allowed: "addresses and prefixes",
      }),
    })
    .prefault({}),
  zabbix: z
    .strictObject({
      passive: z
        .strictObject({
          listen: z.string().transform(reads(parseListenText)).nullable().prefault(null).meta({
            description:
              "Address and port where the agent of this machine answers Zabbix's passive checks; unset: nowhere.",
            zh: "本机采集端应答 Zabbix 被动检查的地址和端口;未设置时不监听。",
            allowed: "address:port, IPv6 in [ ]",
          }),
          allow: prefixes(parseAddressOrPrefix, zabbixServersMax).meta({
            description: "Zabbix servers and proxies that may ask there; names are not looked up.",
            zh: "允许在该端口查询的 Zabbix 服务器与代理;不解析域名。",
            allowed: "addresses and prefixes",
          }),
        })
        .superRefine(({ listen, allow }, context) => {
          if (listen === null || allow.length > 0) return;
          const message = "is empty, so nobody might ask: name the Zabbix server's address";
          context.addIssue({ code: "custom", path: ["allow"], message });
        })
        .prefault({}),
      trapper: z
        .strictObject({
          server: z.string().transform(reads(parseTrapperText)).nullable().prefault(null).meta({
            description:
              "Zabbix server or proxy that is told of every event; unset: none. Port 10051 where none is given.",
            zh: "接收所有事件的 Zabbix 服务器或代理;未设置时不发送。未写端口时为 10051。",
            allowed: "name or address, with or without :port; IPv6 in [ ]",
          }),
          counts: choice(["off", "on"], zabbix.trapper.counts, {
            description:
              "Tell it the TCP connections of every host too, once a minute: for hosts that Zabbix cannot ask.",
            zh: "同时每分钟发送各主机的 TCP 连接数,用于 Zabbix 无法直接查询的主机。",
          }),
          hostname: z.string().transform(reads(parseZabbixHost)).prefault(zabbix.trapper.hostname).meta({
            description:
              "Under which technical name Zabbix knows a host: {hostname}, or {shortname} without the domain.",
            zh: "主机在 Zabbix 中的名称:{hostname},或不带域名的 {shortname}。",
            allowed: "text with {hostname} or {shortname}",
          }),
        })
        .prefault({}),
    })
    .prefault({}),
  retention: z
    .strictObject({
      events: duration(retention.eventsMs, "1d", "3650d", {
        description: "How long events are kept.",
        zh: "事件保留时长。",
      }),
      history: duration(retention.historyMs, "1d", "3650d", {
        description: "How far back the port map of a past moment can be read.",
        zh: "可回看端口全貌的最长时间。",
      }),
      evidence: duration(retention.evidenceMs, "1d", "3650d", {
        description: "How long the evidence of ports that are down is kept.",
        zh: "已挂掉端口的证据保留时长。",
      }),
      audit: duration(retention.auditMs, "30d", "3650d", {
        description: "How long the audit log is kept.",
        zh: "审计日志保留时长。",
      }),
    })
    .prefault({}),
  session: z
    .strictObject({
      idle: duration(session.idleMs, "5m", "30d", {
        description: "A session ends after this long without a request.",
        zh: "无请求超过此时长,会话即失效。",
      }),
      lifetime: duration(session.lifetimeMs, "5m", "365d", {
        description: "A session ends after this long in any case.",
        zh: "会话的最长有效期。",
      }),
    })
    .prefault({}),
  limits: z
    .strictObject({
      connectionsPerPeer: count(limits.connectionsPerPeer, 8, 65_535, {
        description: "Connections that one peer may hold; proxies and this machine are not counted.",
        zh: "单个对端可保持的连接数;代理与本机不计。",
      }),
      streams: count(limits.streams, 1, 10_000, {
        description: "Open pages that are told of changes at the same time.",
        zh: "同时接收实时变化的页面数。",
      }),
      exportRows: count(limits.exportRows, 1_000, 100_000_000, {
        description: "Rows in one export.",
        zh: "单次导出的行数上限。",
      }),
    })
    .prefault({}),
  metrics: z
    .strictObject({
      ports: z
        .array(z.union([z.int().transform(String), z.string()]).transform(reads(parseMetricPorts)))
        .max(metricPortsMax, `has more than ${metricPortsMax} entries`)
        .prefault([])
        .meta({
          description:
            "Ports of every host that have series of their own on /metrics; what is connected to others is summed.",
          zh: "在 /metrics 中拥有单独序列的端口(对每台主机),其余端口合计。",
          allowed: "ports, ranges like 8000-8100, or all",
        }),
      portSeriesMax: count(metrics.portSeriesMax, 0, 10_000, {
        description: "How many ports, over all hosts, get series of their own.",
        zh: "全部主机合计最多为多少个端口提供单独序列。",
      }),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: choice(logLevels, log.level, {
        description: "The least important lines that are written.",
        zh: "写出的最低日志级别。",
      }),
    })
    .prefault({}),
  language: choice(["auto", "en", "zh-CN"], configDefaults.language, {
    description: "Language of messages that no browser or terminal decides.",
    zh: "浏览器与终端之外的消息所用语言。",
  }),
  rules: z.array(ruleSchema).max(rulesMax, `has more than ${rulesMax} rules`).prefault([]).meta({
    description:
      "What is expected (allow), not recorded (ignore) or never wanted (forbid). The rule that says most wins; at a tie forbid beats allow.",
    zh: "哪些端口是预期的(allow)、不记录的(ignore)或绝不允许的(forbid)。最具体的规则生效;同样具体时 forbid 优先于 allow。",
    allowed: "a list of rules",
  }),
});

/** What a file says, with every default filled in and durations in milliseconds. */
export type ConfigValues = z.output<typeof configSchema>;
