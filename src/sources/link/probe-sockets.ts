// What: the kernel's own datagram sockets for probes, several of one family: UDP, or ICMP echo.
// Idea: one unconnected socket serves all hosts; with IP_RECVERR the kernel keeps each ICMP error with its code, the
//   address that it is about and who sent it. That needs no rights, works on every device, and an answer meets an open
//   socket: no error of ours goes back. Several sockets share the memory that what is under way is charged to.
// Trap: an error that is waiting makes the next send fail, which then has not sent: it is tried again. Where a neighbour
//   does not resolve, packets wait in the kernel for 3 s and fill the send buffer.
// Source: ip(7), udp(7), icmp(7), recvmsg(2), poll(2).

import { openLibrary, type CLibrary, type Unavailable } from "./libc.ts";
import { openPacketCalls, type PacketCalls } from "./packet-calls.ts";
import { levelSocket, optionInt } from "./packet-socket.ts";
import { emptyMessage, ipv6At, readError, readName, type SocketMessage } from "./socket-message.ts";

const domains = { 4: 2, 6: 10 } as const;
/** SOCK_CLOEXEC | SOCK_NONBLOCK */
const flags = 0o2000000 | 0o4000;
const receiveErrors = { 4: [0, 11], 6: [41, 25] } as const;
const options = { sendBuffer: 7, receiveBuffer: 8, bindToDevice: 25, memory: 55 } as const;
/** The kernel gives what its limit allows. */
const bufferBytes = 4 * 1024 * 1024;
/** `SK_MEMINFO_DROPS`, the ninth word. */
const memoryBytes = 36;
const dropsAt = 32;
const messageFlags = { dontWait: 0x40, errorQueue: 0x2000 } as const;
const datagramBytesMax = 4_096;
const controlBytes = 512;
const nameBytes = 28;
/** `struct msghdr` of 64 bits. */
const header = {
  bytes: 56,
  name: 0,
  nameLength: 8,
  vectors: 16,
  vectorCount: 24,
  control: 32,
  controlLength: 40,
};
const vectorBytes = 16;
const pollEntry = { bytes: 8, events: 4, cameIn: 6 } as const;
const pollEvents = { in: 0x01, error: 0x08 } as const;
/** Read of one socket before the others have their turn. */
const messagesPerTurn = 4_096;
const sendTries = 4;
/** What an ICMP error makes of the next send: ECONNREFUSED, EHOSTUNREACH and their like. */
const heldErrors = new Set([13, 64, 71, 90, 92, 95, 101, 111, 112, 113]);

export interface SocketKind {
  readonly family: 4 | 6;
  /** SOCK_DGRAM is 2, SOCK_RAW is 3. */
  readonly type: number;
  readonly protocol: number;
}
export const udpKind = (family: 4 | 6): SocketKind => ({ family, type: 2, protocol: 0 });

/** `name` holds the IPv6 address of the message; both and `payload` are valid during the visit only. */
export type MessageVisitor = (message: SocketMessage, name: DataView, payload: Buffer) => void;

export interface ProbeSockets {
  readonly count: number;
  /** One datagram by the `index`-th socket to 4 or 16 bytes of address; 0, or the error number. */
  send(index: number, address: Uint8Array, port: number, payload: Uint8Array): number;
  /** Visits all that has come since: answers and errors. */
  receive(visit: MessageVisitor): void;
  /** Answers that found no room since the start. */
  drops(): number;
  close(): void;
}

/** In the network namespace that this thread is in; by the device of that name, if one is given. */
export async function openProbeSockets(
  kind: SocketKind,
  count: number,
  device: string | null,
): Promise<ProbeSockets | Unavailable> {
  const calls = await openPacketCalls();
  if ("unavailable" in calls) return calls;
  const library = await openLibrary();
  if ("unavailable" in library) return library;
  const sockets: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const fd = openOne(calls, kind, device);
    if (fd >= 0) {
      sockets.push(fd);
      continue;
    }
    for (const opened of sockets) calls.close(opened);
    return { unavailable: `the kernel gives no such socket (errno ${-fd})` };
  }
  return socketsOn(calls, library, kind.family, sockets);
}

function openOne(calls: PacketCalls, { family, type, protocol }: SocketKind, device: string | null): number {
  const fd = calls.socket(domains[family], type | flags, protocol);
  if (fd < 0) return fd;
  const [level, name] = receiveErrors[family];
  let failure = calls.setOption(fd, level, name, optionInt(1));
  if (failure >= 0 && device !== null) {
    failure = calls.setOption(fd, levelSocket, options.bindToDevice, Buffer.from(device));
  }
  if (failure < 0) {
    calls.close(fd);
    return failure;
  }
  for (const buffer of [options.sendBuffer, options.receiveBuffer]) {
    calls.setOption(fd, levelSocket, buffer, optionInt(bufferBytes));
  }
  return fd;
}

function socketsOn(
  calls: PacketCalls,
  { call, addressOf }: CLibrary,
  family: 4 | 6,
  sockets: readonly number[],
): ProbeSockets {
  const sendto = call(
    "int sendto(int fd, const uint8_t *bytes, size_t length, int flags, const uint8_t *address, unsigned int addressLength)",
  );
  const recvmsg = call("int recvmsg(int fd, uint8_t *message, int flags)");
  const poll = call("int poll(uint8_t *entries, unsigned long count, int timeoutMs)");
  const payload = Buffer.alloc(datagramBytesMax);
  const control = Buffer.alloc(controlBytes);
  const name = Buffer.alloc(nameBytes);
  // Its one `struct iovec` stands behind it.
  const message = Buffer.alloc(header.bytes + vectorBytes);
  message.writeBigUInt64LE(addressOf(payload), header.bytes);
  message.writeBigUInt64LE(BigInt(datagramBytesMax), header.bytes + 8);
  message.writeBigUInt64LE(addressOf(name), header.name);
  message.writeBigUInt64LE(addressOf(message) + BigInt(header.bytes), header.vectors);
  message.writeBigUInt64LE(1n, header.vectorCount);
  message.writeBigUInt64LE(addressOf(control), header.control);
  const destination = Buffer.alloc(family === 4 ? 16 : nameBytes);
  destination.writeUInt16LE(domains[family], 0);
  const entries = Buffer.alloc(sockets.length * pollEntry.bytes);
  for (const [index, fd] of sockets.entries()) {
    entries.writeInt32LE(fd, index * pollEntry.bytes);
    entries.writeInt16LE(pollEvents.in, index * pollEntry.bytes + pollEntry.events);
  }
  const memory = Buffer.alloc(memoryBytes);
  const nameView = new DataView(name.buffer, name.byteOffset, nameBytes);
  const controlView = new DataView(control.buffer, control.byteOffset, controlBytes);
  const read = emptyMessage();
  const drain = (fd: number, which: number, visit: MessageVisitor): void => {
    for (let count = 0; count < messagesPerTurn; count += 1) {
      message.writeUInt32LE(nameBytes, header.nameLength);
      message.writeBigUInt64LE(BigInt(controlBytes), header.controlLength);
      const length = recvmsg(fd, message, which | messageFlags.dontWait);
      // An error that is told here stands in the other queue as well.
      if (length < 0 && heldErrors.has(-length)) continue;
      if (length < 0) return;
      const nameLength = message.readUInt32LE(header.nameLength);
      const controlLength = Number(message.readBigUInt64LE(header.controlLength));
      const understood =
        which === messageFlags.errorQueue
          ? readError(nameView, nameLength, controlView, controlLength, read)
          : readName(nameView, nameLength, read);
      if (understood) visit(read, nameView, payload.subarray(0, Math.min(length, datagramBytesMax)));
    }
  };
  return {
    count: sockets.length,
    send(index, address, port, bytes) {
      destination.writeUInt16BE(port, 2);
      destination.set(address, family === 4 ? 4 : ipv6At);
      let failure = 0;
      for (let tries = 0; tries < sendTries; tries += 1) {
        const fd = sockets[index % sockets.length] ?? -1;
        const sent = sendto(fd, bytes, bytes.length, messageFlags.dontWait, destination, destination.length);
        if (sent >= 0) return 0;
        failure = -sent;
        if (!heldErrors.has(failure)) break;
      }
      return failure;
    },
    receive(visit) {
      if (poll(entries, sockets.length, 0) <= 0) return;
      for (const [index, fd] of sockets.entries()) {
        const came = entries.readInt16LE(index * pollEntry.bytes + pollEntry.cameIn);
        if ((came & pollEvents.error) !== 0) drain(fd, messageFlags.errorQueue, visit);
        if ((came & pollEvents.in) !== 0) drain(fd, 0, visit);
      }
    },
    drops() {
      let dropped = 0;
      for (const fd of sockets) {
        if (calls.getOption(fd, levelSocket, options.memory, memory) >= 0)
          dropped += memory.readUInt32LE(dropsAt);
      }
      return dropped;
    },
    close() {
      for (const fd of sockets) calls.close(fd);
    },
  };
}
