import { fileURLToPath } from "node:url";
import { joinHostPort } from "../base/ip.ts";
import type { Config } from "../config/config.ts";

/** What a step belongs to: a line for Zabbix's agent or our own port, the template, events. */
export const setUpWays = ["agent", "passive", "template", "trapper"] as const;

/** In the order in which they are taken; each is named after its way first. */
export const setUpSteps = [
  "agent-line",
  "agent-check",
  "passive-here",
  "passive-elsewhere",
  "passive-check",
  "template-fetch",
  "trapper-server",
  "trapper-check",
] as const;

/** What is pasted somewhere, as it is. */
export interface SetUpStep {
  readonly id: (typeof setUpSteps)[number];
  readonly way: (typeof setUpWays)[number];
  /** The file that the text goes into; null: it is a command. */
  readonly file: string | null;
  readonly text: string;
}

export interface SetUpFacts {
  /** Path of `portolan` on the watched host. */
  readonly program: string;
  /** Under which people reach our server. */
  readonly url: string;
  readonly zabbix: Config["zabbix"];
  /** Address of the watched host, on which its agent shall answer; null: not said. */
  readonly host: string | null;
  /** Address of the Zabbix server; null: not said. */
  readonly zabbixServer: string | null;
}

export interface ZabbixSetUp {
  readonly steps: readonly SetUpStep[];
  /** Addresses in the steps that nobody said: to be replaced. */
  readonly examples: readonly string[];
}

/** The template that goes with it. */
export const zabbixTemplateFile = fileURLToPath(
  new URL("../../packaging/zabbix/portolan.yaml", import.meta.url),
);
export const zabbixTemplateUrl = "/api/v1/integrations/zabbix/template";

/** Beside the ports that Zabbix uses itself, 10050 to 10053. */
const usualPort = 10_060;
/** Of the block for documentation (RFC 5737). */
const exampleHost = "192.0.2.5";
const exampleServer = "192.0.2.10";

/** Exactly what to paste, with what is configured already. */
export function zabbixSetUp(facts: SetUpFacts): ZabbixSetUp {
  const { passive } = facts.zabbix;
  const listening = passive.listen === null ? null : addressOf(passive.listen);
  const isReachable = listening !== null && !["0.0.0.0", "::"].includes(listening.host);
  const host = facts.host ?? (isReachable ? listening.host : exampleHost);
  const allowed = passive.allow.find((entry) => !entry.includes("/"));
  const zabbixServer = facts.zabbixServer ?? allowed ?? exampleServer;
  const at = joinHostPort(host, listening?.port ?? usualPort);
  return {
    steps: stepsOf(facts, { host, port: listening?.port ?? usualPort, at, zabbixServer }),
    examples: [
      ...(facts.zabbixServer === null && allowed === undefined ? [exampleServer] : []),
      ...(host === exampleHost && facts.host === null && !isReachable ? [exampleHost] : []),
    ],
  };
}

interface Places {
  readonly host: string;
  readonly port: number;
  readonly at: string;
  readonly zabbixServer: string;
}

function stepsOf(
  { program, url, zabbix }: SetUpFacts,
  { host, port, at, zabbixServer }: Places,
): readonly SetUpStep[] {
  const trapper = addressOf(zabbix.trapper.server ?? joinHostPort(zabbixServer, 10_051));
  const inFile = (id: SetUpStep["id"], file: string | null, ...lines: readonly string[]): SetUpStep => {
    const way = setUpWays.find((each) => id.startsWith(each)) ?? "agent";
    return { id, way, file, text: lines.join("\n") };
  };
  const command = (id: SetUpStep["id"], ...lines: readonly string[]): SetUpStep => inFile(id, null, ...lines);
  return [
    inFile(
      "agent-line",
      "/etc/zabbix/zabbix_agentd.d/portolan.conf",
      `UserParameter=tcp.status[*],${shellWord(program)} tcp-status "$1"`,
    ),
    command("agent-check", "systemctl restart zabbix-agent", "zabbix_agentd -t 'tcp.status[ESTABLISHED]'"),
    inFile(
      "passive-here",
      "/etc/portolan/config.yaml",
      "zabbix:",
      "  passive:",
      `    listen: "${at}"`,
      `    allow: ["${zabbixServer}"]`,
    ),
    command(
      "passive-elsewhere",
      `${shellWord(program)} agent --server ${shellWord(url)} --token-file /etc/portolan/token --zabbix-listen ${shellWord(at)} --zabbix-allow ${zabbixServer}`,
    ),
    command("passive-check", `zabbix_get -s ${host} -p ${port} -k tcp.status.get`),
    command(
      "template-fetch",
      `curl -fsS -H "Authorization: Bearer $TOKEN" -o portolan.yaml ${shellWord(url + zabbixTemplateUrl)}`,
    ),
    inFile(
      "trapper-server",
      "/etc/portolan/config.yaml",
      "zabbix:",
      "  trapper:",
      `    server: "${joinHostPort(trapper.host, trapper.port)}"`,
      `    hostname: "${zabbix.trapper.hostname}"`,
    ),
    command(
      "trapper-check",
      `zabbix_sender -z ${trapper.host} -p ${trapper.port} -s "$(hostname)" -k portolan.event -o '{}'`,
    ),
  ];
}

function addressOf(checked: string): { readonly host: string; readonly port: number } {
  const colon = checked.lastIndexOf(":");
  return {
    host: checked.slice(0, colon).replace(/^\[(.*)\]$/, "$1"),
    port: Number(checked.slice(colon + 1)),
  };
}

/** As a shell reads it back. */
const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
