// What: everything that we say of one process, read from /proc/<pid>.
// Idea: read once, kept while executable and command line stay byte for byte the same.
// Trap: exec keeps pid and start time, so neither proves that it is still the same program. The kernel's name stands in
//   parentheses and may itself hold parentheses and blanks: fields are counted from the last `)`.
// Source: proc(5); start time is in clock ticks since boot, 100 a second for user space on every platform of Node 24.

import { readFileSync } from "node:fs";
import { showableBytes } from "../../base/text.ts";
import { fitText } from "../../model/fit-listener.ts";
import { pathCharactersMax } from "../../model/listener-check.ts";
import { commandLineCharactersMax, nameCharactersMax } from "../../model/process.ts";
import type { Process } from "../../model/process.ts";
import { readCgroup } from "./cgroup.ts";
import type { ProcFs } from "./proc-fs.ts";
import { processName, withoutTail } from "./process-name.ts";
import type { Users } from "./users.ts";

const millisecondsPerTick = 10;
const flagKernelThread = 0x0020_0000;
const deletedMark = " (deleted)";

export interface ProcessStat {
  /** Its bytes, one per character. */
  readonly kernelName: string;
  readonly parentPid: number;
  readonly startTicks: number;
  /** Lives in the kernel: has neither executable nor descriptors. */
  readonly kernelThread: boolean;
  /** Waits for its parent to take note: nothing of it is left but the pid. */
  readonly ended: boolean;
}

/** Reads `/proc/<pid>/stat`; undefined for anything that is not such a line. Never throws. */
export function readStat(text: string): ProcessStat | undefined {
  const open = text.indexOf("(");
  const close = text.lastIndexOf(")");
  if (open < 0 || close < open) return undefined;
  const fields = text.slice(close + 2).split(" ", 20);
  const parentPid = Number(fields[1]);
  const flags = Number(fields[6]);
  const startTicks = Number(fields[19]);
  if (!Number.isSafeInteger(parentPid) || !Number.isSafeInteger(startTicks) || !Number.isSafeInteger(flags)) {
    return undefined;
  }
  const kernelThread = (flags & flagKernelThread) !== 0;
  const ended = fields[0] === "Z" || fields[0] === "X";
  return { kernelName: text.slice(open + 1, close), parentPid, startTicks, kernelThread, ended };
}

/** Effective uid in `/proc/<pid>/status`: the one that rights are judged by. */
export function readUid(text: string): number | undefined {
  const match = /^Uid:\t\d+\t(\d+)/m.exec(text);
  return match ? Number(match[1]) : undefined;
}

/** Milliseconds since 1970 of the boot. Read once per run, so that start times never move. */
export function readBootTimeMs(): number {
  try {
    return bootTimeMs(readFileSync("/proc/stat", "utf8"));
  } catch {
    return 0;
  }
}

export function bootTimeMs(stat: string): number {
  return Number(/^btime (\d+)$/m.exec(stat)?.[1] ?? 0) * 1000;
}

/**
 * The arguments as text that is safe to show, NUL between them and often behind the last, as read. What stands behind
 * the bound of a command line is left out unread, whatever a process fills it with.
 */
export function readArguments(commandLine: Uint8Array): string {
  let text = "";
  for (let start = 0; start < commandLine.length && text.length <= commandLineCharactersMax;) {
    const found = commandLine.indexOf(0, start);
    const end = found < 0 ? commandLine.length : found;
    if (end > start) text += showableBytes(commandLine.subarray(start, end));
    if (found >= 0) text += "\0";
    start = end + 1;
  }
  return text;
}

/** `args`: as `readArguments` gives them. */
export function commandLineText(args: string): string | null {
  const text = withoutTail(args, "\0 ").replaceAll("\0", " ");
  return text === "" ? null : fitText(text, commandLineCharactersMax);
}

export interface ProcessReader {
  stat(pid: number): ProcessStat | undefined;
  /** Undefined when it has ended. `executable` and `commandLine` are the bytes as read, null when unreadable. */
  facts(pid: number): ProcessFacts | undefined;
}

export interface ProcessFacts {
  readonly process: Process;
  readonly executable: Buffer | null;
  readonly commandLine: Buffer | null;
}

export function createProcessReader(proc: ProcFs, users: Users, bootMs = readBootTimeMs()): ProcessReader {
  const stat = (pid: number): ProcessStat | undefined => {
    const bytes = proc.read(pid, "stat");
    return bytes === undefined ? undefined : readStat(bytes.toString("latin1"));
  };
  return {
    stat,
    facts(pid) {
      const known = stat(pid);
      if (known === undefined) return undefined;
      const executable = copyOf(proc.link(pid, "exe"));
      const commandLine = copyOf(proc.read(pid, "cmdline"));
      const path = executable === null ? null : showableBytes(executable);
      const plainPath = path?.endsWith(deletedMark) ? path.slice(0, -deletedMark.length) : path;
      const words = commandLine === null ? "" : readArguments(commandLine);
      const uid = readUid(proc.read(pid, "status")?.toString("utf8") ?? "");
      const { unit, containerId } = readCgroup(proc.read(pid, "cgroup")?.toString("latin1") ?? "");
      const process: Process = {
        pid,
        parentPid: known.parentPid === 0 ? null : known.parentPid,
        name: processName(words, plainPath, textOf(known.kernelName)),
        executablePath: path === null ? null : fitText(path, pathCharactersMax),
        commandLine: commandLineText(words),
        startTimeMs: bootMs === 0 ? null : bootMs + known.startTicks * millisecondsPerTick,
        user: uid === undefined ? null : users.nameOf(uid),
        unit: unit === null ? null : fitText(textOf(unit), nameCharactersMax),
        containerId,
      };
      return { process, executable, commandLine };
    },
  };
}

/** One byte per character, as UTF-8 that is safe to show. */
function textOf(bytes: string): string {
  return showableBytes(Buffer.from(bytes, "latin1"));
}

function copyOf(bytes: Buffer | undefined): Buffer | null {
  return bytes === undefined ? null : Buffer.from(bytes);
}

/** Field by field; both come from the same reader. */
export function isSameProcess(a: Process, b: Process): boolean {
  return (
    a.pid === b.pid &&
    a.parentPid === b.parentPid &&
    a.name === b.name &&
    a.executablePath === b.executablePath &&
    a.commandLine === b.commandLine &&
    a.startTimeMs === b.startTimeMs &&
    a.user === b.user &&
    a.unit === b.unit &&
    a.containerId === b.containerId
  );
}
