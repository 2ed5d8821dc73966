import { Option } from "commander";
import { PortolanError } from "../../base/errors.ts";
import { showable } from "../../base/text.ts";
import { scanEngines, type ScanEngine } from "../../model/scan-plan.ts";
import type { Scan } from "../../sources/scan/scan.ts";
import type { CommandContext, DefineCommand } from "../command.ts";
import type { StartOptions } from "../scan/scan-start.ts";
import type { ScanFormat } from "../../sinks/exchange/scan-writers.ts";

/** `auto` is what is done without a word. */
const engines = scanEngines.filter((engine) => engine !== "auto");
/** Named here, so that help does not load the writers. */
const formats = ["nmap-xml", "grepable", "masscan-json"] as const satisfies readonly ScanFormat[];

/** What a file of a scan says itself. */
const orderOptions = [
  "ports",
  "scope",
  "exclude",
  "excludePorts",
  "bandwidth",
  "rate",
  "hostRate",
  "networkRate",
  "hostTimeout",
  "window",
  "miss",
  "interface",
  "save",
];

interface ScanCommandOptions extends StartOptions {
  readonly engine?: ScanEngine;
  readonly json?: true;
  readonly format?: ScanFormat;
  readonly dryRun?: true;
  readonly discover?: true;
}

export const defineScan: DefineCommand = (program, context) => {
  const { say } = context;
  program
    .command("scan")
    .description(say("scan.about"))
    .argument("[target...]", say("scan.targets"))
    .option("-p, --ports <list>", say("scan.ports"))
    .option("--scope <list>", say("scan.scope"))
    .option("--exclude <list>", say("scan.exclude"))
    .option("--exclude-ports <list>", say("scan.exclude-ports"))
    .addOption(new Option("--engine <engine>", say("scan.engine")).choices(engines))
    .addOption(new Option("--bandwidth <rate>", say("scan.bandwidth")).conflicts("rate"))
    .option("--rate <n>", say("scan.rate"))
    .option("--host-rate <n>", say("scan.host-rate"))
    .option("--network-rate <n>", say("scan.network-rate"))
    .option("--host-timeout <duration>", say("scan.host-timeout"))
    .addOption(
      new Option("--window <network=times>", say("scan.window")).argParser<readonly string[] | undefined>(
        (window, before = []) => [...before, window],
      ),
    )
    .option("--miss <share>", say("scan.miss"), "0.1%")
    .option("--interface <name>", say("scan.interface"))
    .option("--save <file>", say("scan.save"))
    .addOption(new Option("--resume <file>", say("scan.resume")).conflicts(orderOptions))
    .addOption(new Option("--discover", say("scan.discover")).conflicts(["save", "resume", "window"]))
    .addOption(new Option("--dry-run", say("scan.dry-run")).conflicts(["save", "resume"]))
    .addOption(new Option("--format <format>", say("scan.format")).choices(formats).conflicts("json"))
    .option("--json", say("scan.json"))
    .addHelpText("after", `\n${say("scan.help")}`)
    .action((targets: string[], options: ScanCommandOptions) => run(context, targets, options));
};

async function run(
  context: CommandContext,
  words: readonly string[],
  options: ScanCommandOptions,
): Promise<void> {
  refuseOtherEngines(context, options);
  const { startScan } = await import("../scan/scan-start.ts");
  const start = await startScan(context, words, options, commandLine(words, options));
  if (options.dryRun) return printPlan(context, start.scan, options);
  const { sizeOf } = await import("../../sources/scan/target-set.ts");
  const { fileReport, jsonReport, tableReport } = await import("../scan/scan-report.ts");
  const report =
    options.format !== undefined
      ? fileReport(context, options.format, start)
      : options.json
        ? jsonReport(context)
        : tableReport(context, options.discover ? sizeOf(start.scan.targets) : null);
  try {
    const { runDiscovered, runEngine } = await import("../scan/run-engine.ts");
    const runs = options.discover ? runDiscovered : runEngine;
    const what = { ...start, engine: options.engine ?? "auto" };
    const summary = await runs(context, what, report, context.signal);
    report.end(summary);
    const file = options.save ?? options.resume;
    if (file !== undefined && !summary.complete)
      context.terminal.warn(context.say("scan.kept", { file: showable(file) }));
  } finally {
    start.log?.close();
  }
}

/** Only the SYN engine knows where it stands. */
function refuseOtherEngines(
  { say }: CommandContext,
  { engine, save, resume, window }: ScanCommandOptions,
): void {
  const needed = [save, resume, window].some((option) => option !== undefined);
  if (!needed || engine === undefined || engine === "syn") return;
  throw new PortolanError("invalid", `--engine ${engine}: ${say("scan.syn-only")}`);
}

/** As it could be typed again, without what does not change the scan. */
function commandLine(words: readonly string[], options: ScanCommandOptions): string {
  const {
    ports,
    scope,
    exclude,
    excludePorts,
    engine,
    bandwidth,
    rate,
    hostRate,
    networkRate,
    hostTimeout,
    miss,
    interface: device,
  } = options;
  const given = {
    ports,
    scope,
    exclude,
    "exclude-ports": excludePorts,
    engine,
    bandwidth,
    rate,
    "host-rate": hostRate,
    "network-rate": networkRate,
    "host-timeout": hostTimeout,
    miss,
    interface: device,
  };
  const switches = options.discover ? ["--discover"] : [];
  const flags = Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, value],
  );
  const windows = (options.window ?? []).flatMap((window) => ["--window", window]);
  return ["portolan", "scan", ...words, ...flags, ...windows, ...switches].join(" ");
}

async function printPlan(
  { terminal, say }: CommandContext,
  scan: Scan,
  { json, discover }: ScanCommandOptions,
): Promise<void> {
  const { scanEstimate } = await import("../../sources/scan/scan-estimate.ts");
  const estimate = scanEstimate(scan, discover === true);
  if (json) return terminal.print(JSON.stringify(estimate, null, 2));
  const { hosts, ports, udpPorts, discovery, packets, bytes, seconds } = estimate;
  terminal.print(say("scan.plan", { hosts, ports, packets, megabytes: (bytes / 1e6).toFixed(1) }));
  if (discovery !== null) terminal.print(say("scan.plan-discover", { packets: discovery }));
  if (udpPorts > 0) terminal.print(say("scan.plan-udp", { ports: udpPorts }));
  terminal.print(
    seconds === null ? say("scan.plan-open") : say("scan.plan-time", { seconds: Math.ceil(seconds) }),
  );
}
