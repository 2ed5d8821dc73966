import { Command } from "commander";
import type { Argument, Option } from "commander";
import type { CommandContext } from "./command.ts";
import { commandList } from "./command-list.ts";
import type { TextKey } from "./language/catalogue.ts";

const titles: Readonly<Record<string, TextKey>> = {
  "Usage:": "help.usage",
  "Arguments:": "help.arguments",
  "Options:": "help.options",
  "Commands:": "help.commands",
};

/** The whole tree of commands: parsed by `main`, walked by `completion`. */
export function createProgram(context: CommandContext): Command {
  const { say, terminal, version } = context;
  const program = new Command("portolan")
    .description(say("portolan.about"))
    .version(version, "-V, --version", say("help.version"))
    .addHelpText("after", `\n${say("help.more")}`);
  const describe = describer(context);
  for (const define of commandList) define(program, context);
  forEachCommand(program, (command) => {
    command
      .helpOption("-h, --help", say("help.help"))
      .helpCommand(false)
      .exitOverride()
      .configureHelp({
        styleTitle: (title) =>
          terminal.paint(titles[title] === undefined ? title : say(titles[title]), "bold"),
        optionDescription: describe,
        argumentDescription: describe,
        ...(terminal.columns === null ? {} : { helpWidth: Math.min(terminal.columns, 100) }),
      })
      // Errors are printed once, by main, in the reader's language.
      .configureOutput({ writeErr: () => {}, outputError: () => {} });
  });
  return program;
}

export function forEachCommand(command: Command, visit: (command: Command) => void): void {
  visit(command);
  for (const child of command.commands) forEachCommand(child, visit);
}

/** `description (a, b or c; default: x)`. */
function describer({ say }: CommandContext): (part: Option | Argument) => string {
  return ({ argChoices, defaultValue, defaultValueDescription, description }) => {
    const facts: string[] = [];
    if (argChoices !== undefined) facts.push(argChoices.join(" | "));
    if (defaultValue !== undefined && typeof defaultValue !== "boolean") {
      facts.push(say("help.default", { value: String(defaultValueDescription ?? defaultValue) }));
    }
    return facts.length === 0 ? description : `${description} (${facts.join("; ")})`;
  };
}
