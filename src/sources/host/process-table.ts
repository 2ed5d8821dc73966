// What: every process of the machine, with who came and who ended since the last look.
// Idea: one listing of /proc per look; a process is known by pid and the inode of its folder, so that an unchanged one
//   costs no further call.
//   Then each is asked how much CPU time it took so far. A process that took none since the last look has done nothing:
//   descriptors, program, title and namespaces are what they were, and nobody asks for them again. The clock costs
//   0.5 µs, a fourth of the cheapest question that it saves.
// Trap: the clock is read before anything else of the process, so that what happens in between shows in the next look.
//   The kernel brings the clock of a thread that is on a CPU up to date with each tick: what a process did in the last
//   tick before a look (1 to 10 ms) may show one look later. Without such a clock, or without FFI, everybody counts as
//   busy. What others do to a process while it sleeps (its unit, its parent) does not move its clock.
//   Pids are used again, and the kernel may forget a folder's inode while its process lives on: when the inode
//   differs, the start time decides. A process may move to another network namespace after we met it (`ip netns exec`,
//   container runtimes), so the young are asked again, and the old ones in turn.
// Source: proc(5), namespaces(7), clock_getcpuclockid(3); kernel/time/posix-cpu-timers.c, kernel/sched/cputime.c.

import type { ProcFs } from "./proc-fs.ts";
import type { ProcessFacts, ProcessReader } from "./process-facts.ts";

export interface KnownProcess {
  readonly pid: number;
  identity: number;
  readonly startTicks: number;
  readonly parentPid: number;
  /** Lives in the kernel: no descriptors, no executable. */
  readonly kernelThread: boolean;
  /** Number of the listing that met it last. */
  stamp: number;
  /** The look that met it first. */
  readonly metAt: number;
  cpuTime: number;
  /** The last look that found that it may have run since the one before. */
  ranAt: number;
  /** Inode of its network namespace; 0 = not asked for, or denied; -1 = it has ended and lives in none. */
  networkNamespace: number;
  namespaceAskedAt: number;
  /** Open descriptors when its table was last read. */
  fdCount: number;
  /** Descriptors found by the last whole reading: what reading it costs. */
  tableSize: number;
  /** Its table may not be read. */
  denied: boolean;
  /** Last look that counted its descriptors. */
  countedAt: number;
  /** Last look that read its table to the end, and the look in which that reading had begun. */
  walkedAt: number;
  readSince: number;
  /** The look in which the reading that is under way began. */
  sliceSince: number;
  /** First descriptor that a sliced reading has not reached. */
  cursor: number;
  /** Watched sockets that it holds: inode → descriptor. */
  readonly holdings: Map<number, number>;
  /** Last look that asked whether it still holds them, and runs the same program. */
  checkedAt: number;
  facts: ProcessFacts | null;
  /** `facts` are to be read again: another program, or another parent. */
  factsStale: boolean;
  /** Full readings of `facts` so far, and the look of the last one. */
  factsRead: number;
  factsAt: number;
}

export interface TableUpdate {
  readonly appeared: KnownProcess[];
  readonly ended: KnownProcess[];
}

/** A process is asked for its namespace in each of its first looks, then in turn. */
const youngLooks = 3;
const namespacesPerLook = 100;

export class ProcessTable {
  readonly known = new Map<number, KnownProcess>();
  readonly #proc: ProcFs;
  readonly #reader: ProcessReader;
  readonly #withNamespaces: boolean;
  #stamp = 0;
  #look = 0;

  constructor(proc: ProcFs, reader: ProcessReader, withNamespaces: boolean) {
    this.#proc = proc;
    this.#reader = reader;
    this.#withNamespaces = withNamespaces;
  }

  /** Number of the present look, from 1. */
  get look(): number {
    return this.#look;
  }

  /** Begins a look: who is there, and who ran since the last one. */
  refresh(): TableUpdate {
    this.#look++;
    const update = this.list();
    for (const process of this.known.values()) {
      if (!process.kernelThread && process.metAt < this.#look) this.#askClock(process);
    }
    if (this.#withNamespaces) this.#readNamespaces();
    return update;
  }

  /** Who came and who ended since the last listing, also within a look. */
  list(): TableUpdate {
    const update: TableUpdate = { appeared: [], ended: [] };
    this.#stamp++;
    this.#proc.processes((pid, identity) => {
      const known = this.known.get(pid);
      if (known !== undefined && (known.identity === identity || this.#isStillThere(known, identity))) {
        known.stamp = this.#stamp;
        return;
      }
      if (known !== undefined) update.ended.push(known);
      const process = this.#meet(pid, identity);
      if (process === undefined) this.known.delete(pid);
      else {
        this.known.set(pid, process);
        update.appeared.push(process);
      }
    });
    for (const process of this.known.values()) {
      if (process.stamp === this.#stamp) continue;
      this.known.delete(process.pid);
      update.ended.push(process);
    }
    return update;
  }

  #askClock(process: KnownProcess): void {
    const cpuTime = this.#proc.cpuTime(process.pid);
    if (cpuTime > 0 && cpuTime === process.cpuTime) return;
    process.cpuTime = cpuTime;
    process.ranAt = this.#look;
  }

  #isStillThere(known: KnownProcess, identity: number): boolean {
    if (this.#reader.stat(known.pid)?.startTicks !== known.startTicks) return false;
    known.identity = identity;
    return true;
  }

  #meet(pid: number, identity: number): KnownProcess | undefined {
    const cpuTime = this.#proc.cpuTime(pid);
    const stat = this.#reader.stat(pid);
    if (stat === undefined) return undefined;
    return {
      pid,
      identity,
      startTicks: stat.startTicks,
      parentPid: stat.parentPid,
      kernelThread: stat.kernelThread,
      stamp: this.#stamp,
      metAt: this.#look,
      cpuTime,
      ranAt: this.#look,
      networkNamespace: 0,
      namespaceAskedAt: 0,
      fdCount: -1,
      tableSize: 0,
      denied: false,
      countedAt: 0,
      walkedAt: 0,
      readSince: 0,
      sliceSince: 0,
      cursor: 0,
      holdings: new Map(),
      checkedAt: 0,
      facts: null,
      factsStale: false,
      factsRead: 0,
      factsAt: 0,
    };
  }

  #readNamespaces(): void {
    const turns = Math.max(1, Math.ceil(this.known.size / namespacesPerLook));
    for (const process of this.known.values()) {
      if (process.kernelThread || process.ranAt <= process.namespaceAskedAt) continue;
      const isYoung = this.#look - process.metAt < youngLooks;
      if (!isYoung && process.pid % turns !== this.#look % turns) continue;
      process.namespaceAskedAt = this.#look;
      const inode = namespaceInode(this.#proc.link(process.pid, "ns/net")?.toString("latin1") ?? "");
      process.networkNamespace = inode === 0 && this.#reader.stat(process.pid)?.ended !== false ? -1 : inode;
    }
  }
}

/** The number in `net:[4026531840]`; 0 for anything else. */
export function namespaceInode(link: string): number {
  return Number(/^net:\[(\d{1,15})\]$/.exec(link)?.[1] ?? 0);
}
