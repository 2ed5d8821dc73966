// What: which watched socket is held by which process, as remembered.
// Idea: kept in both directions, so that a socket that goes and a process that ends each cost only what they had; what
//   differs since the last look is marked as it happens.
// Trap: who closes one socket may have opened another, and the number of its descriptors need not tell: it is suspect.
// Source: owners.ts.

import type { KnownProcess } from "./process-table.ts";

export interface Watch {
  readonly transport: "tcp" | "udp";
  readonly holders: Set<KnownProcess>;
  /** The look that watched it first. */
  since: number;
  /** When to search for a holder again, after how many searches in vain. */
  nextSearch: number;
  searches: number;
}

export class Holdings {
  readonly watches = new Map<number, Watch>();
  /** Processes that hold something watched; the one asked longest ago comes first. */
  readonly holders = new Set<KnownProcess>();
  /** Sockets that are watched from this look on. */
  readonly fresh = new Set<number>();
  /** Sockets whose holders, or facts of holders, differ. */
  readonly dirty = new Set<number>();
  /** Processes whose tables must be read, whatever their counts say. */
  readonly suspects = new Set<KnownProcess>();

  watch(inode: number, transport: "tcp" | "udp"): void {
    if (inode === 0 || this.watches.has(inode)) return;
    this.watches.set(inode, { transport, holders: new Set(), since: 0, nextSearch: 0, searches: 0 });
    this.fresh.add(inode);
  }

  unwatch(inode: number): void {
    const watch = this.watches.get(inode);
    if (watch === undefined) return;
    this.watches.delete(inode);
    this.fresh.delete(inode);
    for (const holder of watch.holders) {
      holder.holdings.delete(inode);
      if (holder.holdings.size === 0) this.holders.delete(holder);
      this.suspects.add(holder);
    }
  }

  hold(process: KnownProcess, fd: number, inode: number): void {
    const watch = this.watches.get(inode);
    if (watch === undefined || process.holdings.has(inode)) return;
    process.holdings.set(inode, fd);
    watch.holders.add(process);
    this.holders.add(process);
    this.dirty.add(inode);
  }

  release(process: KnownProcess, inode: number): void {
    process.holdings.delete(inode);
    this.watches.get(inode)?.holders.delete(process);
    this.dirty.add(inode);
    if (process.holdings.size === 0) this.holders.delete(process);
  }

  releaseAll(process: KnownProcess): void {
    for (const inode of process.holdings.keys()) this.release(process, inode);
    this.suspects.delete(process);
  }

  holdersOf(inode: number): readonly KnownProcess[] {
    return [...(this.watches.get(inode)?.holders ?? [])];
  }

  unowned(): Watch[] {
    const found: Watch[] = [];
    for (const watch of this.watches.values()) if (watch.holders.size === 0) found.push(watch);
    return found;
  }
}
