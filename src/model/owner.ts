import { cutText } from "../base/text.ts";
import { cutMark, type Process } from "./process.ts";
import { isInterpreter, programOf } from "./program.ts";

/** Owners kept of one endpoint; past it the last ones in the order of `ownerKey` are left out. */
export const ownersMax = 64;

/** Who stands behind an endpoint, in a form that survives a restart: no pid, no start time, no options. */
export interface Owner {
  /** Path without ` (deleted)`; the process name where the path could not be read. */
  readonly executable: string;
  /** The script, module, jar or applet when the executable is an interpreter (`/srv/app.py`, `-m http.server`); else null. */
  readonly program: string | null;
  readonly user: string | null;
  /** systemd service, never a session scope; null when there is none. */
  readonly unit: string | null;
  readonly containerId: string | null;
}

/**
 * Equal for two sightings of one owner; what a new start or a new version renames is left out: the id of a container
 * that was created again, the version in the path of an interpreter. Where something could not be read, ask `sameOwner`.
 */
export function ownerKey(owner: Owner): string {
  const { executable, program, user, unit, containerId } = owner;
  return JSON.stringify([withoutVersion(executable, program), program, user, unit, containerId !== null]);
}

/** `/usr/bin/python3.11` → `/usr/bin/python`: an interpreter's upgrade is no other owner, its script tells who it is. */
function withoutVersion(executable: string, program: string | null): string {
  return program !== null && isInterpreter(executable)
    ? executable.replace(/\d+(?:\.\d+)*/g, "")
    : executable;
}

/**
 * Whether two owners are one, as far as is known: equal keys, or a difference only where one side says nothing
 * (no user, no unit because it was started by hand, a name because the path could not be read).
 */
export function sameOwner(a: Owner, b: Owner): boolean {
  if (a === b) return true;
  return (
    agrees(a.user, b.user) &&
    agrees(a.unit, b.unit) &&
    (a.containerId === null) === (b.containerId === null) &&
    sameProgram(a.program, b.program) &&
    sameExecutable(a, b)
  );
}

const agrees = (a: string | null, b: string | null): boolean => a === b || a === null || b === null;

/** `gunicorn` as a process title and `/srv/venv/bin/gunicorn` as an argument are one program. */
function sameProgram(a: string | null, b: string | null): boolean {
  if (a === b) return true;
  if (a === null || b === null) return false;
  const bare = [a, b].some((program) => !program.includes("/") && !program.includes(" "));
  return bare && baseName(a) === baseName(b);
}

function sameExecutable(a: Owner, b: Owner): boolean {
  if (a.executable === b.executable) return true;
  if (withoutVersion(a.executable, a.program) === withoutVersion(b.executable, b.program)) return true;
  const [name, other] = a.executable.startsWith("/")
    ? [b.executable, a.executable]
    : [a.executable, b.executable];
  if (name.startsWith("/")) return false;
  // A kernel name is cut at 15 bytes, a title goes on behind a colon or a space.
  const first = /^[^\s:]+/.exec(name)?.[0] ?? name;
  const otherFirst = other.startsWith("/") ? baseName(other) : (/^[^\s:]+/.exec(other)?.[0] ?? other);
  return otherFirst === first || (first.length >= kernelNameBytes && otherFirst.startsWith(first));
}

/** TASK_COMM_LEN of include/linux/sched.h, without the final zero. */
const kernelNameBytes = 15;

/** Short name for one line of text: `nginx`, `python3 /srv/app.py`, `node …/billing/server.js`. */
export function ownerLabel(owner: Owner): string {
  const base = owner.executable.startsWith("/") ? baseName(owner.executable) : owner.executable;
  return owner.program === null ? base : `${base} ${endOf(owner.program)}`;
}

/** Of a long path the end: it says which program, the beginning only where it was put. Of code the beginning. */
function endOf(program: string): string {
  const parts = program.startsWith("/") ? program.split("/") : [];
  return parts.length > pathPartsMax
    ? `…/${parts.slice(-2).join("/")}`
    : cutText(program, labelProgramMax, cutMark);
}

const labelProgramMax = 40;

/** `/srv/app.py` has three: the empty one before the first slash counts. */
const pathPartsMax = 3;

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

const deleted = " (deleted)";

/** An upgrade replaces the file under a running program: the kernel then shows the old path with a mark. */
function executablePathOf({ executablePath }: Process): string | null {
  return executablePath?.endsWith(deleted) ? executablePath.slice(0, -deleted.length) : executablePath;
}

/** The stable identity of one leading process. */
export function ownerOf(process: Process): Owner {
  const executable = executablePathOf(process) ?? process.name;
  return {
    executable,
    program: programOf(executable, process.commandLine),
    user: process.user,
    unit: process.unit?.endsWith(".service") ? process.unit : null,
    containerId: process.containerId,
  };
}

/** Distinct owners of the leading processes, in the order of `ownerKey`. */
export function ownersOf(leaders: readonly Process[]): readonly Owner[] {
  const [first] = leaders;
  if (first && leaders.length === 1) return [ownerOf(first)];
  const byKey = new Map<string, Owner>();
  for (const process of leaders) {
    const owner = ownerOf(process);
    const key = ownerKey(owner);
    if (!byKey.has(key)) byKey.set(key, owner);
  }
  return [...byKey.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, ownersMax)
    .map(([, owner]) => owner);
}
