import { PortolanError, consequences } from "../base/errors.ts";
import { showable } from "../base/text.ts";
import type { TextKey } from "./language/catalogue.ts";
import type { Say } from "./language/language.ts";
import type { Terminal } from "./terminal.ts";

const usageExitCode = 2;

interface UsageError extends Error {
  readonly code: string;
  readonly exitCode: number;
}

/** What the command line parser says, by its code; the quoted part of its sentence is kept. */
const usageTexts: Readonly<Record<string, TextKey>> = {
  "commander.unknownOption": "usage.unknown-option",
  "commander.unknownCommand": "usage.unknown-command",
  "commander.missingArgument": "usage.missing-argument",
  "commander.optionMissingArgument": "usage.option-missing-argument",
  "commander.missingMandatoryOptionValue": "usage.missing-option",
  "commander.invalidArgument": "usage.invalid-argument",
  "commander.excessArguments": "usage.excess-arguments",
  "commander.conflictingOption": "usage.conflicting-option",
};

/** Says what went wrong and what to do, and returns the exit code. */
export function tellFailure(error: unknown, terminal: Terminal, say: Say): number {
  if (isUsageError(error)) return tellUsage(error, terminal, say);
  if (error instanceof PortolanError) {
    terminal.warn(`portolan: ${terminal.paint(showable(error.message), "red")}`);
    if (error.hint !== undefined) terminal.warn(`  ${showable(error.hint)}`);
    if (error.code === "internal" && error.cause instanceof Error) {
      terminal.warn(showableLines(error.cause.stack ?? error.cause.message));
    }
    return consequences[error.code].exitCode;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  terminal.warn(`portolan: ${say("failure.internal")}`);
  terminal.warn(showableLines(stack));
  return consequences.internal.exitCode;
}

function showableLines(text: string): string {
  return text.split("\n").map(showable).join("\n");
}

function isUsageError(error: unknown): error is UsageError {
  return error instanceof Error && "code" in error && String(error.code).startsWith("commander.");
}

function tellUsage(error: UsageError, terminal: Terminal, say: Say): number {
  if (error.exitCode === 0) return 0;
  // A command without a subcommand has printed its help; nothing is to be added.
  if (error.code === "commander.help" || error.code === "commander.helpDisplayed") return usageExitCode;
  const quoted = [...error.message.matchAll(/'([^']*)'/g)].map(([, part]) => showable(part ?? ""));
  const key = usageTexts[error.code];
  const detail = showable(error.message.replace(/^error: /, "").split("\n")[0] ?? "");
  terminal.warn(
    `portolan: ${key === undefined ? detail : say(key, { what: quoted[0] ?? "", detail, other: quoted[1] ?? "" })}`,
  );
  const suggestion = /\(Did you mean (?:one of )?(.+)\?\)/.exec(error.message)?.[1];
  if (suggestion !== undefined)
    terminal.warn(`  ${say("usage.did-you-mean", { what: showable(suggestion) })}`);
  terminal.warn(`  ${say("usage.see-help")}`);
  return usageExitCode;
}
