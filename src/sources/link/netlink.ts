// What: one netlink socket, and the dumps that it is asked for again and again.
// Idea: a dump is a request followed by datagrams. Its request is made once; what its answers were is kept
//   (last-answer.ts), so that asking for what did not change costs the kernel's work and a comparison.
// Trap: a dump that was disturbed (NLM_F_DUMP_INTR) or overran the buffer (ENOBUFS) is asked for again, never half
//   believed. Every message bears the number of its request, so a request keeps its own while its answers end well, and
//   takes a new one after any that did not: what may still come of that one is then told apart.
// Source: include/uapi/linux/netlink.h, netlink(7).

import { netlinkHeaderBytes } from "./datagram.ts";
import type { MessageVisitor } from "./datagram.ts";
import { LastAnswer } from "./last-answer.ts";
import { errno } from "./libc.ts";
import type { Libc } from "./libc.ts";

const requestFlags = {
  /** NLM_F_REQUEST | NLM_F_DUMP */
  dump: 0x1 | 0x300,
  /** NLM_F_REQUEST | NLM_F_ACK: without the latter nothing would tell the end of one answer. */
  single: 0x1 | 0x4,
} as const;

const domainNetlink = 16;
/** SOCK_RAW | SOCK_CLOEXEC */
const socketType = 3 | 0o2000000;
const optionLevelSocket = 1;
const optionReceiveBuffer = 8;
const optionReceiveTimeout = 20;

/** One datagram of a dump is at most 32 KiB in every kernel so far. */
const datagramBytesMax = 64 * 1024;
const receiveBufferBytes = 1024 * 1024;
/** The kernel answers within the call; longer means that something is wrong. */
const receiveTimeoutSeconds = 2;
const attemptsMax = 4;

/** A dump that is asked for again and again. */
export interface RepeatedDump {
  /**
   * Visits every message of the answer. 0, `unchanged`, or the errno that ended it. `restart` is called before an
   * attempt is repeated: what was visited so far does not count.
   */
  ask(visit: MessageVisitor, restart: () => void): number;
}

export interface NetlinkSocket {
  /**
   * `payload` stands behind the header of the request. `keeps` false: the answer is not remembered, for dumps that are
   * large or never the same twice.
   */
  repeated(type: number, payload: Buffer, keeps?: boolean): RepeatedDump;
  /** A question with one answer: 0, or the errno that it ended with. */
  single(type: number, payload: Buffer, visit: MessageVisitor): number;
  close(): void;
}

/** Opens a socket in the network namespace that the calling thread is in; it stays there for good. `-errno` on failure. */
export function openNetlink(libc: Libc, protocol: number): NetlinkSocket | number {
  const fd = libc.socket(domainNetlink, socketType, protocol);
  if (fd < 0) return fd;
  const size = Buffer.alloc(4);
  size.writeUInt32LE(receiveBufferBytes);
  libc.setSocketOption(fd, optionLevelSocket, optionReceiveBuffer, size);
  const timeout = Buffer.alloc(16);
  timeout.writeBigInt64LE(BigInt(receiveTimeoutSeconds), 0);
  libc.setSocketOption(fd, optionLevelSocket, optionReceiveTimeout, timeout);
  const bound = libc.bind(fd, kernelAddress);
  if (bound < 0) {
    libc.close(fd);
    return bound;
  }
  let sequences = 0;
  return {
    repeated(type, payload, keeps = true) {
      const request = requestOf(type, payload, requestFlags.dump);
      const last = new LastAnswer(keeps);
      return {
        ask(visit, restart) {
          let outcome = 0;
          for (let attempt = 0; attempt < attemptsMax; attempt++) {
            if (attempt > 0) restart();
            if (last.isEmpty) sequences = (sequences + 1) >>> 0;
            if (last.isEmpty) request.writeUInt32LE(sequences, sequenceOffset);
            outcome = askOnce(libc, fd, request, last, visit);
            if (outcome > 0) last.forget();
            if (outcome !== errno.interrupted && outcome !== errno.noBuffers) break;
          }
          return outcome;
        },
      };
    },
    single(type, payload, visit) {
      const request = requestOf(type, payload, requestFlags.single);
      sequences = (sequences + 1) >>> 0;
      request.writeUInt32LE(sequences, sequenceOffset);
      return askOnce(libc, fd, request, new LastAnswer(false), visit);
    },
    close: () => void libc.close(fd),
  };
}

/** sockaddr_nl of the kernel: family, padding, port 0, groups 0. */
const kernelAddress = Buffer.from([domainNetlink, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
/** A visitor may ask another socket (for a device's name) while its own datagram is still being read. */
const idleDatagrams: Buffer[] = [];

const sequenceOffset = 8;

function requestOf(type: number, payload: Buffer, flags: number): Buffer {
  const request = Buffer.alloc(netlinkHeaderBytes + payload.length);
  request.writeUInt32LE(request.length, 0);
  request.writeUInt16LE(type, 4);
  request.writeUInt16LE(flags, 6);
  payload.copy(request, netlinkHeaderBytes);
  return request;
}

function askOnce(libc: Libc, fd: number, request: Buffer, last: LastAnswer, visit: MessageVisitor): number {
  const sent = libc.sendTo(fd, request, kernelAddress);
  if (sent < 0) return -sent;
  const datagram = idleDatagrams.pop() ?? Buffer.alloc(datagramBytesMax);
  try {
    const sequence = request.readUInt32LE(sequenceOffset);
    return last.read(sequence, datagram, (into) => libc.receive(fd, into), visit);
  } finally {
    idleDatagrams.push(datagram);
  }
}
