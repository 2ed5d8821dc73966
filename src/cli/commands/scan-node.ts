import { Option } from "commander";
import type { CommandContext, DefineCommand } from "../command.ts";
import { uplinkFromUser, type UplinkOptions } from "../uplink-options.ts";

interface ScanNodeCommandOptions extends UplinkOptions {
  readonly local?: true;
}

export const defineScanNode: DefineCommand = (program, context) => {
  const { say } = context;
  program
    .command("scan-node")
    .description(say("scan-node.about"))
    .option("--server <url>", say("agent.server"))
    .option("--token-file <file>", say("option.token-file"))
    .addOption(new Option("--local").hideHelp())
    .action((options: ScanNodeCommandOptions) => run(context, options));
};

async function run(context: CommandContext, options: ScanNodeCommandOptions): Promise<void> {
  const { say, terminal, signal } = context;
  const { runLocalScanNode, runScanNodeProcess } = await import("../scan-node-process.ts");
  if (options.local === true) return runLocalScanNode(context);
  const order = await uplinkFromUser(context, options, say("scan-node.no-token-hint"));
  terminal.warn(say("scan-node.asking", { server: order.server }));
  await runScanNodeProcess(context, order, signal);
}
