// What: for given sockets, the process that stands behind each, found once.
// Idea: processes are asked in the order in which they began, and the first that holds a socket is its holder: a master
//   began before the workers that inherit from it. Tables are read in slices, and no further than the last wanted socket.
// Trap: half-open and closed connections belong to no file, so no process holds them. A process that may not be
//   read can hold what nobody else does: then the reason is told.
// Source: proc(5); owners.ts, which does the same again and again.

import type { Process } from "../../model/process.ts";
import { openLibc } from "../link/libc.ts";
import { nativeProcFs } from "./proc-fs-native.ts";
import { nodeProcFs } from "./proc-fs-node.ts";
import type { ProcFs } from "./proc-fs.ts";
import { createProcessReader } from "./process-facts.ts";
import type { ProcessReader } from "./process-facts.ts";
import { obstacleOf, ownerNeedsRights, ownerRefused, readRights } from "./rights.ts";
import { createUsers } from "./users.ts";

export interface FoundHolders {
  /** By inode of the socket. */
  readonly holders: ReadonlyMap<number, Process>;
  /** Why some socket may have none, as a sentence; null when nothing is in the way. */
  readonly limit: string | null;
}

export type FindHolders = (inodes: Iterable<number>) => FoundHolders;

const limits = { rights: ownerNeedsRights, refusal: ownerRefused };
/** Descriptors read before it is asked whether all is found: listeners are opened early and have low ones. */
const slice = 1024;

/** `ffi` false: by node:fs. */
export async function openHolderSearch({ ffi = true } = {}): Promise<FindHolders> {
  const libc = ffi ? await openLibc() : { unavailable: "" };
  const proc = "unavailable" in libc ? nodeProcFs() : nativeProcFs(libc);
  const users = createUsers();
  return (inodes) => {
    users.refresh();
    return findHolders(proc, createProcessReader(proc, users), inodes);
  };
}

function findHolders(proc: ProcFs, reader: ProcessReader, inodes: Iterable<number>): FoundHolders {
  const wanted = new Set(inodes);
  wanted.delete(0);
  const holders = new Map<number, Process>();
  let denied = 0;
  for (const pid of wanted.size === 0 ? [] : pidsByAge(proc, reader)) {
    if (wanted.size === 0) break;
    const held: number[] = [];
    for (let from = 0; wanted.size > 0;) {
      const walk = proc.sockets(pid, from, slice, (_, inode) => {
        if (wanted.delete(inode)) held.push(inode);
      });
      if (walk.outcome === "denied") denied++;
      if (walk.outcome !== "more") break;
      from = walk.next;
    }
    if (held.length === 0) continue;
    const process = reader.facts(pid)?.process;
    if (process !== undefined) for (const inode of held) holders.set(inode, process);
  }
  const obstacle = wanted.size === 0 ? null : obstacleOf(readRights(), denied);
  return { holders, limit: obstacle === null ? null : limits[obstacle] };
}

function pidsByAge(proc: ProcFs, reader: ProcessReader): number[] {
  const pids: number[] = [];
  proc.processes((pid) => void pids.push(pid));
  return pids
    .flatMap((pid) => {
      const stat = reader.stat(pid);
      return stat === undefined || stat.kernelThread ? [] : [{ pid, began: stat.startTicks }];
    })
    .sort((a, b) => a.began - b.began || a.pid - b.pid)
    .map(({ pid }) => pid);
}
