// What: looks everywhere for the holder of a socket that has none.
// Idea: whoever made a socket listen ran since the last look, so the first search reads those who did; when that was in
//   vain and the socket is still there, all others follow, small tables first. What was read since the socket is
//   watched is not read again: a small table unless its process ran since, a large one never.
// Trap: most sockets without a holder are gone before the next look (clients of UDP), and a table may have 200,000
//   entries: large ones are read for TCP alone, and on credit that the sweep pays back.
// Source: owners.ts.

import { smallTable } from "./fd-tables.ts";
import type { FdTables } from "./fd-tables.ts";
import type { Holdings, Watch } from "./holdings.ts";
import type { KnownProcess, ProcessTable } from "./process-table.ts";
import { sweepFdsPerLook } from "./sweep.ts";

/**
 * Descriptors that searches in large tables may be ahead of the sweep, which pays them back: with 200,000 in one table,
 * three new TCP listeners have their owner at once (0.5 s of CPU each), a fourth within the sweep's bound.
 */
const largeSearchCredit = 500_000;
/** A search that found nothing is repeated after 1, 2, 4 … looks. */
const searchPauseLooksMax = 256;

export class OwnerSearch {
  readonly #table: ProcessTable;
  readonly #tables: FdTables;
  readonly #holdings: Holdings;
  #debt = 0;

  constructor(table: ProcessTable, tables: FdTables, holdings: Holdings) {
    this.#table = table;
    this.#tables = tables;
    this.#holdings = holdings;
  }

  /** Whether a search is due now. */
  isDue(): boolean {
    this.#debt = Math.max(0, this.#debt - sweepFdsPerLook);
    return this.#due().length > 0;
  }

  run(): void {
    let due = this.#due();
    const hasCredit = this.#debt < largeSearchCredit;
    for (const process of this.#candidates(due)) {
      if (process.tableSize > smallTable) {
        due = due.filter(({ holders, transport }) => holders.size === 0 && transport === "tcp");
        if (due.length === 0 || !hasCredit) break;
      }
      const read = this.#tables.walk(process)?.read ?? 0;
      if (read > smallTable) this.#debt += read;
    }
    for (const watch of this.#due()) {
      watch.nextSearch = this.#table.look + Math.min(2 ** watch.searches, searchPauseLooksMax);
      watch.searches++;
    }
  }

  #due(): Watch[] {
    return this.#holdings.unowned().filter(({ nextSearch }) => nextSearch <= this.#table.look);
  }

  /** Small tables, then the large ones whose count changed since they were read, then the other large ones. */
  #candidates(due: readonly Watch[]): KnownProcess[] {
    const { look } = this.#table;
    const isNew = due.some(({ searches }) => searches === 0);
    const since = Math.max(0, ...due.map((watch) => (watch.searches > 0 ? watch.since : 0)));
    const isLarge = ({ tableSize }: KnownProcess): boolean => tableSize > smallTable;
    const mayHold = (process: KnownProcess): boolean =>
      (isNew && process.ranAt === look) ||
      (since > 0 && (isLarge(process) ? process.readSince < since : !this.#tables.isKnown(process, since)));
    const rank = (process: KnownProcess): number =>
      !isLarge(process) ? 0 : process.tableSize === process.fdCount ? 2 : 1;
    return [...this.#table.known.values()]
      .filter((process) => !this.#tables.isWalked(process) && !process.denied && mayHold(process))
      .sort((a, b) => rank(a) - rank(b) || a.tableSize - b.tableSize);
  }
}
