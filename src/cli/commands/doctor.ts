import { showable } from "../../base/text.ts";
import type { CommandContext, DefineCommand } from "../command.ts";
import type { Check, Finding, FindingState } from "../doctor/check.ts";
import type { TextKey } from "../language/catalogue.ts";
import type { Colour } from "../terminal.ts";
import { fitText, textWidth } from "../text-width.ts";

interface DoctorOptions {
  readonly json?: true;
  readonly data?: string;
  readonly listen?: string;
  readonly config?: string;
  readonly server?: string;
}

const brokenExitCode = 1;

const marks: Readonly<Record<FindingState, { readonly sign: string; readonly colour: Colour }>> = {
  good: { sign: "✔", colour: "green" },
  limited: { sign: "!", colour: "yellow" },
  broken: { sign: "✖", colour: "red" },
};

export const defineDoctor: DefineCommand = (program, context) => {
  const { say } = context;
  program
    .command("doctor")
    .description(say("doctor.about"))
    .option("--json", say("option.json"))
    .option("--data <dir>", say("option.data"))
    .option("--listen <addr:port>", say("doctor.listen"))
    .option("--config <file>", say("option.config"))
    .option("--server <url>", say("option.server"))
    .action((options: DoctorOptions) => run(context, options));
};

async function run(context: CommandContext, options: DoctorOptions): Promise<void> {
  const { terminal, say, environment, setExitCode } = context;
  const { dataFolder } = await import("../data-folder.ts");
  const { readConfig } = await import("../config-file.ts");
  const { listenAddress } = await import("../listen-address.ts");
  const { checkList } = await import("../doctor/check-list.ts");
  const flags = { data: options.data, listen: options.listen };
  const { config } = await readConfig(context, options.config, flags);
  const patient = {
    context,
    say,
    folder: dataFolder(config.data, environment),
    listen: listenAddress(config.listen),
    server: options.server,
  };
  const findings: Finding[] = [];
  for (const [name, check] of checkList) findings.push(await tried(name, check, patient));
  const broken = findings.filter(({ state }) => state === "broken").length;
  if (broken > 0) setExitCode(brokenExitCode);
  if (options.json) return terminal.print(JSON.stringify({ broken, findings }, null, 2));
  print(context, findings);
  terminal.print(broken > 0 ? say("doctor.broken", { count: broken }) : say("doctor.good"));
}

/** A check that cannot be made is a finding, not the end of the others. */
async function tried(name: string, check: Check, patient: Parameters<Check>[0]): Promise<Finding> {
  try {
    return await check(patient);
  } catch (error) {
    return { check: name, state: "broken", said: (error as Error).message, mend: null };
  }
}

function print({ terminal, say }: CommandContext, findings: readonly Finding[]): void {
  const names = findings.map(({ check }) => say(`doctor.${check}` as TextKey));
  const width = Math.max(...names.map(textWidth));
  for (const [index, { state, said, mend }] of findings.entries()) {
    const { sign, colour } = marks[state];
    terminal.print(
      `${terminal.paint(sign, colour)} ${fitText(names[index] ?? "", width)}  ${showable(said)}`,
    );
    if (mend !== null) terminal.print(`${" ".repeat(width + 4)}→ ${showable(mend)}`);
  }
}
