// What: /proc through node:fs.
// Idea: the same answers where FFI is missing, at two to four times the cost.
// Trap: node:fs throws for what is an ordinary answer here (a process ended, a table may not be read).
// Source: proc(5).

import { closeSync, openSync, readdirSync, readlinkSync, readSync, statSync } from "node:fs";
import { readBytesMax, socketInode } from "./proc-fs.ts";
import type { FdWalk, ProcFs } from "./proc-fs.ts";

export function nodeProcFs(): ProcFs {
  const contents = Buffer.alloc(readBytesMax);
  const linkOf = (path: string): Buffer | undefined =>
    attempt(() => readlinkSync(path, { encoding: "buffer" }));
  const inodeOf = (path: string): number => {
    const link = linkOf(path);
    return link === undefined ? 0 : socketInode(link, link.length);
  };
  return {
    processes(visit) {
      for (const name of attempt(() => readdirSync("/proc")) ?? []) {
        const pid = Number(name);
        if (!(pid > 0)) continue;
        const identity = attempt(() => statSync(`/proc/${pid}`).ino);
        if (identity !== undefined) visit(pid, identity);
      }
    },
    read: (pid, name) => attempt(() => readWhole(`/proc/${pid}/${name}`, contents)),
    link: (pid, name) => linkOf(`/proc/${pid}/${name}`),
    cpuTime: () => 0,
    fdCount: (pid) => attempt(() => statSync(`/proc/${pid}/fd`).size) ?? -1,
    lost(pid, held, visit) {
      for (const [inode, fd] of held) if (inodeOf(`/proc/${pid}/fd/${fd}`) !== inode) visit(inode);
    },
    sockets(pid, from, max, visit): FdWalk {
      let names: string[];
      try {
        names = readdirSync(`/proc/${pid}/fd`);
      } catch (error) {
        return { outcome: isDenied(error) ? "denied" : "gone", next: 0, read: 0 };
      }
      let read = 0;
      for (const name of names) {
        const fd = Number(name);
        if (fd < from) continue;
        if (read === max) return { outcome: "more", next: fd, read };
        read++;
        try {
          const link = readlinkSync(`/proc/${pid}/fd/${fd}`, { encoding: "buffer" });
          const inode = socketInode(link, link.length);
          if (inode > 0) visit(fd, inode);
        } catch (error) {
          // The folder may be listed and its links still be refused (ptrace access is asked per link).
          if (isDenied(error)) return { outcome: "denied", next: 0, read };
        }
      }
      return { outcome: "complete", next: 0, read };
    },
  };
}

function isDenied(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "EACCES" || code === "EPERM";
}

function readWhole(path: string, into: Buffer): Buffer {
  const fd = openSync(path, "r");
  try {
    let length = 0;
    for (;;) {
      const got = readSync(fd, into, length, into.length - length, null);
      length += got;
      if (got === 0 || length === into.length) return into.subarray(0, length);
    }
  } finally {
    closeSync(fd);
  }
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
