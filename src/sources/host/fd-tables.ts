// What: the descriptor tables of processes, read whole or slice by slice, for what is watched.
// Idea: the only place that reads them, so that what a look cost can be counted and no table is read twice in a look.
// Trap: a reading in slices spans looks: what the process does meanwhile may hide behind the slice, so the reading is
//   as old as its first slice.
// Source: proc(5).

import type { Holdings } from "./holdings.ts";
import type { FdWalk, ProcFs } from "./proc-fs.ts";
import type { KnownProcess, ProcessTable } from "./process-table.ts";

/** Tables up to this many descriptors are read whole and at once when there is a reason. */
export const smallTable = 1024;

export class FdTables {
  readonly #proc: ProcFs;
  readonly #table: ProcessTable;
  readonly #holdings: Holdings;
  /** Descriptors read in this look. */
  read = 0;

  constructor(proc: ProcFs, table: ProcessTable, holdings: Holdings) {
    this.#proc = proc;
    this.#table = table;
    this.#holdings = holdings;
  }

  /** Reads a table, whole or at most `max` descriptors from where the last slice ended. */
  walk(process: KnownProcess, max = Number.POSITIVE_INFINITY): FdWalk | undefined {
    if (process.kernelThread) return undefined;
    const { look } = this.#table;
    const whole = max === Number.POSITIVE_INFINITY;
    if (whole || process.cursor === 0) {
      process.sliceSince = look;
      process.fdCount = this.#proc.fdCount(process.pid);
      process.countedAt = look;
    }
    const walk = this.#proc.sockets(process.pid, whole ? 0 : process.cursor, max, (fd, inode) =>
      this.#holdings.hold(process, fd, inode),
    );
    this.read += walk.read;
    process.denied = walk.outcome === "denied";
    process.cursor = walk.outcome === "more" ? walk.next : 0;
    if (whole) process.tableSize = walk.read;
    if (walk.outcome !== "more") {
      process.walkedAt = look;
      process.readSince = process.sliceSince;
    }
    return walk;
  }

  isWalked(process: KnownProcess): boolean {
    return process.walkedAt === this.#table.look || process.kernelThread;
  }

  /** Nothing watched since `watchedSince` can be in its table unseen: it was read since, and the process did nothing. */
  isKnown(process: KnownProcess, watchedSince: number): boolean {
    return process.kernelThread || (process.readSince >= watchedSince && process.readSince >= process.ranAt);
  }
}
