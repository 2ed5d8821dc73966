// What: whether this process may look into every other one, and what an unknown owner means then.
// Idea: the effective capabilities say beforehand what may be read; a refused table says it for certain. Who is refused
//   nothing, where nothing is hidden, needs no capability.
// Trap: root in a container has neither capability by default. With `hidepid` foreign processes are not refused but
//   absent. Some processes refuse even root: those of an outer user namespace, or guarded by a security module.
// Source: capabilities(7), proc(5) on /proc/<pid>/fd and hidepid, mountinfo in proc(5).

import { readOrEmpty } from "./proc-text.ts";

const capabilityReadSearch = 2;
const capabilityPtrace = 19;

/** Why some process could not be looked into: no right to, or it lets nobody. Null: there is none. */
export type Obstacle = "rights" | "refusal" | null;

export const ownerNeedsRights = "owner unknown: needs root or CAP_SYS_PTRACE";
export const ownersMayBeMissing = "more owners may exist: needs root or CAP_SYS_PTRACE";
export const ownerRefused = "owner unknown: some processes may not be read, even with all rights";
export const ownersMayRefuse = "more owners may exist: some processes may not be read, even with all rights";
export const ownerOutside = "owner unknown: held by the kernel or by a process outside this PID namespace";

export interface Rights {
  /** Has the capabilities to read the descriptors of every process. */
  readonly complete: boolean;
  /** Processes that may not be read are absent, so that nothing is refused. */
  readonly hidden: boolean;
}

export function obstacleOf({ complete, hidden }: Rights, denied: number): Obstacle {
  if (complete) return denied > 0 ? "refusal" : null;
  return denied > 0 || hidden ? "rights" : null;
}

/** `CapEff` of `/proc/self/status`: may read the descriptors of every process. */
export function canReadEveryProcess(status: string): boolean {
  const mask = /^CapEff:\t([0-9a-f]{1,16})$/m.exec(status)?.[1];
  if (mask === undefined) return false;
  const capabilities = BigInt(`0x${mask}`);
  const has = (bit: number): boolean => ((capabilities >> BigInt(bit)) & 1n) === 1n;
  return has(capabilityPtrace) && (has(capabilityReadSearch) || has(1));
}

/** `/proc/self/mountinfo`: whether /proc shows only processes that may be read. Without a line for it: better yes. */
export function hidesProcesses(mountinfo: string): boolean {
  const options = mountinfo
    .split("\n")
    .findLast((line) => line.split(" ", 5)[4] === "/proc")
    ?.split(" - ")[1];
  return options === undefined || /\bhidepid=(?!0\b|off\b)/.test(options);
}

export function readRights(): Rights {
  return {
    complete: canReadEveryProcess(readOrEmpty("/proc/self/status")),
    hidden: hidesProcesses(readOrEmpty("/proc/self/mountinfo")),
  };
}
