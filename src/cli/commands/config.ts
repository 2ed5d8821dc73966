import type { CommandContext, DefineCommand } from "../command.ts";

export const defineConfig: DefineCommand = (program, context) => {
  const { say } = context;
  const config = program.command("config").description(say("config.about"));
  config
    .command("check")
    .description(say("config.check"))
    .argument("[file]", say("config.file"))
    .action((file: string | undefined) => check(context, file));
  config
    .command("print")
    .description(say("config.print"))
    .argument("[file]", say("config.file"))
    .option("--json", say("option.json"))
    .action((file: string | undefined, options: { json?: true }) => print(context, file, options));
};

async function check(context: CommandContext, given: string | undefined): Promise<void> {
  const { say, terminal } = context;
  const { readConfig } = await import("../config-file.ts");
  const { file } = await readConfig(context, given);
  terminal.print(file === null ? say("config.none") : say("config.good", { file }));
}

async function print(
  context: CommandContext,
  given: string | undefined,
  { json }: { json?: true },
): Promise<void> {
  const { say, terminal } = context;
  const { readConfig } = await import("../config-file.ts");
  const { configAsFile, printConfig } = await import("../../config/describe.ts");
  const { config, file } = await readConfig(context, given);
  if (json) return terminal.print(JSON.stringify(configAsFile(config), null, 2));
  if (file === null) terminal.warn(say("config.none"));
  terminal.print((await printConfig(config)).trimEnd());
}
