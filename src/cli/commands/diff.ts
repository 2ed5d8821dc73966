import { showable } from "../../base/text.ts";
import type { ScanDifference } from "../../detect/scan-diff.ts";
import { changesFoundExitCode } from "../command.ts";
import type { CommandContext, DefineCommand } from "../command.ts";

interface DiffOptions {
  readonly json?: true;
}

export const defineDiff: DefineCommand = (program, context) => {
  const { say } = context;
  program
    .command("diff")
    .description(say("diff.about"))
    .argument("<before>", say("diff.file"))
    .argument("<after>", say("diff.file"))
    .option("--json", say("option.json"))
    .action((before: string, after: string, options: DiffOptions) => run(context, before, after, options));
};

async function run(
  context: CommandContext,
  before: string,
  after: string,
  { json }: DiffOptions,
): Promise<void> {
  const { terminal, say, setExitCode } = context;
  const { diffScans } = await import("../../detect/scan-diff.ts");
  const { readScanFile } = await import("../../sinks/exchange/scan-file.ts");
  const { eventMarks } = await import("../marks.ts");
  const comparison = diffScans(await readScanFile(before), await readScanFile(after));
  const { differences, notCompared, incomplete } = comparison;
  if (json) terminal.print(JSON.stringify(comparison, null, 2));
  else {
    for (const difference of differences) {
      const { sign, colour } = eventMarks[difference.kind];
      const kind = terminal.paint(`${sign} ${say(`kind.${difference.kind}`)}`, colour);
      terminal.print(`${kind}  ${endpointOf(difference)}  ${statesOf(difference)}`);
    }
    if (differences.length === 0) terminal.warn(say("ports.no-difference"));
    if (incomplete === null) terminal.warn(say("diff.incomplete"));
    else if (incomplete > 0) terminal.warn(say("diff.incomplete-hosts", { count: incomplete }));
    if (notCompared > 0) terminal.warn(say("diff.not-compared", { count: notCompared }));
  }
  if (differences.length > 0) setExitCode(changesFoundExitCode);
}

const endpointOf = ({ address, port, transport }: ScanDifference): string =>
  `${address.includes(":") ? `[${showable(address)}]` : showable(address)}:${port}/${transport}`;

const statesOf = ({ before, after }: ScanDifference): string => `${before ?? "–"} → ${after ?? "–"}`;
