import { Option } from "commander";
import type { FleetFindings } from "../../app/connection-findings.ts";
import { showable } from "../../base/text.ts";
import { connectionSeverities, type ConnectionSeverity } from "../../model/connection-verdict.ts";
import { changesFoundExitCode } from "../command.ts";
import type { CommandContext, DefineCommand } from "../command.ts";
import { addConnectionOptions, withApi } from "../connection.ts";
import type { ConnectionOptions } from "../connection.ts";
import { oddText, reasonText, sourcesText, verdictText } from "../connections/trouble-words.ts";
import { figure } from "../figure.ts";
import { findHostId } from "../host-lookup.ts";
import { severityMarks } from "../marks.ts";
import { printTable } from "../table.ts";
import { localTime } from "../time.ts";

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
  const { terminal, say, setExitCode } = context;
  const { firing, odd } = await withApi(context, options, async (api) => {
    const all = (await api.get("/connections/findings")) as FleetFindings;
    if (options.host === undefined) return all;
    const id = await findHostId(api, options.host, context);
    const isIts = ({ hostId }: { readonly hostId: string }): boolean => hostId === id;
    return { firing: all.firing.filter(isIts), odd: all.odd.filter(isIts) };
  });
  if (options.json) terminal.print(JSON.stringify({ firing, odd }, null, 2));
  else {
    if (firing.length === 0) terminal.warn(say("trouble.none"));
    for (const one of firing) printVerdict(context, one);
    if (odd.length > 0) printOdd(context, odd);
  }
  const least = connectionSeverities.indexOf(options.failOn ?? "critical");
  const isBad = ({ verdict }: Firing): boolean => connectionSeverities.indexOf(verdict.severity) >= least;
  if (options.failOn !== undefined && firing.some(isBad)) setExitCode(changesFoundExitCode);
}

function printVerdict({ terminal, say }: CommandContext, { hostName, verdict, atMs, stale }: Firing): void {
  const { severity, sinceMs, sources, reasons, meaning, advice } = verdict;
  const { sign, colour } = severityMarks[severity];
  const time = say("trouble.since", { time: localTime(sinceMs) });
  const heard = stale ? ` · ${say("trouble.stale", { time: localTime(atMs) })}` : "";
  const mark = terminal.paint(`${sign} ${say(`severity.${severity}`)}`, colour);
  terminal.print(`${mark} ${showable(hostName)} · ${verdictText(say, verdict)} · ${time}${heard}`);
  terminal.print(`  ${reasons.map((reason) => reasonText(say, reason)).join("; ")}`);
  if (sources.length > 0) {
    terminal.print(`  ${say("trouble.sources", { sources: sourcesText(say, verdict) })}`);
  }
  terminal.print(`  ${say(`meaning.${meaning}`)}`);
  for (const deed of advice) terminal.print(`    → ${say(`advice.${deed}`)}`);
  terminal.print("");
}

function printOdd({ terminal, say }: CommandContext, rows: FleetFindings["odd"]): void {
  terminal.print(say("trouble.odd"));
  printTable(
    terminal,
    [
      { title: say("column.host"), text: ({ hostName }) => showable(hostName), shrinkTo: 12 },
      { title: say("connections.column.remote"), text: ({ odd }) => showable(odd.remote) },
      {
        title: say("connections.column.sockets"),
        text: ({ odd }) => figure(odd.sockets),
        align: "right",
      },
      { title: say("column.score"), text: ({ odd }) => odd.score.toFixed(1), align: "right" },
      {
        title: say("column.why"),
        text: ({ odd }) => odd.reasons.map((reason) => oddText(say, reason)).join("; "),
        shrinkTo: 30,
      },
    ],
    rows,
  );
}
