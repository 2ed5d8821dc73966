// What: the questions that we ask of /proc, answered by FFI (fast) or by node:fs (everywhere).
// Idea: the memory of owners is written once against this interface and tested with both.
// Trap: processes end while we look; every answer can be "gone", and that is not an error.
// Source: proc(5); fs/proc/base.c, fs/proc/fd.c.

/** How reading a table of file descriptors ended. */
export interface FdWalk {
  readonly outcome: "complete" | "more" | "gone" | "denied";
  /** First descriptor not yet read, when there is more. */
  readonly next: number;
  /** Descriptors read, sockets or not: the cost. */
  readonly read: number;
}

export interface ProcFs {
  /**
   * Visits every process. `identity` is the inode of its folder: another process under the same pid has another.
   * (The same process gets a new one when the kernel forgot the inode for want of memory.)
   */
  processes(visit: (pid: number, identity: number) => void): void;
  /** Bytes of `/proc/<pid>/<name>`, at most `readBytesMax`; valid until the next call; undefined when gone or denied. */
  read(pid: number, name: string): Buffer | undefined;
  /** Bytes of the link `/proc/<pid>/<name>`; valid until the next call. */
  link(pid: number, name: string): Buffer | undefined;
  /**
   * CPU time that a process and all its threads took so far, in nanoseconds: equal means that it did nothing at all.
   * 0 where it cannot be told, -1 when gone.
   */
  cpuTime(pid: number): number;
  /** Open descriptors of a process; 0 where the kernel does not count (before 6.2), -1 when gone. */
  fdCount(pid: number): number;
  /** Visits those of the sockets (inode → descriptor) that are no longer behind their descriptor. */
  lost(pid: number, held: ReadonlyMap<number, number>, visit: (inode: number) => void): void;
  /** Visits the sockets among the descriptors from `from` on, at most `max` descriptors. */
  sockets(pid: number, from: number, max: number, visit: (fd: number, inode: number) => void): FdWalk;
}

/** Command lines are cut at 4,096 characters of at most 4 bytes, so more than this is never needed. */
export const readBytesMax = 16 * 1024 + 1;

/** The number in `socket:[123]`; 0 for anything else. */
export function socketInode(link: Uint8Array, length: number): number {
  // "socket:[" begins with 's', holds ':' and '[' at 6 and 7; no other kind of descriptor does.
  if (length < 10 || link[0] !== 0x73 || link[6] !== 0x3a || link[7] !== 0x5b) return 0;
  let inode = 0;
  for (let at = 8; at < length - 1; at++) {
    const digit = (link[at] as number) - 0x30;
    if (digit < 0 || digit > 9) return 0;
    inode = inode * 10 + digit;
  }
  return inode;
}
