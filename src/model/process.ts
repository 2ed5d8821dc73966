/** A process as the inside view sees it (OpenTelemetry `process.*`). Null: could not be read, or there is none. */
export interface Process {
  readonly pid: number;
  readonly parentPid: number | null;
  /** As the process shows itself, in full: `nginx: master process`, not the kernel's 15 bytes. */
  readonly name: string;
  readonly executablePath: string | null;
  readonly commandLine: string | null;
  readonly startTimeMs: number | null;
  readonly user: string | null;
  /** systemd unit, `nginx.service`. */
  readonly unit: string | null;
  /** 64 hex digits. */
  readonly containerId: string | null;
}

/** Bounds of what a foreign process may make us keep; what is longer is cut and ends in `cutMark`. */
export const nameCharactersMax = 256;
export const commandLineCharactersMax = 4096;
export const cutMark = "…";

/** Whether two looks say the same of the same processes, in the same order. */
export function sameProcesses(a: readonly Process[], b: readonly Process[]): boolean {
  return a === b || (a.length === b.length && a.every((process, index) => sameProcess(process, b[index])));
}

function sameProcess(a: Process, b: Process | undefined): boolean {
  return (
    b !== undefined &&
    a.pid === b.pid &&
    a.startTimeMs === b.startTimeMs &&
    a.parentPid === b.parentPid &&
    a.name === b.name &&
    a.executablePath === b.executablePath &&
    a.commandLine === b.commandLine &&
    a.user === b.user &&
    a.unit === b.unit &&
    a.containerId === b.containerId
  );
}
