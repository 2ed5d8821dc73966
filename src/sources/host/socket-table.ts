// What: the listening sockets of one network namespace, with what came and went since the last look.
// Idea: every socket is remembered under the kernel's own name for it (cookie or inode); a look stamps the ones it meets,
//   and what keeps an old stamp is gone. A look at unchanged sockets makes no text and no objects.
// Trap: a socket can be bound anew under the same name, so port, address, device and inode are compared as well.
//   A table that could not be read to its end says nothing about what is gone.
// Source: sock_diag(7), proc(5).

import { bindingScope, endpointKey } from "../../model/endpoint.ts";
import type { BindingScope, Endpoint } from "../../model/endpoint.ts";
import { unchanged } from "../link/last-answer.ts";
import { diagTables } from "../link/sock-diag.ts";
import type { SockDiag } from "../link/sock-diag.ts";
import { addressText } from "./address.ts";
import { devicePart } from "./device-part.ts";
import { readLinkLocalZones } from "./link-local-zones.ts";
import { scanProcNet } from "./proc-net-file.ts";
import { readOrEmpty } from "./proc-text.ts";
import { isPastListeners, procNetStates } from "./proc-net.ts";

export interface ListeningSocket extends Endpoint {
  readonly transport: "tcp" | "udp";
  /** `endpointKey`. */
  readonly key: string;
  readonly scope: BindingScope;
  /** 0: no file belongs to it. */
  readonly inode: number;
  /** Who made it; -1 unknown. */
  readonly uid: number;
}

export interface TableChange {
  readonly added: ListeningSocket[];
  readonly removed: ListeningSocket[];
  /** Transports that could not be read this time, with the reason; what was known of them stands. */
  readonly failures: Map<"tcp" | "udp", string>;
}

export interface SocketTable {
  look(): TableChange;
  close(): void;
}

interface Remembered {
  readonly socket: ListeningSocket;
  readonly address: Uint8Array | string;
  readonly interfaceIndex: number;
  stamp: number;
}

/** One of the four tables of a namespace. */
class Memory {
  readonly #known = new Map<number, Remembered>();
  readonly #added: ListeningSocket[];
  readonly #removed: ListeningSocket[];
  #stamp = 0;

  constructor(change: TableChange, known?: Memory) {
    this.#added = change.added;
    this.#removed = change.removed;
    if (known !== undefined) {
      this.#known = known.#known;
      this.#stamp = known.#stamp;
    }
    this.begin();
  }

  /** Also to be called when a read starts over. */
  begin(): void {
    this.#stamp++;
  }

  get(name: number): Remembered | undefined {
    return this.#known.get(name);
  }

  keep(remembered: Remembered): void {
    remembered.stamp = this.#stamp;
  }

  put(name: number, socket: ListeningSocket, address: Uint8Array | string, interfaceIndex: number): void {
    const before = this.#known.get(name);
    if (before !== undefined) this.#removed.push(before.socket);
    this.#added.push(socket);
    this.#known.set(name, { socket, address, interfaceIndex, stamp: this.#stamp });
  }

  /** Forgets what this look did not meet. */
  end(): void {
    for (const [name, remembered] of this.#known) {
      if (remembered.stamp === this.#stamp) continue;
      this.#known.delete(name);
      this.#removed.push(remembered.socket);
    }
  }
}

const emptyChange = (): TableChange => ({ added: [], removed: [], failures: new Map() });

/** By sock_diag. */
export function diagSocketTable(diag: SockDiag, networkNamespace: string | null): SocketTable {
  const memories = new Map<object, Memory>();
  let devices = new Map<number, string>();
  const deviceName = (index: number): string | null => {
    if (index === 0) return null;
    if (!devices.has(index)) devices = diag.interfaces();
    return devicePart(devices.get(index), index);
  };
  return {
    look() {
      const change = emptyChange();
      for (const table of diagTables) {
        const memory = new Memory(change, memories.get(table));
        const failure = diag.listeners(
          table,
          (seen) => {
            const known = memory.get(seen.cookie);
            if (
              known !== undefined &&
              known.socket.inode === seen.inode &&
              known.socket.port === seen.port &&
              known.interfaceIndex === seen.interfaceIndex &&
              isSameBytes(known.address as Uint8Array, seen.address)
            ) {
              memory.keep(known);
              return;
            }
            const address = Uint8Array.from(seen.address);
            const endpoint: Endpoint = {
              transport: table.transport,
              address: addressText(address),
              port: seen.port,
              interface: deviceName(seen.interfaceIndex),
              networkNamespace,
            };
            const socket = socketOf(endpoint, table.transport, seen.inode, seen.uid);
            memory.put(seen.cookie, socket, address, seen.interfaceIndex);
          },
          () => memory.begin(),
        );
        if (failure === unchanged) continue;
        memories.set(table, memory);
        if (failure === 0) memory.end();
        else change.failures.set(table.transport, `sock_diag ended with errno ${failure}`);
      }
      return change;
    },
    close: () => diag.close(),
  };
}

function socketOf(endpoint: Endpoint, transport: "tcp" | "udp", inode: number, uid: number): ListeningSocket {
  return {
    ...endpoint,
    transport,
    key: endpointKey(endpoint),
    scope: bindingScope(endpoint.address),
    inode,
    uid,
  };
}

function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

const procNetFiles = [
  { transport: "tcp", name: "tcp", state: procNetStates.listen },
  { transport: "tcp", name: "tcp6", state: procNetStates.listen },
  { transport: "udp", name: "udp", state: procNetStates.unconnected },
  { transport: "udp", name: "udp6", state: procNetStates.unconnected },
] as const;

/** By `/proc/<pid>/net`. `folder`: `/proc/net`, or `/proc/7/net` of a process in the namespace, asked for at each look. */
export function procSocketTable(folder: () => string, networkNamespace: string | null): SocketTable {
  const memories = new Map<object, Memory>();
  return {
    look() {
      const change = emptyChange();
      let zones: Map<string, string> | undefined;
      const zoneOf = (address: string): string | null => {
        if (!/^fe[89ab]/.test(address)) return null;
        zones ??= readLinkLocalZones(readOrEmpty(`${folder()}/if_inet6`));
        return zones.get(address) ?? null;
      };
      for (const file of procNetFiles) {
        const memory = new Memory(change, memories.get(file));
        memories.set(file, memory);
        let unnamed = 0;
        const failure = scanProcNet(`${folder()}/${file.name}`, (line) => {
          if (file.transport === "tcp" && isPastListeners(line)) return "stop";
          if (line.state !== file.state) return "on";
          const name = line.inode === 0 ? -++unnamed : line.inode;
          const known = memory.get(name);
          if (known?.address === line.address && known.socket.port === line.port) {
            memory.keep(known);
            return "on";
          }
          const endpoint: Endpoint = {
            transport: file.transport,
            address: line.address,
            port: line.port,
            interface: zoneOf(line.address),
            networkNamespace,
          };
          memory.put(name, socketOf(endpoint, file.transport, line.inode, line.uid), line.address, 0);
          return "on";
        });
        // A kernel without IPv6 has no table for it.
        if (failure === undefined || (failure === "ENOENT" && file.name.endsWith("6"))) memory.end();
        else change.failures.set(file.transport, `${folder()}/${file.name}: ${failure}`);
      }
      return change;
    },
    close: () => undefined,
  };
}
