// What: many TCP connections at once, each in a slot, begun and ended without waiting.
// Idea: a socket is used again and again: a second connect(2) fetches the result and sets a refused socket free, one to
//   "no family" sends a reset to an open one and sets it free. So a closed port costs two calls, and no descriptor is
//   opened, watched or closed for it.
// Trap: an event may be an old one: only what connect(2) then says counts, and only where something is under way, or the
//   same call would begin a connection. To an own address the kernel may choose the port asked as the port to ask from:
//   then a socket talks to itself, and nobody listens. `struct epoll_event` is packed on x86-64 and nowhere else.
// Source: connect(2), "AF_UNSPEC"; epoll(7), "edge-triggered"; net/ipv4/af_inet.c, __inet_stream_connect.

import { families } from "./inet-diag.ts";
import { errno, openLibrary } from "./libc.ts";
import type { CLibrary, Unavailable } from "./libc.ts";

/** What became of a connection: 0 when it stands, else the errno it failed with. */
export type ConnectEnd = number;

export interface Connections {
  /** 4 or 16 bytes, into a free slot. Undefined: under way; else it has ended already. */
  begin(slot: number, address: Uint8Array, port: number): ConnectEnd | undefined;
  /** Hands over all that have ended since; with none waits at most `waitMs`. */
  collect(visit: (slot: number, end: ConnectEnd) => void, waitMs: number): void | Promise<void>;
  /** Sets a slot free; an open connection is reset, or closed in order where `gently`. */
  leave(slot: number, gently: boolean): void;
  close(): void;
}

const streamNonBlocking = 0x1 | 0o4000 | 0o2000000;
const protocolTcp = 6;
const closeOnExec = 0o2000000;
const controlAdd = 1;
/** EPOLLIN | EPOLLOUT | EPOLLET: errors and hang-ups come anyway. */
const watched = 0x8000_0005;
const eventBytes = process.arch === "x64" ? 12 : 16;
const dataAt = eventBytes - 8;
const eventsMax = 1_024;

/** Where each family keeps port and address in its `struct sockaddr`. */
const layouts = {
  4: { family: families.inet, bytes: 16, addressAt: 4 },
  16: { family: families.inet6, bytes: 28, addressAt: 8 },
} as const;

export async function openConnections(slots: number): Promise<Connections | Unavailable> {
  const library = await openLibrary();
  if ("unavailable" in library) return library;
  const calls = bindCalls(library);
  const epoll = calls.epollCreate(closeOnExec);
  return epoll < 0 ? { unavailable: `no epoll (errno ${-epoll})` } : pool(calls, epoll, slots);
}

type Calls = ReturnType<typeof bindCalls>;

function bindCalls({ call }: CLibrary) {
  return {
    socket: call("int socket(int domain, int type, int protocol)"),
    connect: call("int connect(int fd, const uint8_t *address, unsigned int length)"),
    localName: call("int getsockname(int fd, uint8_t *address, uint8_t *length)"),
    remoteName: call("int getpeername(int fd, uint8_t *address, uint8_t *length)"),
    epollCreate: call("int epoll_create1(int flags)"),
    epollControl: call("int epoll_ctl(int epoll, int operation, int fd, uint8_t *event)"),
    epollWait: call("int epoll_wait(int epoll, uint8_t *events, int most, int timeoutMs)"),
    close: call("int close(int fd)"),
  };
}

function pool(calls: Calls, epoll: number, slots: number): Connections {
  const noSocket = -1;
  const fds = new Int32Array(slots).fill(noSocket);
  const lengths = new Uint8Array(slots);
  const isUnderWay = new Uint8Array(slots);
  const addresses = { 4: Buffer.alloc(layouts[4].bytes), 16: Buffer.alloc(layouts[16].bytes) };
  for (const length of [4, 16] as const) addresses[length].writeUInt16LE(layouts[length].family);
  const noAddress = Buffer.alloc(layouts[4].bytes);
  const events = Buffer.alloc(eventsMax * eventBytes);
  const event = Buffer.alloc(eventBytes);
  const names = [Buffer.alloc(layouts[16].bytes), Buffer.alloc(layouts[16].bytes)] as const;
  const nameLength = Buffer.alloc(4);

  const drop = (slot: number): void => {
    const fd = fds[slot] ?? noSocket;
    if (fd >= 0) calls.close(fd);
    fds[slot] = noSocket;
  };

  /** A socket of that family, or `-errno`. */
  const socketOf = (slot: number, length: 4 | 16): number => {
    const held = fds[slot] ?? noSocket;
    if (held >= 0 && lengths[slot] === length) return held;
    drop(slot);
    const fd = calls.socket(layouts[length].family, streamNonBlocking, protocolTcp);
    if (fd < 0) return fd;
    event.writeUInt32LE(watched, 0);
    event.writeUInt32LE(slot, dataAt);
    const added = calls.epollControl(epoll, controlAdd, fd, event);
    if (added < 0) {
      calls.close(fd);
      return added;
    }
    fds[slot] = fd;
    lengths[slot] = length;
    return fd;
  };

  const talksToItself = (fd: number): boolean => {
    const [local, remote] = names;
    nameLength.writeUInt32LE(local.length);
    calls.localName(fd, local, nameLength);
    nameLength.writeUInt32LE(remote.length);
    calls.remoteName(fd, remote, nameLength);
    return local.equals(remote);
  };

  const end = (slot: number, fd: number, result: number): ConnectEnd => {
    isUnderWay[slot] = 0;
    if (result !== 0 || !talksToItself(fd)) return Math.abs(result);
    drop(slot);
    return errno.addressNotAvailable;
  };

  return {
    begin(slot, bytes, port) {
      const length = bytes.length === 4 ? 4 : 16;
      const fd = socketOf(slot, length);
      if (fd < 0) return -fd;
      const address = addresses[length];
      address.writeUInt16BE(port, 2);
      address.set(bytes, layouts[length].addressAt);
      const result = calls.connect(fd, address, address.length);
      if (result !== -errno.inProgress) return end(slot, fd, result);
      isUnderWay[slot] = 1;
      return undefined;
    },
    collect(visit, waitMs) {
      const count = calls.epollWait(epoll, events, eventsMax, waitMs);
      for (let at = 0; at < count * eventBytes; at += eventBytes) {
        const slot = events.readUInt32LE(at + dataAt);
        if (isUnderWay[slot] === 0) continue;
        const address = addresses[lengths[slot] === 4 ? 4 : 16];
        const fd = fds[slot] ?? noSocket;
        const result = calls.connect(fd, address, address.length);
        if (result !== -errno.already) visit(slot, end(slot, fd, result));
      }
    },
    leave(slot, gently) {
      isUnderWay[slot] = 0;
      if (gently) return drop(slot);
      calls.connect(fds[slot] ?? noSocket, noAddress, noAddress.length);
    },
    close() {
      for (let slot = 0; slot < slots; slot += 1) drop(slot);
      calls.close(epoll);
    },
  };
}
