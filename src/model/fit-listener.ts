import { cutText, showable } from "../base/text.ts";
import { intakeProcessesPerListenerMax } from "./intake.ts";
import { keyPart } from "./endpoint.ts";
import {
  containerIdPattern,
  interfacePattern,
  networkNamespacePattern,
  pathCharactersMax,
  sentenceCharactersMax,
  timeMsMax,
} from "./listener-check.ts";
import type { Listener } from "./listener.ts";
import { commandLineCharactersMax, cutMark, nameCharactersMax, type Process } from "./process.ts";

/** Foreign text, safe to show and cut with the mark. */
export function fitText(text: string, charactersMax: number): string {
  return cutText(showable(text), charactersMax, cutMark);
}

/**
 * The same listener within every bound of the intake. A process chooses its name, arguments and path, a container the
 * names of its devices: none of them may make the server refuse what the host reports, and thereby hide all the rest.
 * Transport, address and port must be right already. `fit`: as `fitProcess` does, for who remembers what fits.
 */
export function fitListener(listener: Listener, fit = fitProcess): Listener {
  const leading = new Set(listener.leaders);
  const byPid = [...new Map(listener.processes.map((process) => [process.pid, process])).values()];
  // Where there are too many, those that lead are kept first.
  const kept = byPid
    .toSorted((a, b) => Number(leading.has(b.pid)) - Number(leading.has(a.pid)) || a.pid - b.pid)
    .slice(0, intakeProcessesPerListenerMax)
    .sort((a, b) => a.pid - b.pid);
  const left = byPid.length - kept.length;
  const ownerUnknown = listener.ownerUnknown ?? (left > 0 ? `${left} more processes hold it` : null);
  return {
    ...listener,
    interface: partOrNull(listener.interface, interfacePattern),
    networkNamespace: partOrNull(listener.networkNamespace, networkNamespacePattern),
    sockets: Math.max(1, listener.sockets),
    processes: kept.map((process) => fit(process)),
    leaders: kept.map(({ pid }) => pid).filter((pid) => leading.has(pid)),
    ownerUnknown: ownerUnknown === null ? null : fitText(ownerUnknown, sentenceCharactersMax) || "unknown",
  };
}

/** The same process within every bound of the intake. */
export function fitProcess(process: Process): Process {
  const { executablePath, commandLine, startTimeMs, containerId } = process;
  return {
    ...process,
    name: fitText(process.name, nameCharactersMax),
    executablePath: executablePath === null ? null : fitText(executablePath, pathCharactersMax),
    commandLine: commandLine === null ? null : fitText(commandLine, commandLineCharactersMax),
    startTimeMs:
      startTimeMs !== null && startTimeMs >= 0 && startTimeMs <= timeMsMax ? Math.round(startTimeMs) : null,
    user: nameOrNull(process.user),
    unit: nameOrNull(process.unit),
    containerId: containerId !== null && containerIdPattern.test(containerId) ? containerId : null,
  };
}

/** Names that a source did not pass through `keyPart` itself. */
function partOrNull(name: string | null, pattern: RegExp): string | null {
  return nameOrNull(name === null || pattern.test(name) ? name : keyPart(name));
}

function nameOrNull(text: string | null): string | null {
  return text === null || text === "" ? null : fitText(text, nameCharactersMax);
}
