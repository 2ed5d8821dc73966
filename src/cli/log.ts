import { pino } from "pino";
import type { Logger } from "pino";
import { showable } from "../base/text.ts";
import type { Terminal } from "./terminal.ts";

const levelNames: Readonly<Record<number, string>> = { 40: "warning", 50: "error", 60: "fatal" };

/** JSON lines on stderr for a collector; for a person at a terminal plain lines, of `info` only what was asked for. */
export function createLog(terminal: Terminal, forPerson: boolean, level: string): Logger {
  if (!forPerson) return pino({ level, base: null }, pino.destination({ dest: 2, sync: true }));
  const quiet = level === "info" ? "warn" : level;
  return pino({ level: quiet, base: null }, { write: (line) => terminal.warn(readable(line, terminal)) });
}

function readable(line: string, terminal: Terminal): string {
  const { level, msg, time: _, err, ...facts } = JSON.parse(line) as Record<string, unknown>;
  const name = levelNames[Number(level)];
  const painted =
    name === undefined ? "" : `${terminal.paint(`${name}:`, Number(level) >= 50 ? "red" : "yellow")} `;
  const rest = Object.entries(facts).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  const cause = (err as { readonly message?: string } | undefined)?.message;
  return `${painted}${showable([String(msg), ...(cause === undefined ? [] : [cause]), ...rest].join(" "))}`;
}
