// What: the C library calls of raw packets, bound through FFI.
// Idea: apart from `Libc`, because an agent that sends no packets shall not carry them.
// Trap: memory that is mapped stays until it is unmapped, and a view of it that is read later ends the process: whoever
//   maps must unmap last.
// Source: packet(7), mmap(2), poll(2), sendmmsg(2).

import { openLibrary } from "./libc.ts";
import type { CLibrary, Unavailable } from "./libc.ts";

export interface PacketCalls {
  socket(domain: number, type: number, protocol: number): number;
  bind(fd: number, address: Uint8Array): number;
  setOption(fd: number, level: number, name: number, value: Uint8Array): number;
  getOption(fd: number, level: number, name: number, into: Uint8Array): number;
  /** `count` messages of `struct mmsghdr`; how many were taken. */
  sendMany(fd: number, messages: Uint8Array, count: number): number;
  /** One `struct pollfd`. */
  poll(entry: Uint8Array, timeoutMs: number): number;
  /** Shared with the kernel; undefined when it gives none. */
  map(fd: number, bytes: number): Mapping | undefined;
  addressOf(buffer: Uint8Array): bigint;
  close(fd: number): number;
}

export interface Mapping {
  readonly memory: ArrayBuffer;
  unmap(): void;
}

const protection = { readWrite: 0x1 | 0x2 } as const;
const mapShared = 0x1;
const mapFailed = 0xffff_ffff_ffff_ffffn;
const messageDontWait = 0x40;

let bound: Promise<PacketCalls | Unavailable> | undefined;

/** Binds the calls, once per process. */
export function openPacketCalls(): Promise<PacketCalls | Unavailable> {
  bound ??= openLibrary().then((library) => ("unavailable" in library ? library : bindings(library)));
  return bound;
}

function bindings({ call, pointerCall, addressOf, memoryAt }: CLibrary): PacketCalls {
  const socket = call("int socket(int domain, int type, int protocol)");
  const bind = call("int bind(int fd, const uint8_t *address, unsigned int length)");
  const setsockopt = call(
    "int setsockopt(int fd, int level, int name, const uint8_t *value, unsigned int length)",
  );
  const getsockopt = call("int getsockopt(int fd, int level, int name, uint8_t *into, uint8_t *length)");
  const sendmmsg = call("int sendmmsg(int fd, uint8_t *messages, unsigned int count, int flags)");
  const poll = call("int poll(uint8_t *entries, unsigned long count, int timeoutMs)");
  const mmap = pointerCall(
    "intptr_t mmap(intptr_t at, size_t length, int protection, int flags, int fd, int64_t offset)",
  );
  const munmap = pointerCall("int munmap(intptr_t at, size_t length)");
  const close = call("int close(int fd)");
  const optionLength = Buffer.alloc(4);
  return {
    socket: (domain, type, protocol) => socket(domain, type, protocol),
    bind: (fd, address) => bind(fd, address, address.length),
    setOption: (fd, level, name, value) => setsockopt(fd, level, name, value, value.length),
    getOption(fd, level, name, into) {
      optionLength.writeUInt32LE(into.length);
      return getsockopt(fd, level, name, into, optionLength);
    },
    sendMany: (fd, messages, count) => sendmmsg(fd, messages, count, messageDontWait),
    poll: (entry, timeoutMs) => poll(entry, 1, timeoutMs),
    map(fd, bytes) {
      const at = BigInt.asUintN(64, BigInt(mmap(0, bytes, protection.readWrite, mapShared, fd, 0)));
      if (at === mapFailed) return undefined;
      return { memory: memoryAt(at, bytes), unmap: () => void munmap(at, bytes) };
    },
    addressOf,
    close: (fd) => close(fd),
  };
}
