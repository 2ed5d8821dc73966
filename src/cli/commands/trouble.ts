import { Option } from "commander";
import type { FleetFindings } from "../../app/connection-findings.ts";
import { connectionSeverities, type ConnectionSeverity } from "../../model/connection-verdict.ts";
import { changesFoundExitCode } from "../command.ts";
import type { CommandContext, DefineCommand } from "../command.ts";
import { addConnectionOptions, withApi } from "../connection.ts";
import type { ConnectionOptions } from "../connection.ts";
import { findHostId } from "../host-lookup.ts";

interface TroubleOptions extends ConnectionOptions {
  readonly json?: true;
  readonly host?: string;
  readonly failOn?: ConnectionSeverity;
}

type Firing = FleetFindings["firing"][number];

export const defineTrouble: DefineCommand = (program, context) => {
  const { say } = context;
  addConnectionOptions(
    program
      .command("trouble")
      .description(say("trouble.about"))
      .option("--host <name>", say("trouble.host"))
      .addOption(
        new Option("--fail-on <severity>", say("trouble.fail-on")).choices([...connectionSeverities]),
      )
      .option("--json", say("option.json")),
    context,
  ).action((options: TroubleOptions) => run(context, options));
};

async function run(context: CommandContext, options: TroubleOptions): Promise<void> {
  const { terminal, setExitCode } = context;
  const { firing, odd } = await withApi(context, options, async (api) => {
    const all = (await api.get("/connections/findings")) as FleetFindings;
    if (options.host === undefined) return all;
    const id = await findHostId(api, options.host, context);
    const isIts = ({ hostId }: { readonly hostId: string }): boolean => hostId === id;
    return { firing: all.firing.filter(isIts), odd: all.odd.filter(isIts) };
  });
  if (options.json) terminal.print(JSON.stringify({ firing, odd }, null, 2));
  else {
    const { printFindings } = await import("../connections/findings.ts");
    printFindings(context, { firing, odd });
  }
  const least = connectionSeverities.indexOf(options.failOn ?? "critical");
  const isBad = ({ verdict }: Firing): boolean => connectionSeverities.indexOf(verdict.severity) >= least;
  if (options.failOn !== undefined && firing.some(isBad)) setExitCode(changesFoundExitCode);
}
