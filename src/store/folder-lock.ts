import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { PortolanError } from "../base/errors.ts";

/** Who holds a data folder. A pid alone would be mistaken after it was given to another process. */
interface Holder {
  readonly pid: number;
  /** Clock ticks after boot (proc(5), stat field 22); null where the platform does not say. */
  readonly startTicks: string | null;
  readonly bootId: string | null;
}

export interface FolderLock {
  release(): void;
}

const triesMax = 5;

/**
 * Takes `<folder>/lock`, or throws `conflict` naming the process that holds it. A lock whose process is gone is taken
 * over. Linking a finished file into place is atomic, so of two that start at once one wins.
 */
export function lockFolder(folder: string): FolderLock {
  const path = join(folder, "lock");
  const own: Holder = { pid: process.pid, startTicks: startTicks(process.pid), bootId: bootId() };
  const draft = `${path}.${process.pid}.${randomBytes(6).toString("hex")}`;
  writeFileSync(draft, `${JSON.stringify(own)}\n`, { mode: 0o600, flush: true });
  try {
    for (let tries = 0; tries < triesMax; tries += 1) {
      if (link(draft, path)) return { release: () => release(path, own) };
      const text = readText(path);
      const holder = parseHolder(text);
      if (holder !== undefined && isAlive(holder)) throw heldBy(holder, folder);
      if (text !== undefined) moveAside(path, text);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  throw new PortolanError("conflict", `The lock ${path} changes hands too fast.`, {
    hint: "Start only one server.",
  });
}

function heldBy(holder: Holder, folder: string): PortolanError {
  return new PortolanError("conflict", `The data folder ${folder} is in use by process ${holder.pid}.`, {
    hint: `Stop process ${holder.pid}, or give this server a folder of its own with --data.`,
    details: { folder, pid: holder.pid },
  });
}

function release(path: string, own: Holder): void {
  const holder = parseHolder(readText(path));
  if (holder?.pid === own.pid && holder.startTicks === own.startTicks) rmSync(path, { force: true });
}

function link(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Removes the lock only if it is still the dead one: a third process may have taken it meanwhile. */
function moveAside(path: string, expected: string): void {
  const aside = `${path}.stale.${randomBytes(6).toString("hex")}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (readText(aside) !== expected) link(aside, path);
  unlinkSync(aside);
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function parseHolder(text: string | undefined): Holder | undefined {
  try {
    const value = JSON.parse(text ?? "") as Partial<Holder> | null;
    if (typeof value?.pid !== "number" || !Number.isInteger(value.pid) || value.pid <= 0) return undefined;
    return { pid: value.pid, startTicks: value.startTicks ?? null, bootId: value.bootId ?? null };
  } catch {
    return undefined;
  }
}

function isAlive(holder: Holder): boolean {
  if (holder.bootId !== null && holder.bootId !== bootId()) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  if (holder.startTicks === null) return true;
  const ticks = startTicks(holder.pid);
  return ticks === null ? processFolderMissing() : ticks === holder.startTicks;
}

/** Without /proc a living pid has to be believed. */
function processFolderMissing(): boolean {
  return startTicks(process.pid) === null;
}

/** Null also for a zombie: it holds nothing any more. */
function startTicks(pid: number): string | null {
  const stat = readText(`/proc/${pid}/stat`);
  if (stat === undefined) return null;
  // The command stands in parentheses and may hold any byte, also ")".
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" || fields[0] === "X" ? null : (fields[19] ?? null);
}

function bootId(): string | null {
  return readText("/proc/sys/kernel/random/boot_id")?.trim() ?? null;
}
