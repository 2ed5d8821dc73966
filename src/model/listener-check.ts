import { isCanonicalAddress } from "../base/ip.ts";
import { hasUnsafeCharacters } from "../base/text.ts";
import { bindingScope } from "./endpoint.ts";
import { intakeProcessesPerListenerMax } from "./intake.ts";
import type { Listener } from "./listener.ts";
import { portMax } from "./port-range.ts";
import { commandLineCharactersMax, nameCharactersMax, type Process } from "./process.ts";

/** Longest path that Linux takes (PATH_MAX), and the mark ` (deleted)`. */
export const pathCharactersMax = 4_096 + 16;
/** A sentence for people. */
export const sentenceCharactersMax = 512;
export const socketsMax = 1_000_000;
/** Linux `pid_max` is at most 2²². */
export const pidMax = 4_194_304;
/** Year 2286: thirteen digits, far below what a double holds exactly. */
export const timeMsMax = 9_999_999_999_999;
export const containerIdPattern = /^[0-9a-f]{64}$/;
export const interfacePattern = /^[^\s\]:@]+$/;
export const networkNamespacePattern = /^\S+$/;

/** Addresses remembered as canonical within one batch; foreign ones may be many. */
const addressesMax = 4_096;

const listenerKeys = 10;
const processKeys = 9;

type Unknown<Shape> = { readonly [Key in keyof Shape]?: unknown };

/**
 * A quick "yes" for the listeners of one batch, ten times faster than the schema, which judges only what gets a "no"
 * here and then says why. A test holds the two equal.
 */
export function createListenerCheck(): (value: unknown) => value is Listener {
  const known = new Set<string>();
  const isAddress = (value: unknown): value is string => {
    if (typeof value !== "string") return false;
    if (known.has(value)) return true;
    if (!isCanonicalAddress(value)) return false;
    if (known.size < addressesMax) known.add(value);
    return true;
  };
  return (value): value is Listener => {
    if (!isObject(value) || Object.keys(value).length !== listenerKeys) return false;
    const { transport, address, port, networkNamespace, scope, ...rest }: Unknown<Listener> = value;
    return (
      (transport === "tcp" || transport === "udp" || transport === "sctp") &&
      isAddress(address) &&
      isWhole(port, portMax) &&
      scope === bindingScope(address) &&
      (rest.interface === null || (isName(rest.interface) && interfacePattern.test(rest.interface))) &&
      (networkNamespace === null ||
        (isName(networkNamespace) && networkNamespacePattern.test(networkNamespace))) &&
      isWhole(rest.sockets, socketsMax) &&
      rest.sockets > 0 &&
      (rest.ownerUnknown === null ||
        (isText(rest.ownerUnknown, sentenceCharactersMax) && rest.ownerUnknown !== "")) &&
      areHolders(rest.processes, rest.leaders)
    );
  };
}

/** Processes by pid ascending, and leaders among them, ascending. */
function areHolders(processes: unknown, leaders: unknown): boolean {
  if (!Array.isArray(processes) || !Array.isArray(leaders)) return false;
  if (processes.length > intakeProcessesPerListenerMax || leaders.length > processes.length) return false;
  let last = -1;
  let leader = 0;
  for (const process of processes as readonly unknown[]) {
    if (!isProcess(process) || process.pid <= last) return false;
    last = process.pid;
    if (leaders[leader] === last) leader += 1;
  }
  return leader === leaders.length;
}

function isProcess(value: unknown): value is Process {
  if (!isObject(value) || Object.keys(value).length !== processKeys) return false;
  const process: Unknown<Process> = value;
  return (
    isWhole(process.pid, pidMax) &&
    (process.parentPid === null || isWhole(process.parentPid, pidMax)) &&
    isText(process.name, nameCharactersMax) &&
    (process.executablePath === null || isText(process.executablePath, pathCharactersMax)) &&
    (process.commandLine === null || isText(process.commandLine, commandLineCharactersMax)) &&
    (process.startTimeMs === null || isWhole(process.startTimeMs, timeMsMax)) &&
    (process.user === null || isName(process.user)) &&
    (process.unit === null || isName(process.unit)) &&
    (process.containerId === null ||
      (typeof process.containerId === "string" && containerIdPattern.test(process.containerId)))
  );
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isWhole = (value: unknown, max: number): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= max;

const isText = (value: unknown, charactersMax: number): value is string =>
  typeof value === "string" && value.length <= charactersMax && !hasUnsafeCharacters(value);

const isName = (value: unknown): value is string => isText(value, nameCharactersMax) && value !== "";
