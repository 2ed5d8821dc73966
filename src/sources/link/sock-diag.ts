// What: the listening sockets of one or more network namespaces, asked of the kernel.
// Idea: a netlink socket belongs for ever to the namespace it was made in. So: setns, socket, setns back, once per
//   namespace, and every later look costs four requests and no system call more.
// Trap: an open socket keeps its namespace alive after the last process of it has ended: close it when the namespace
//   has no process any more. setns moves the calling thread; if the way back fails, the process must not go on.
// Source: sock_diag(7), setns(2), namespaces(7).

import { PortolanError } from "../../base/errors.ts";
import {
  emptyDiagSocket,
  families,
  inetDiagRequest,
  protocols,
  readInetDiag,
  sockDiagByFamily,
  states,
} from "./inet-diag.ts";
import type { DiagSocket } from "./inet-diag.ts";
import { interfaceNames, netlinkRoute } from "./interface-names.ts";
import { openLibc, openFlags } from "./libc.ts";
import type { Libc, Unavailable } from "./libc.ts";
import { openNetlink } from "./netlink.ts";
import type { NetlinkSocket, RepeatedDump } from "./netlink.ts";

export const netlinkSockDiag = 4;
const namespaceKindNetwork = 0x4000_0000;

/** The four tables of an IP stack that hold listeners. */
export const diagTables = [
  { transport: "tcp", family: families.inet, protocol: protocols.tcp, states: states.listen },
  { transport: "tcp", family: families.inet6, protocol: protocols.tcp, states: states.listen },
  { transport: "udp", family: families.inet, protocol: protocols.udp, states: states.unconnected },
  { transport: "udp", family: families.inet6, protocol: protocols.udp, states: states.unconnected },
] as const;
export type DiagTable = (typeof diagTables)[number];

export interface SockDiag {
  /**
   * 0; `unchanged` when all is as the time before, and nobody was visited; or the errno that ended it: then nothing
   * that was visited counts. `restart`: begin anew.
   */
  listeners(table: DiagTable, visit: (socket: DiagSocket) => void, restart: () => void): number;
  /** Device names by index, read anew. */
  interfaces(): Map<number, string>;
  close(): void;
}

/**
 * The kernel's socket tables of the namespace behind `namespacePath` (`/proc/7/ns/net`; null: the process's own).
 * A value with the reason where FFI, netlink, the kernel's diag modules or the rights for setns are missing.
 */
export async function tryOpenSockDiag(namespacePath: string | null = null): Promise<SockDiag | Unavailable> {
  const libc = await openLibc();
  return "unavailable" in libc ? libc : openSockDiag(libc, namespacePath);
}

/** The same where libc is at hand. */
export function openSockDiag(libc: Libc, namespacePath: string | null): SockDiag | Unavailable {
  const opened = namespacePath === null ? openBoth(libc) : within(libc, namespacePath, () => openBoth(libc));
  if ("unavailable" in opened) return opened;
  const { diag, route } = opened;
  const close = (): void => {
    diag.close();
    route?.close();
  };
  const dumpOf = ({ family, protocol, states: wanted }: DiagTable): RepeatedDump =>
    diag.repeated(sockDiagByFamily, inetDiagRequest(family, protocol, wanted));
  for (const table of diagTables) {
    const failure = dumpOf(table).ask(
      () => undefined,
      () => undefined,
    );
    if (failure !== 0 && table.family !== families.inet6) {
      close();
      return { unavailable: `the kernel answers sock_diag for ${table.transport} with errno ${failure}` };
    }
  }
  const socket = emptyDiagSocket();
  const dumps = new Map(diagTables.map((table) => [table, dumpOf(table)]));
  return {
    listeners: (table, visit, restart) =>
      (dumps.get(table) as RepeatedDump).ask((type, bytes, start, end) => {
        if (type === sockDiagByFamily && readInetDiag(bytes, start, end, socket)) visit(socket);
      }, restart),
    interfaces: route === undefined ? () => new Map() : interfaceNames(route),
    close,
  };
}

interface Sockets {
  readonly diag: NetlinkSocket;
  readonly route: NetlinkSocket | undefined;
}

function openBoth(libc: Libc): Sockets | Unavailable {
  const diag = openNetlink(libc, netlinkSockDiag);
  if (typeof diag === "number") return { unavailable: `no sock_diag netlink socket (errno ${-diag})` };
  const route = openNetlink(libc, netlinkRoute);
  return { diag, route: typeof route === "number" ? undefined : route };
}

function within<T>(libc: Libc, namespacePath: string, act: () => T): T | Unavailable {
  const own = libc.open("/proc/thread-self/ns/net", openFlags.readOnly);
  if (own < 0) return { unavailable: `own network namespace cannot be opened (errno ${-own})` };
  const other = libc.open(namespacePath, openFlags.readOnly);
  try {
    if (other < 0) return { unavailable: `${namespacePath} cannot be opened (errno ${-other})` };
    const moved = libc.setNamespace(other, namespaceKindNetwork);
    if (moved < 0) return { unavailable: `${namespacePath} cannot be entered (errno ${-moved})` };
    const result = act();
    const back = libc.setNamespace(own, namespaceKindNetwork);
    if (back < 0) {
      throw new PortolanError("internal", `the way back from ${namespacePath} failed (errno ${-back})`);
    }
    return result;
  } finally {
    if (other >= 0) libc.close(other);
    libc.close(own);
  }
}
