import type { Command } from "commander";
import type { Clock } from "../base/clock.ts";
import type { Say } from "./language/language.ts";
import type { Terminal } from "./terminal.ts";

/** What a command works with. Nothing in it is global. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly say: Say;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly version: string;
  /** Aborted by SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Called on SIGHUP; the last one wins. */
  onHangUp(reload: () => void): void;
  /** What the process ends with when nothing is thrown; 0 until set. */
  setExitCode(code: number): void;
}

/** Adds one command to the tree. Heavy modules are imported inside the action: `--help` loads none of them. */
export type DefineCommand = (program: Command, context: CommandContext) => void;

/** `ports --compare`, `events --fail-on`: what was asked for was found. */
export const changesFoundExitCode = 3;
