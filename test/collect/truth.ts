// What ss and /proc say, read without any code of ours.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { Listener } from "../../src/model/listener.ts";

/** `tcp 127.0.0.1%lo:80` → pids ascending. */
export type Truth = Map<string, number[]>;

export function ofSs(output: string): Truth {
  const truth = new Map<string, Set<number>>();
  for (const line of output.split("\n")) {
    const [transport, , , , local] = line.trim().split(/\s+/);
    if (transport === undefined || local === undefined) continue;
    const at = local.lastIndexOf(":");
    const host = local.slice(0, at).replace("[", "").replace("]", "").replace(/^\*/, "::");
    const pids = truth.get(`${transport} ${host}:${local.slice(at + 1)}`) ?? new Set();
    truth.set(`${transport} ${host}:${local.slice(at + 1)}`, pids);
    for (const match of line.matchAll(/pid=(\d+),fd=/g)) pids.add(Number(match[1]));
  }
  return sorted(truth);
}

export function ofListeners(listeners: readonly Listener[]): Truth {
  return sorted(
    new Map(
      listeners.map((listener) => [
        `${listener.transport} ${listener.address}${listener.interface === null ? "" : `%${listener.interface}`}:${listener.port}`,
        new Set(listener.processes.map(({ pid }) => pid)),
      ]),
    ),
  );
}

/** Port → pids, by walking /proc: an independent witness for whatever ss may miss. */
export function holdersByProc(): Map<number, Set<number>> {
  const holders = new Map<number, Set<number>>();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    let fds: string[] = [];
    try {
      fds = readdirSync(`/proc/${pid}/fd`);
    } catch {
      continue;
    }
    for (const fd of fds) {
      try {
        const inode = Number(/^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? 0);
        if (inode > 0) holders.set(inode, (holders.get(inode) ?? new Set()).add(Number(pid)));
      } catch {
        // It ended, or may not be read.
      }
    }
  }
  return holders;
}

/** `tcp 20001` → pids, from the tables of the namespace of `pid`. */
export function ofProc(pid: number): Truth {
  const holders = holdersByProc();
  const truth = new Map<string, Set<number>>();
  for (const [file, state] of [
    ["tcp", "0A"],
    ["tcp6", "0A"],
    ["udp", "07"],
    ["udp6", "07"],
  ] as const) {
    for (const line of readFileSync(`/proc/${pid}/net/${file}`, "utf8").split("\n").slice(1)) {
      const fields = line.trim().split(/\s+/);
      if (fields[3] !== state) continue;
      const port = Number.parseInt(fields[1]?.split(":")[1] ?? "", 16);
      const key = `${file.replace("6", "")} ${port}`;
      const pids = truth.get(key) ?? new Set();
      for (const holder of holders.get(Number(fields[9])) ?? []) pids.add(holder);
      truth.set(key, pids);
    }
  }
  return sorted(truth);
}

export function byPort(truth: Truth): Truth {
  const ports = new Map<string, Set<number>>();
  for (const [key, pids] of truth) {
    const port = `${key.split(" ")[0]} ${key.slice(key.lastIndexOf(":") + 1)}`;
    const all = ports.get(port) ?? new Set();
    for (const pid of pids) all.add(pid);
    ports.set(port, all);
  }
  return sorted(ports);
}

function sorted(map: ReadonlyMap<string, ReadonlySet<number>>): Truth {
  const entries = [...map].map(([key, pids]) => [key, [...pids].sort((a, b) => a - b)] as const);
  return new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
