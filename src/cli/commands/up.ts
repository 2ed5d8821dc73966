import { join } from "node:path";
import { bindingScope } from "../../model/endpoint.ts";
import type { ZabbixEvents } from "../../app/zabbix-events.ts";
import type { CommandContext, DefineCommand } from "../command.ts";
import type { Config } from "../../config/config.ts";
import type { LoadedConfig } from "../config-file.ts";
import type { House } from "../house.ts";
import type { AgentOrder } from "../local-agent.ts";
import type { ListenAddress } from "../listen-address.ts";
import type { ZabbixPortOrder } from "../zabbix-port.ts";

interface UpOptions {
  readonly data?: string;
  readonly listen?: string;
  readonly config?: string;
  readonly agent: boolean;
  readonly scanNode: boolean;
  readonly ffi: boolean;
}

export const defineUp: DefineCommand = (program, context) => {
  const { say } = context;
  program
    .command("up")
    .description(say("up.about"))
    .option("--data <dir>", say("option.data"))
    .option("--listen <addr:port>", say("up.listen"))
    .option("--config <file>", say("option.config"))
    .option("--no-agent", say("up.no-agent"))
    .option("--no-scan-node", say("up.no-scan-node"))
    .option("--no-ffi", say("option.no-ffi"))
    .action((options: UpOptions) => run(context, options));
};

async function run(context: CommandContext, options: UpOptions): Promise<void> {
  const { say, terminal, signal, environment } = context;
  const { readConfig } = await import("../config-file.ts");
  const { dataFolder } = await import("../data-folder.ts");
  const { openHouse } = await import("../house.ts");
  const { listenAddress } = await import("../listen-address.ts");
  const { listenOn } = await import("../listening.ts");
  const { createReload } = await import("../reload.ts");
  const { keepWatchdogQuiet, notifySystemd } = await import("../systemd.ts");

  const read = (): Promise<LoadedConfig> =>
    readConfig(context, options.config, { listen: options.listen, data: options.data });
  const { config } = await read();
  const folder = dataFolder(config.data, environment);
  const house = await openHouse(context, folder, config);
  try {
    const at = await listenOn(house.server, listenAddress(config.listen), context);
    warn(context, house, at, config);
    const scanning = scanNodeKeeper(context, options, house, at);
    const reload = createReload(context, house, config, read, scanning.fit);
    context.onHangUp(() => void reload());
    const order = options.agent ? await orderAgent(house, at, folder, config) : null;
    const watching = order === null ? null : keepAgent(context, options, house, order);
    const zabbix = await startTrapper(context, house, config);
    await announce(context, house, at, folder, config);
    await house.application.ready();
    scanning.fit(config);
    notifySystemd(environment, "READY");
    keepWatchdogQuiet(environment, signal);
    await aborted(signal);
    notifySystemd(environment, "STOPPING");
    terminal.warn(say("up.stopping"));
    await Promise.all([watching, scanning.ended(), zabbix?.close()]);
  } finally {
    await house.close();
  }
}

function warn({ terminal, say }: CommandContext, house: House, at: ListenAddress, config: Config): void {
  if (!house.hasWeb) terminal.warn(`portolan: ${say("up.no-web")}`);
  if (house.controlProblem !== null) {
    terminal.warn(`portolan: ${say("up.control-failed", { reason: house.controlProblem })}`);
  }
  if (bindingScope(at.host) !== "loopback" && config.publicUrl?.startsWith("https:") !== true) {
    terminal.warn(`portolan: ${terminal.paint(say("up.unprotected", { address: at.host }), "yellow")}`);
  }
}

/** stdout carries one line: the link. Everything else is for a person and goes to stderr. */
async function announce(
  { terminal, say, version }: CommandContext,
  house: House,
  at: ListenAddress,
  folder: string,
  config: Config,
): Promise<void> {
  const { localUrl } = await import("../listen-address.ts");
  const url = config.publicUrl?.replace(/\/+$/, "") ?? localUrl(at);
  const token = await house.application.accounts.issueSetupToken();
  terminal.warn(token === undefined ? say("up.ready", { version }) : say("up.setup"));
  terminal.print(token === undefined ? url : `${url}/setup#token=${token}`);
  terminal.warn(say("up.stop", { folder }));
}

/** The token is made anew with every start and lives in memory only. */
async function orderAgent(
  { application }: House,
  at: ListenAddress,
  folder: string,
  config: Config,
): Promise<Omit<AgentOrder, "mayRestart">> {
  const { hostIdentity } = await import("../../sources/host/identity.ts");
  const { localUrl } = await import("../listen-address.ts");
  const { tokenSecret } = await application.enrol("system", hostIdentity());
  return {
    server: localUrl(at),
    token: tokenSecret,
    spool: join(folder, "spool"),
    intervalMs: config.agent.intervalMs,
    namespaces: config.agent.namespaces,
    zabbix: zabbixPortOf(config.zabbix.passive),
    block: config.agent.block ? { never: config.agent.neverBlock } : null,
  };
}

function zabbixPortOf({ listen, allow }: Config["zabbix"]["passive"]): ZabbixPortOrder | null {
  return listen === null ? null : { listen, allow };
}

async function keepAgent(
  { say, clock, signal }: CommandContext,
  { ffi }: UpOptions,
  { log, application }: House,
  order: Omit<AgentOrder, "mayRestart">,
): Promise<void> {
  const { superviseAgent } = await import("../local-agent.ts");
  await superviseAgent({
    order,
    ffi,
    clock,
    signal,
    ended: (how, pauseMs) => log.warn(say("supervise.ended", { how, seconds: pauseMs / 1000 })),
    withoutFfi: (count) => log.error(say("supervise.without-ffi", { count })),
    health: application.raiseHealth,
  });
}

async function startTrapper(
  { clock }: CommandContext,
  { application, log }: House,
  { zabbix: { trapper } }: Config,
): Promise<ZabbixEvents | null> {
  if (trapper.server === null) return null;
  const { tellZabbix } = await import("../../app/zabbix-events.ts");
  const { listenAddress } = await import("../listen-address.ts");
  return tellZabbix({
    server: listenAddress(trapper.server),
    hostname: trapper.hostname,
    counts: trapper.counts === "on",
    application,
    clock,
    report: (sentence) => log.warn(sentence),
  });
}

/** Name of the scan node that comes with the server: the vantage of what it sees. */
const localNode = "local";

/** Starts a scan node once a scope is declared, now or with a reload; without one there is nothing to scan. */
function scanNodeKeeper(
  { say, clock, signal }: CommandContext,
  { scanNode }: UpOptions,
  { log, application }: House,
  at: ListenAddress,
) {
  let kept: Promise<void> | undefined;
  const keep = async (): Promise<void> => {
    const { keepScanNode } = await import("../local-scan-node.ts");
    const { localUrl } = await import("../listen-address.ts");
    await keepScanNode({
      order: { server: localUrl(at), token: await application.scans.enrolNode(localNode) },
      clock,
      signal,
      ended: (how, pauseMs) => log.warn(say("supervise.node-ended", { how, seconds: pauseMs / 1000 })),
    });
  };
  return {
    fit: ({ scan }: Config): void => {
      if (scanNode && scan.scope.length > 0) kept ??= keep();
    },
    ended: () => kept,
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
