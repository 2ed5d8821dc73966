// What: reads, behind everything else, all descriptor tables that may hold what no sign betrays.
// Idea: round after round in slices of a fixed size, so that 200,000 descriptors cost each look as little as 500 do. A
//   table that was read since its process last ran, and since the newest socket is watched, is left out: on a quiet
//   machine nothing remains to be swept.
// Trap: a round is planned when it begins. A table that has grown since gets the pace that its size asks for.
// Source: owners.ts, which states the bound.

import type { FdTables } from "./fd-tables.ts";
import type { FdWalk } from "./proc-fs.ts";
import type { KnownProcess, ProcessTable } from "./process-table.ts";

/** About 1.5 µs each. */
export const sweepFdsPerLook = 500;
export const sweepLooksPerRoundMin = 30;
/** Tables up to this many descriptors are not cut: a slice that ends behind the last one costs as many questions as a gap. */
const wholeMax = 256;

export class Sweep {
  readonly #table: ProcessTable;
  readonly #tables: FdTables;
  #round: number[] = [];
  #pace = 0;
  /** Descriptors that may still be read; below 0 after a whole table, until the pace has made up for it. */
  #credit = 0;

  constructor(table: ProcessTable, tables: FdTables) {
    this.#table = table;
    this.#tables = tables;
  }

  /** One slice. `watchedSince`: the look that met the newest watched socket. */
  advance(watchedSince: number): void {
    if (this.#round.length === 0) this.#plan(watchedSince);
    this.#credit = Math.min(this.#credit, 0) + this.#pace;
    while (this.#credit > 0 && this.#round.length > 0) {
      const process = this.#table.known.get(this.#round.at(-1) ?? 0);
      const walk = process === undefined || this.#tables.isWalked(process) ? undefined : this.#slice(process);
      this.#credit -= Math.max(walk?.read ?? 0, 1);
      if (walk?.outcome === "more") return;
      this.#round.pop();
    }
  }

  #slice(process: KnownProcess): FdWalk | undefined {
    this.#pace = Math.max(this.#pace, paceFor(process.tableSize));
    return process.tableSize <= wholeMax
      ? this.#tables.walk(process)
      : this.#tables.walk(process, Math.max(this.#credit, wholeMax));
  }

  #plan(watchedSince: number): void {
    let descriptors = 0;
    for (const process of this.#table.known.values()) {
      if (this.#tables.isKnown(process, watchedSince)) continue;
      this.#round.push(process.pid);
      descriptors += sizeOf(process);
    }
    this.#pace = paceFor(descriptors);
  }
}

function sizeOf({ tableSize }: KnownProcess): number {
  return Math.max(tableSize, 1);
}

function paceFor(descriptors: number): number {
  return Math.min(sweepFdsPerLook, Math.ceil(descriptors / sweepLooksPerRoundMin));
}
