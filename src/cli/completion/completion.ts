import type { Command } from "commander";
import { bashScript } from "./bash.ts";
import { fishScript } from "./fish.ts";
import type { CompletionNode, CompletionValue } from "./node.ts";
import { zshScript } from "./zsh.ts";

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };

export function completionScript(program: Command, shell: keyof typeof scripts): string {
  return scripts[shell](nodeOf(program, []));
}

function nodeOf(command: Command, parents: readonly string[]): CompletionNode {
  const path = [...parents, command.name()];
  const help = command.createHelp();
  return {
    path,
    description: command.description(),
    children: help.visibleCommands(command).map((child) => nodeOf(child, path)),
    options: help.visibleOptions(command).map((option) => ({
      flags: [option.long, option.short].filter((flag) => typeof flag === "string"),
      description: option.description,
      value:
        option.required || option.optional
          ? valueOf(/<([^>]+)>/.exec(option.flags)?.[1] ?? "", option.argChoices)
          : null,
    })),
    arguments: command.registeredArguments.map((argument) => valueOf(argument.name(), argument.argChoices)),
  };
}

/** The names that the help gives to paths. */
const pathNames = ["file", "dir"];

function valueOf(name: string, choices: readonly string[] = []): CompletionValue {
  return { name, choices, isPath: pathNames.includes(name) };
}
