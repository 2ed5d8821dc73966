// What: the network namespaces of this machine, each with a table of its listening sockets.
// Idea: a namespace is found by the processes that live in it, opened once and closed with the last of them.
// Trap: its inode number changes with every restart of a container, so it is the last resort for a label. The netlink
//   socket that we keep would hold a dead namespace alive.
// Source: namespaces(7), ip-netns(8).

import { readdirSync, readlinkSync, statSync } from "node:fs";
import { keyPart } from "../../model/endpoint.ts";
import { nameCharactersMax } from "../../model/process.ts";
import type { Libc } from "../link/libc.ts";
import { openSockDiag } from "../link/sock-diag.ts";
import { readCgroup } from "./cgroup.ts";
import type { ProcFs } from "./proc-fs.ts";
import { namespaceInode } from "./process-table.ts";
import type { KnownProcess } from "./process-table.ts";
import { diagSocketTable, procSocketTable } from "./socket-table.ts";
import type { SocketTable } from "./socket-table.ts";

export interface NetworkNamespace {
  readonly inode: number;
  /** As `Endpoint.networkNamespace`: null = the one that we run in. */
  readonly label: string | null;
  readonly table: SocketTable;
  /** Why its sockets are read from /proc; null when they are not. */
  readonly fallback: string | null;
  /** A process that lives in it. */
  memberPid: number;
}

/** Each costs two open sockets. */
const namespacesMax = 1000;
const namedNamespaces = "/run/netns";
const containerCharacters = 12;

export class NetworkNamespaces {
  readonly open = new Map<number, NetworkNamespace>();
  readonly #proc: ProcFs;
  readonly #libc: Libc | undefined;
  readonly #ownInode: number;
  /** More namespaces than `namespacesMax`, or processes whose namespace may not be read. */
  incomplete = false;

  constructor(proc: ProcFs, libc: Libc | undefined, reason: string) {
    this.#proc = proc;
    this.#libc = libc;
    this.#ownInode = ownNamespaceInode();
    const diag = libc === undefined ? { unavailable: reason } : openSockDiag(libc, null);
    const fallback = "unavailable" in diag ? diag.unavailable : null;
    const table =
      "unavailable" in diag ? procSocketTable(() => "/proc/net", null) : diagSocketTable(diag, null);
    this.open.set(this.#ownInode, {
      inode: this.#ownInode,
      label: null,
      table,
      fallback,
      memberPid: process.pid,
    });
  }

  /** Opens what is new and closes what has no process any more; the closed ones. */
  refresh(processes: Iterable<KnownProcess>): NetworkNamespace[] {
    const members = new Map<number, number>();
    this.incomplete = false;
    for (const { pid, networkNamespace, kernelThread } of processes) {
      if (kernelThread || networkNamespace < 0) continue;
      if (networkNamespace === 0) this.incomplete = true;
      else members.set(networkNamespace, Math.min(pid, members.get(networkNamespace) ?? pid));
    }
    const closed = [...this.open.values()].filter(
      ({ inode, label }) => label !== null && !members.has(inode),
    );
    for (const namespace of closed) {
      namespace.table.close();
      this.open.delete(namespace.inode);
    }
    for (const [inode, pid] of members) {
      const known = this.open.get(inode);
      if (known !== undefined) known.memberPid = pid;
      else if (this.open.size >= namespacesMax) this.incomplete = true;
      else this.open.set(inode, this.#enter(inode, pid));
    }
    return closed;
  }

  close(): void {
    for (const { table } of this.open.values()) table.close();
    this.open.clear();
  }

  #enter(inode: number, pid: number): NetworkNamespace {
    const label = this.#freeLabel(this.#labelOf(inode, pid), inode);
    const diag = this.#libc && openSockDiag(this.#libc, `/proc/${pid}/ns/net`);
    if (diag !== undefined && !("unavailable" in diag)) {
      return { inode, label, table: diagSocketTable(diag, label), fallback: null, memberPid: pid };
    }
    const namespace: NetworkNamespace = {
      inode,
      label,
      table: procSocketTable(() => `/proc/${namespace.memberPid}/net`, label),
      fallback: diag?.unavailable ?? "no FFI",
      memberPid: pid,
    };
    return namespace;
  }

  #labelOf(inode: number, pid: number): string {
    const cgroup = this.#proc.read(pid, "cgroup")?.toString("utf8") ?? "";
    const { containerId } = readCgroup(cgroup);
    if (containerId !== null) return `container:${containerId.slice(0, containerCharacters)}`;
    return namedNamespace(inode) ?? `ns:${inode}`;
  }

  /** Two namespaces of one container would share their endpoints. */
  #freeLabel(label: string, inode: number): string {
    const taken = [...this.open.values()].some((namespace) => namespace.label === label);
    return taken ? `ns:${inode}` : label;
  }
}

function ownNamespaceInode(): number {
  try {
    return namespaceInode(readlinkSync("/proc/self/ns/net"));
  } catch {
    return 0;
  }
}

function namedNamespace(inode: number): string | undefined {
  try {
    const name = readdirSync(namedNamespaces).find(
      (entry) => statSync(`${namedNamespaces}/${entry}`, { throwIfNoEntry: false })?.ino === inode,
    );
    if (name === undefined) return undefined;
    const label = `netns:${keyPart(name)}`;
    // Cut, two names could become one.
    return label.length > nameCharactersMax ? undefined : label;
  } catch {
    return undefined;
  }
}
