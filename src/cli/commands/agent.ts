import { formatDuration, parseDuration } from "../../base/duration.ts";
import { PortolanError } from "../../base/errors.ts";
import { showable } from "../../base/text.ts";
import { configDefaults } from "../../config/defaults.ts";
import type { CommandContext, DefineCommand } from "../command.ts";
import type { AgentOrder } from "../local-agent.ts";
import type { ZabbixPortOrder } from "../zabbix-port.ts";
import { uplinkFromUser, type UplinkOptions } from "../uplink-options.ts";

interface AgentCommandOptions extends UplinkOptions {
  readonly spool?: string;
  readonly interval: string;
  readonly zabbixListen?: string;
  readonly zabbixAllow?: string;
  readonly block?: true;
  readonly neverBlock?: readonly string[];
  readonly ffi: boolean;
}

/** Shorter costs the host more than it shows; longer is no monitoring. */
const intervalMinMs = 500;
const intervalMaxMs = 3_600_000;

export const defineAgent: DefineCommand = (program, context) => {
  const { say } = context;
  program
    .command("agent")
    .description(say("agent.about"))
    .option("--server <url>", say("agent.server"))
    .option("--token-file <file>", say("option.token-file"))
    .option("--spool <dir>", say("agent.spool"))
    .option("--interval <duration>", say("agent.interval"), formatDuration(configDefaults.agent.intervalMs))
    .option("--zabbix-listen <addr:port>", say("agent.zabbix-listen"))
    .option("--zabbix-allow <list>", say("agent.zabbix-allow"))
    .option("--block", say("agent.block"))
    .option("--never-block <addresses...>", say("agent.never-block"))
    .option("--no-ffi", say("option.no-ffi"))
    .action((options: AgentCommandOptions) => run(context, options));
};

async function run(context: CommandContext, options: AgentCommandOptions): Promise<void> {
  const order = await orderFromUser(context, options);
  const { runAgentProcess } = await import("../agent-process.ts");
  await runAgentProcess(context, { order, ffi: options.ffi, signal: context.signal });
}

async function orderFromUser(
  context: CommandContext,
  options: AgentCommandOptions,
): Promise<Omit<AgentOrder, "mayRestart">> {
  const { say, environment, terminal } = context;
  const zabbix = await zabbixFromUser(context, options);
  const { server, token } = await uplinkFromUser(context, options, say("agent.no-token-hint"));
  const { dataFolder } = await import("../data-folder.ts");
  const { join } = await import("node:path");
  const parsed = parseDuration(options.interval);
  const intervalMs = "value" in parsed ? parsed.value : Number.NaN;
  if (!(intervalMs >= intervalMinMs && intervalMs <= intervalMaxMs)) {
    const bounds = `${formatDuration(intervalMinMs)} … ${formatDuration(intervalMaxMs)}`;
    const problem = "problem" in parsed ? parsed.problem : bounds;
    throw new PortolanError("invalid", `--interval: ${showable(options.interval)} ${problem}`);
  }
  terminal.warn(say("agent.reporting", { server, interval: formatDuration(intervalMs) }));
  return {
    server,
    token,
    spool: options.spool ?? join(dataFolder(environment["PORTOLAN_DATA"], environment), "agent-spool"),
    intervalMs,
    namespaces: "all",
    zabbix,
    block: options.block ? { never: await neverBlock(options.neverBlock ?? []) } : null,
  };
}

/** From the flags; errors name the entry of the list that is wrong. */
async function zabbixFromUser(
  { say }: CommandContext,
  { zabbixListen, zabbixAllow }: AgentCommandOptions,
): Promise<ZabbixPortOrder | null> {
  if (zabbixListen === undefined && zabbixAllow === undefined) return null;
  if (zabbixListen === undefined || zabbixAllow === undefined)
    throw new PortolanError("invalid", say("agent.zabbix-both"));
  const { parseAddressOrPrefix, parseListenText } = await import("../../config/leaf.ts");
  const listen = parseListenText(zabbixListen);
  if ("problem" in listen)
    throw new PortolanError("invalid", `--zabbix-listen: ${showable(zabbixListen)} ${listen.problem}`);
  const allow = zabbixAllow.split(",").map((entry, index) => {
    const parsed = parseAddressOrPrefix(entry.trim());
    if ("value" in parsed) return parsed.value;
    const text = say("agent.zabbix-allow-entry", { number: index + 1, entry: showable(entry.trim()) });
    throw new PortolanError("invalid", `--zabbix-allow: ${text}`, { hint: say("agent.zabbix-allow-hint") });
  });
  return { listen: listen.value, allow };
}

async function neverBlock(texts: readonly string[]): Promise<string[]> {
  const { parseAddressOrPrefix } = await import("../../config/leaf.ts");
  return texts.map((text) => {
    const parsed = parseAddressOrPrefix(text);
    if ("value" in parsed) return parsed.value;
    throw new PortolanError("invalid", `--never-block: ${showable(text)} ${parsed.problem}`);
  });
}
