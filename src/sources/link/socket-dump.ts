// What: every TCP and UDP socket of this network namespace, in the kernel's own bytes.
// Idea: TCP of both families comes in one answer to the first version of the request, so that the hash of connections is
//   walked once: with 131,072 of them the second walk costs as much as a third of the first with all its answers.
//   Nothing is remembered and no object is made per socket: the visitor reads the few bytes that it needs.
// Trap: a dump is no snapshot: a connection that changes while the kernel walks can be met twice or not at all.
//   Bound sockets without a peer are told since Linux 6.8, in a walk of their own, and only who asks for that state
//   pays for it. Older kernels do not know the state and tell nobody.
// Source: sock_diag(7); net/ipv4/inet_diag.c (inet_diag_dump_icsk, inet_diag_dump_compat), net/ipv4/udp_diag.c.

import type { RangeSet } from "../../base/range-set.ts";
import {
  families,
  inetDiagMessageBytes,
  inetDiagRequest,
  protocols,
  sockDiagByFamily,
  tcpDiagGetSocket,
  tcpDiagRequest,
} from "./inet-diag.ts";
import { errno, openLibc } from "./libc.ts";
import type { Unavailable } from "./libc.ts";
import { openNetlink } from "./netlink.ts";
import type { NetlinkSocket } from "./netlink.ts";
import { portFilter } from "./port-filter.ts";
import { netlinkSockDiag } from "./sock-diag.ts";

/** Bits of the states to ask for: 1 << the kernel's number. 13 is a bound socket that neither listens nor connects. */
export const everyTcpState = 0x2ffe;
/** 1 ESTABLISHED, that is with a peer; 7 CLOSE, without one. */
const everyUdpState = (1 << 1) | (1 << 7);

/** UDP is two dumps, and what one of them has disturbed is asked of both again. */
const attemptsMax = 3;

/** One `struct inet_diag_msg` with its attributes stands in `bytes[start, end)`; valid during the visit only. */
export type SocketVisitor = (bytes: Buffer, start: number, end: number) => void;

export interface SocketDump {
  /**
   * 0, or the errno that ended it. `ports`: only these local ones, as far as the kernel can choose; the visitor may meet
   * others. `restart`: what was visited so far does not count.
   */
  tcp(states: number, ports: RangeSet | null, visit: SocketVisitor, restart: () => void): number;
  /** The same for UDP, whatever its ports. */
  udp(visit: SocketVisitor, restart: () => void): number;
  close(): void;
}

export async function tryOpenSocketDump(): Promise<SocketDump | Unavailable> {
  const libc = await openLibc();
  if ("unavailable" in libc) return libc;
  const netlink = openNetlink(libc, netlinkSockDiag);
  if (typeof netlink === "number") return { unavailable: `no sock_diag netlink socket (errno ${-netlink})` };
  return {
    tcp(states, ports, visit, restart) {
      const filter = ports === null ? undefined : portFilter(ports);
      return dump(netlink, tcpDiagGetSocket, tcpDiagRequest(states, filter), visit, restart);
    },
    udp(visit, restart) {
      for (let attempt = 0; attempt < attemptsMax; attempt++) {
        if (attempt > 0) restart();
        let disturbed = false;
        for (const family of [families.inet, families.inet6]) {
          const request = inetDiagRequest(family, protocols.udp, everyUdpState);
          const failure = dump(netlink, sockDiagByFamily, request, visit, () => (disturbed = true));
          if (failure !== 0) return failure;
        }
        if (!disturbed) return 0;
      }
      return errno.interrupted;
    },
    close: () => netlink.close(),
  };
}

function dump(
  netlink: NetlinkSocket,
  type: number,
  request: Buffer,
  visit: SocketVisitor,
  restart: () => void,
): number {
  return netlink.repeated(type, request, false).ask((kind, bytes, start, end) => {
    if (kind === type && end - start >= inetDiagMessageBytes) visit(bytes, start, end);
  }, restart);
}
