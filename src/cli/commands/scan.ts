import { Option } from "commander";
import type { Scan } from "../../sources/scan/scan.ts";
import type { CommandContext, DefineCommand } from "../command.ts";
import type { ScanOptions } from "../scan/scan-order.ts";
import type { ScanFormat } from "../../sinks/exchange/scan-writers.ts";
import type { ScanEngine } from "../scan/scan-run.ts";

/** Named here, so that help does not load the engines. */
const engines = ["syn", "connect", "nmap", "masscan"] as const satisfies readonly ScanEngine[];
/** Named here, so that help does not load the writers. */
const formats = ["nmap-xml", "grepable", "masscan-json"] as const satisfies readonly ScanFormat[];

interface ScanCommandOptions extends ScanOptions {
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
    .argument("<target...>", say("scan.targets"))
    .requiredOption("-p, --ports <list>", say("scan.ports"))
    .option("--scope <list>", say("scan.scope"))
    .option("--exclude <list>", say("scan.exclude"))
    .option("--exclude-ports <list>", say("scan.exclude-ports"))
    .addOption(new Option("--engine <engine>", say("scan.engine")).choices(engines))
    .addOption(new Option("--bandwidth <rate>", say("scan.bandwidth")).conflicts("rate"))
    .option("--rate <n>", say("scan.rate"))
    .option("--miss <share>", say("scan.miss"), "0.1%")
    .option("--interface <name>", say("scan.interface"))
    .option("--discover", say("scan.discover"))
    .option("--dry-run", say("scan.dry-run"))
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
  const { say, clock } = context;
  const { scanOrder } = await import("../scan/scan-order.ts");
  const { sizeOf } = await import("../../sources/scan/target-set.ts");
  const scan = await scanOrder(words, options, say, clock);
  if (options.dryRun) return printPlan(context, scan, options);
  const { fileReport, jsonReport, tableReport } = await import("../scan/scan-report.ts");
  const report =
    options.format !== undefined
      ? fileReport(context, options.format, scan, commandLine(words, options))
      : options.json
        ? jsonReport(context)
        : tableReport(context, options.discover ? sizeOf(scan.targets) : null);
  const { runDiscovered, runScan } = await import("../scan/scan-run.ts");
  const runs = options.discover ? runDiscovered : runScan;
  report.end(await runs(context, scan, options.engine, report));
}

/** As it could be typed again, without what does not change the scan. */
function commandLine(words: readonly string[], options: ScanCommandOptions): string {
  const { ports, scope, exclude, excludePorts, engine, bandwidth, rate, miss, interface: device } = options;
  const given = {
    ports,
    scope,
    exclude,
    "exclude-ports": excludePorts,
    engine,
    bandwidth,
    rate,
    miss,
    interface: device,
  };
  const switches = options.discover ? ["--discover"] : [];
  const flags = Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, value],
  );
  return ["portolan", "scan", ...words, ...flags, ...switches].join(" ");
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
