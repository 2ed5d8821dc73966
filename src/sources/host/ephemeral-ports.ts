// What: the local ports that connections to elsewhere may use, and how many one remote endpoint takes of them.
// Idea: a connection is told by both of its ends, so ports run short towards one remote endpoint, not at large. So they are
//   counted by endpoint, and only when one address has so many that it may matter.
// Trap: reserved ports lie in the range and are no room.
// Source: Documentation/networking/ip-sysctl.rst (ip_local_port_range, ip_local_reserved_ports).

import type { SocketVisitor } from "../link/socket-dump.ts";
import { families, inetDiagOffsets as offset } from "../link/inet-diag.ts";
import { readOrEmpty } from "./proc-text.ts";

export interface EphemeralPorts {
  readonly first: number;
  readonly last: number;
  /** Without those reserved. */
  readonly size: number;
}

/** Who connects to more has few ports taken by each. */
const endpointsMax = 4_096;

/** Null: not Linux, or it may not be read. */
export function readEphemeralPorts(): EphemeralPorts | null {
  return ephemeralPorts(
    readOrEmpty("/proc/sys/net/ipv4/ip_local_port_range"),
    readOrEmpty("/proc/sys/net/ipv4/ip_local_reserved_ports"),
  );
}

/** Of the two files' texts: `32768\t60999`, and `8080,9000-9010` or nothing. */
export function ephemeralPorts(range: string, reserved: string): EphemeralPorts | null {
  const match = /^(\d{1,5})\s+(\d{1,5})\s*$/.exec(range);
  if (match === null) return null;
  const [first, last] = [Number(match[1]), Number(match[2])];
  let size = last - first + 1;
  for (const part of reserved.trim().split(",")) {
    const [from = "", to = from] = part.split("-");
    if (!/^\d{1,5}$/.test(from) || !/^\d{1,5}$/.test(to)) continue;
    size -= Math.max(0, Math.min(last, Number(to)) - Math.max(first, Number(from)) + 1);
  }
  return size > 0 ? { first, last, size } : null;
}

/** Counts connections by remote endpoint, those whose local port is one of the range. */
export class EndpointCounts {
  readonly #range: EphemeralPorts;
  readonly #counts = new Map<string, number>();

  constructor(range: EphemeralPorts) {
    this.#range = range;
  }

  clear(): void {
    this.#counts.clear();
  }

  readonly visit: SocketVisitor = (bytes, start) => {
    const port = bytes.readUInt16BE(start + offset.port);
    if (port < this.#range.first || port > this.#range.last) return;
    const length = bytes[start + offset.family] === families.inet ? 4 : 16;
    const at = start + offset.remoteAddress;
    const endpoint = `${bytes.toString("latin1", at, at + length)} ${bytes.readUInt16BE(start + offset.remotePort)}`;
    const count = this.#counts.get(endpoint);
    if (count !== undefined) this.#counts.set(endpoint, count + 1);
    else if (this.#counts.size < endpointsMax) this.#counts.set(endpoint, 1);
  };

  most(): number {
    let most = 0;
    for (const count of this.#counts.values()) if (count > most) most = count;
    return most;
  }
}
