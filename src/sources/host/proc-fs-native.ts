// What: /proc through FFI.
// Idea: one reused buffer per kind of answer and no path objects: a descriptor costs about 2 µs, half of what node:fs
//   takes, nearly all of it in the kernel.
// Trap: buffers are reused: an answer is valid until the next call. readlink only, never stat through a descriptor: that
//   would follow it to a network mount that may hang.
//   The clock of a process is asked for by its pid, so it counts only where /proc shows the pids of our own namespace;
//   and only where it is finer than a look is long, which a machine without a usable counter does not offer.
// Source: getdents64(2), readlinkat(2), statx(2), clock_getcpuclockid(3), pid_namespaces(7).

import { errno, openFlags } from "../link/libc.ts";
import type { Libc } from "../link/libc.ts";
import { readBytesMax, socketInode } from "./proc-fs.ts";
import type { FdWalk, ProcFs } from "./proc-fs.ts";

const entriesBytes = 64 * 1024;
const linkBytes = 4096;
const statxBytes = 256;
const statxSizeOffset = 40;
const timespecBytes = 16;
const nanosecondsPerSecond = 1e9;
/** Twice asked in a row, the clock of the asking process has moved, and by less than the tick of a coarse one. */
const fineStepNanosecondsMax = 500_000;
const fineStepsTried = 5;
/** In a descriptor table's folder, position n + 2 is descriptor n (fs/proc/fd.c). */
const positionOfFd = 2;

export function nativeProcFs(libc: Libc): ProcFs {
  const entries = Buffer.alloc(entriesBytes);
  const contents = Buffer.alloc(readBytesMax);
  const linkText = Buffer.alloc(linkBytes);
  const status = Buffer.alloc(statxBytes);
  const time = Buffer.alloc(timespecBytes);

  const read = (path: string): Buffer | undefined => {
    const fd = libc.open(path, openFlags.readOnly);
    if (fd < 0) return undefined;
    let length = 0;
    for (;;) {
      const got = libc.read(fd, length === 0 ? contents : contents.subarray(length));
      if (got === -errno.interrupted) continue;
      if (got < 0) length = -1;
      if (got <= 0) break;
      length += got;
      // A short answer is the whole of a small /proc file; only a full page can have more behind it.
      if (length === contents.length || got < 1024) break;
    }
    libc.close(fd);
    return length < 0 ? undefined : contents.subarray(0, length);
  };
  const fdCount = (pid: number): number =>
    libc.status(`/proc/${pid}/fd`, status) < 0 ? -1 : status.readUInt32LE(statxSizeOffset);
  const cpuTime = (pid: number): number =>
    libc.processClock(pid, time) < 0
      ? -1
      : time.readUInt32LE(0) * nanosecondsPerSecond + time.readUInt32LE(8);
  const clockCounts = showsOwnPids(libc, linkText) && isFine(() => cpuTime(process.pid));

  return {
    processes(visit) {
      const folder = libc.open("/proc", openFlags.directory);
      if (folder < 0) return;
      for (;;) {
        const length = libc.directoryEntries(folder, entries);
        if (length <= 0) break;
        for (let at = 0; at < length; at += entries.readUInt16LE(at + 16)) {
          const pid = digitsAt(entries, at + 19);
          if (pid > 0) visit(pid, entries.readUInt32LE(at));
        }
      }
      libc.close(folder);
    },
    read: (pid, name) => read(`/proc/${pid}/${name}`),
    link: (pid, name) => {
      const length = libc.readLink(`/proc/${pid}/${name}`, linkText);
      return length < 0 ? undefined : linkText.subarray(0, length);
    },
    cpuTime: clockCounts ? cpuTime : () => 0,
    fdCount,
    lost(pid, held, visit) {
      // The way to the folder is walked once.
      const folder = held.size < folderFrom ? -1 : libc.open(`/proc/${pid}/fd`, openFlags.directory);
      for (const [inode, fd] of held) {
        const length =
          folder < 0
            ? libc.readLink(`/proc/${pid}/fd/${fd}`, linkText)
            : libc.readLinkAt(folder, String(fd), linkText);
        if (socketInode(linkText, length) !== inode) visit(inode);
      }
      if (folder >= 0) libc.close(folder);
    },
    sockets: (pid, from, max, visit) =>
      walk(libc, { entries, linkText }, { pid, from, max }, fdCount(pid), visit),
  };
}

function showsOwnPids(libc: Libc, linkText: Buffer): boolean {
  const length = libc.readLink("/proc/self", linkText);
  return length > 0 && linkText.toString("latin1", 0, length) === String(process.pid);
}

function isFine(ownCpuTime: () => number): boolean {
  for (let tried = 0; tried < fineStepsTried; tried++) {
    const first = ownCpuTime();
    const step = ownCpuTime() - first;
    if (first > 0 && step > 0 && step < fineStepNanosecondsMax) return true;
  }
  return false;
}

interface Buffers {
  readonly entries: Buffer;
  readonly linkText: Buffer;
}

interface Slice {
  readonly pid: number;
  readonly from: number;
  readonly max: number;
}

/** After so many numbers without a descriptor the folder is asked which ones there are. */
const gapMax = 16;
/** Opening a folder costs as much as two questions by their whole path. */
const folderFrom = 4;

function walk(
  libc: Libc,
  buffers: Buffers,
  slice: Slice,
  count: number,
  visit: (fd: number, inode: number) => void,
): FdWalk {
  const folder = libc.open(`/proc/${slice.pid}/fd`, openFlags.directory);
  if (folder < 0) return { outcome: isDenied(folder) ? "denied" : "gone", next: 0, read: 0 };
  const start: FdWalk = { outcome: "more", next: slice.from, read: 0 };
  const counted = count > 0 ? walkNumbers(libc, folder, buffers.linkText, { ...slice, count, visit }) : start;
  const walked =
    counted.outcome === "more" && counted.read < slice.max
      ? walkEntries(libc, folder, buffers, { ...slice, from: counted.next, read: counted.read, visit })
      : counted;
  libc.close(folder);
  return walked;
}

/** Descriptors are given out from the lowest free number up, so counting up meets most without listing the folder. */
function walkNumbers(
  libc: Libc,
  folder: number,
  linkText: Buffer,
  { from, max, count, visit }: Slice & { count: number; visit: (fd: number, inode: number) => void },
): FdWalk {
  let read = 0;
  let gap = 0;
  let fd = from;
  for (; gap < gapMax; fd++) {
    if (read === max) return { outcome: "more", next: fd, read };
    if (from === 0 && read === count) return { outcome: "complete", next: 0, read };
    const length = libc.readLinkAt(folder, String(fd), linkText);
    // The folder may be listed and its links still be refused (ptrace access is asked per link).
    if (isDenied(length)) return { outcome: "denied", next: 0, read };
    if (length < 0) {
      gap++;
      continue;
    }
    gap = 0;
    read++;
    const inode = socketInode(linkText, length);
    if (inode > 0) visit(fd, inode);
  }
  return { outcome: "more", next: fd, read };
}

function walkEntries(
  libc: Libc,
  folder: number,
  { entries, linkText }: Buffers,
  walk: Slice & { read: number; visit: (fd: number, inode: number) => void },
): FdWalk {
  let { read } = walk;
  if (walk.from > 0) libc.seek(folder, walk.from + positionOfFd);
  for (;;) {
    const length = libc.directoryEntries(folder, entries);
    if (isDenied(length)) return { outcome: "denied", next: 0, read };
    if (length <= 0) return { outcome: length < 0 ? "gone" : "complete", next: 0, read };
    for (let at = 0; at < length; at += entries.readUInt16LE(at + 16)) {
      const fd = digitsAt(entries, at + 19);
      if (fd < 0) continue;
      if (read === walk.max) return { outcome: "more", next: fd, read };
      read++;
      const textLength = libc.readLinkAt(folder, String(fd), linkText);
      if (isDenied(textLength)) return { outcome: "denied", next: 0, read };
      const inode = socketInode(linkText, textLength);
      if (inode > 0) walk.visit(fd, inode);
    }
  }
}

function isDenied(result: number): boolean {
  return result === -errno.accessDenied || result === -errno.notAllowed;
}

/** The number whose digits end in NUL at `at`; -1 for a name that is no number. */
function digitsAt(bytes: Buffer, at: number): number {
  let number = 0;
  for (let index = at; ; index++) {
    const byte = bytes[index] as number;
    if (byte === 0) return index === at ? -1 : number;
    if (byte < 0x30 || byte > 0x39) return -1;
    number = number * 10 + byte - 0x30;
  }
}
