import type { FleetFindings } from "../../app/connection-findings.ts";
import { showable } from "../../base/text.ts";
import type { CommandContext } from "../command.ts";
import { figure } from "../figure.ts";
import { severityMarks } from "../marks.ts";
import { printTable } from "../table.ts";
import { localTime } from "../time.ts";
import { oddText, reasonText, sourcesText, verdictText } from "./trouble-words.ts";

type Firing = FleetFindings["firing"][number];

/** What is wrong, each with its figures and what to do; then who is odd. */
export function printFindings(
  context: CommandContext,
  { firing, odd }: Pick<FleetFindings, "firing" | "odd">,
): void {
  if (firing.length === 0) context.terminal.warn(context.say("trouble.none"));
  for (const one of firing) printVerdict(context, one);
  if (odd.length > 0) printOdd(context, odd);
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
