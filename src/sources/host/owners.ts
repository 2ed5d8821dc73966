// What: which processes hold which listening socket, remembered between looks.
// Idea: finding the holders of a socket means reading the descriptor table of every process: with 200,000 connections,
//   200,000 links. So each holder is remembered with its descriptor, and a later look only asks again: does descriptor 7
//   of process 4711 still name this socket? That costs 2 µs per holder, whatever else is open on the machine, and
//   nothing for holders that did not run since (process-table.ts).
//   Tables are read anew only where something may have changed:
//   - a process that was not there before (inherited across fork);
//   - a process that ran and whose number of open descriptors changed (received from another; Linux ≥ 6.2 counts);
//   - a process that lost a watched socket;
//   - the relatives of whoever holds a new listener (bound before fork, listening after);
//   - whoever ran, then every process, small tables first, while a new listener has no holder at all.
// Trap: equal counts can hide an exchange (one closed, one received), and a table with 200,000 entries must not be read
//   because one connection came. So the tables of all who ran are also read in turn, in slices. The bound: a holder that
//   none of the signs above betrays is found within (open descriptors of the machine ÷ `sweepFdsPerLook`) looks, at
//   least `sweepLooksPerRoundMin`; at one look per 2 s and 200,000 descriptors that is 800 s. Its endpoint itself is
//   always seen at once. More than `checksPerLookMax` remembered holders are asked in turn too, oldest answer first.
//   A process may be moved to another unit while it sleeps: facts are read again now and then without a sign.
// Source: proc(5); fs/proc/fd.c (st_size of /proc/<pid>/fd, commit f1f1f2569901).

import { FdTables, smallTable } from "./fd-tables.ts";
import { Holdings } from "./holdings.ts";
import { OwnerSearch } from "./owner-search.ts";
import type { ProcFs } from "./proc-fs.ts";
import { isSameProcess } from "./process-facts.ts";
import type { ProcessReader } from "./process-facts.ts";
import type { KnownProcess, ProcessTable, TableUpdate } from "./process-table.ts";
import { Sweep } from "./sweep.ts";

/** Descriptors read per look for changed counts; the rest waits for the next look. About 1.5 µs each. */
const changedFdsPerLook = 4000;
/** Questions about remembered holders per look, about 2 µs each. */
const checksPerLookMax = 3000;
const countsPerLookMax = 3000;
/** A process that just began may still change its user or title: its first looks read everything again. */
const youngFacts = 4;
const factsPerLook = 4;
/** Facts of a process that did nothing are read again after so many looks. */
const sleepersFactsLooks = 150;

export class Owners {
  readonly #proc: ProcFs;
  readonly #reader: ProcessReader;
  readonly #table: ProcessTable;
  readonly #holdings = new Holdings();
  readonly #tables: FdTables;
  readonly #search: OwnerSearch;
  readonly #sweep: Sweep;
  readonly #countsOffered: boolean;
  /** The look that met the newest watched socket. */
  #watchedSince = 0;
  #denied = 0;

  constructor(proc: ProcFs, reader: ProcessReader, table: ProcessTable) {
    this.#proc = proc;
    this.#reader = reader;
    this.#table = table;
    this.#tables = new FdTables(proc, table, this.#holdings);
    this.#search = new OwnerSearch(table, this.#tables, this.#holdings);
    this.#sweep = new Sweep(table, this.#tables);
    this.#countsOffered = proc.fdCount(process.pid) > 0;
  }

  /** Processes whose descriptors may not be read. */
  get denied(): number {
    return this.#denied;
  }

  /** Whether the kernel counts open descriptors, so that a change shows at once. */
  get countsOffered(): boolean {
    return this.#countsOffered;
  }

  /** Descriptors read by the last `update`. */
  get fdsRead(): number {
    return this.#tables.read;
  }

  watch(inode: number, transport: "tcp" | "udp"): void {
    this.#holdings.watch(inode, transport);
  }

  unwatch(inode: number): void {
    this.#holdings.unwatch(inode);
  }

  holdersOf(inode: number): readonly KnownProcess[] {
    return this.#holdings.holdersOf(inode);
  }

  /** Brings the memory up to date after `refresh` of the table; the inodes whose holders, or facts of holders, differ. */
  update(change: TableUpdate): ReadonlySet<number> {
    const { fresh, suspects, dirty } = this.#holdings;
    const isFirst = this.#table.look === 1;
    this.#tables.read = 0;
    dirty.clear();
    this.#noteFresh();
    this.#meet(change);
    this.#checkHolders();
    this.#readSuspects();
    if (!isFirst) {
      this.#readChanged();
      this.#readRelatives();
    }
    if (this.#search.isDue()) {
      // Who came between the listing of processes and the listing of sockets.
      this.#meet(this.#table.list());
      this.#search.run();
    }
    if (!isFirst) this.#sweep.advance(this.#watchedSince);
    fresh.clear();
    suspects.clear();
    this.#readFacts();
    this.#denied = 0;
    for (const process of this.#table.known.values()) if (process.denied) this.#denied++;
    return dirty;
  }

  #noteFresh(): void {
    for (const inode of this.#holdings.fresh) {
      const watch = this.#holdings.watches.get(inode);
      if (watch !== undefined) watch.since = this.#table.look;
    }
    if (this.#holdings.fresh.size > 0) this.#watchedSince = this.#table.look;
  }

  #meet({ appeared, ended }: TableUpdate): void {
    for (const process of ended) this.#holdings.releaseAll(process);
    if (ended.length > 0) {
      // Children of who ended have another parent now.
      const pids = new Set(ended.map(({ pid }) => pid));
      for (const process of this.#holdings.holders) {
        if (pids.has(process.facts?.process.parentPid ?? 0)) process.factsStale = true;
      }
    }
    for (const process of appeared) this.#tables.walk(process);
  }

  /** Asks the remembered holders that ran whether they still hold, and whether they still run the same program. */
  #checkHolders(): void {
    let checks = 0;
    const asked: KnownProcess[] = [];
    for (const process of this.#holdings.holders) {
      if (process.ranAt <= process.checkedAt || this.#tables.isWalked(process)) continue;
      if (checks >= checksPerLookMax) break;
      process.checkedAt = this.#table.look;
      asked.push(process);
      checks += process.holdings.size + 2;
      this.#proc.lost(process.pid, process.holdings, (inode) => {
        this.#holdings.release(process, inode);
        this.#holdings.suspects.add(process);
      });
      if (!this.#runsTheSame(process)) process.factsStale = true;
    }
    const { holders } = this.#holdings;
    for (const process of asked) if (holders.delete(process)) holders.add(process);
  }

  #runsTheSame({ pid, facts }: KnownProcess): boolean {
    if (facts === null) return false;
    return (
      isSameBytes(this.#proc.link(pid, "exe"), facts.executable) &&
      isSameBytes(this.#proc.read(pid, "cmdline"), facts.commandLine)
    );
  }

  #readSuspects(): void {
    for (const process of this.#holdings.suspects) {
      if (!this.#tables.isWalked(process) && process.tableSize <= smallTable) this.#tables.walk(process);
    }
  }

  #readChanged(): void {
    if (!this.#countsOffered) return;
    const { known, look } = this.#table;
    const turns = Math.max(1, Math.ceil(known.size / countsPerLookMax));
    let budget = changedFdsPerLook;
    for (const process of known.values()) {
      if (process.ranAt <= process.countedAt || process.pid % turns !== look % turns) continue;
      if (this.#tables.isWalked(process) || process.denied) continue;
      const count = this.#proc.fdCount(process.pid);
      if (count > 0) process.tableSize = count;
      const mayRead = count !== process.fdCount && count <= smallTable;
      if (mayRead && budget <= 0) continue;
      process.countedAt = look;
      if (mayRead) budget -= this.#tables.walk(process)?.read ?? 0;
    }
  }

  /** A socket that was bound before a fork and listens only now is held by relatives whose counts did not change. */
  #readRelatives(): void {
    const families = new Set<number>();
    for (const inode of this.#holdings.fresh) {
      for (const holder of this.#holdings.watches.get(inode)?.holders ?? []) {
        families.add(holder.pid);
        if (holder.parentPid > 1) families.add(holder.parentPid);
      }
    }
    if (families.size === 0) return;
    let budget = changedFdsPerLook;
    for (const process of this.#table.known.values()) {
      if (budget <= 0) return;
      if (!families.has(process.parentPid) && !families.has(process.pid)) continue;
      if (this.#tables.isWalked(process) || process.denied || process.tableSize > smallTable) continue;
      budget -= this.#tables.walk(process)?.read ?? 0;
    }
  }

  #readFacts(): void {
    const { holders } = this.#holdings;
    const { look } = this.#table;
    const turns = Math.max(1, Math.ceil(holders.size / factsPerLook));
    for (const process of holders) {
      const isTurn = process.factsRead < youngFacts || process.pid % turns === look % turns;
      const mayDiffer = process.ranAt > process.factsAt || look - process.factsAt >= sleepersFactsLooks;
      if (process.facts !== null && !process.factsStale && !(isTurn && mayDiffer)) continue;
      this.#readFactsOf(process);
    }
  }

  #readFactsOf(process: KnownProcess): void {
    const before = process.facts?.process;
    const facts = this.#reader.facts(process.pid);
    if (facts === undefined) {
      for (const inode of process.holdings.keys()) this.#holdings.release(process, inode);
      return;
    }
    process.factsRead++;
    process.factsAt = this.#table.look;
    process.factsStale = false;
    const same = before !== undefined && isSameProcess(before, facts.process);
    process.facts = same ? { ...facts, process: before } : facts;
    if (!same) for (const inode of process.holdings.keys()) this.#holdings.dirty.add(inode);
  }
}

function isSameBytes(a: Buffer | undefined, b: Buffer | null): boolean {
  if (a === undefined || b === null) return a === undefined && b === null;
  return a.equals(b);
}
