// What: the request for, and the decoding of, one socket in the kernel's sock_diag answers.
// Idea: only what the base message carries is asked for (no INET_DIAG_INFO), and only the wanted states: whoever asks
//   for listeners alone makes the kernel walk its hash of listeners and never its hash of connections. The request of
//   the first version names no family: its answer holds both, for one walk instead of two.
// Trap: ports and addresses are in network order, everything else in host order (little-endian on every platform that
//   Node 24 supports but s390x); the attributes behind the base message are optional and of hostile length.
// Source: include/uapi/linux/inet_diag.h, net/ipv4/inet_diag.c, net/ipv4/udp_diag.c.

import { attribute, eachAttribute } from "./attributes.ts";

export const sockDiagByFamily = 20;
/** TCPDIAG_GETSOCK, the first version: TCP of both families. */
export const tcpDiagGetSocket = 18;
export const inetDiagMessageBytes = 72;
/** Where the fields of `struct inet_diag_msg` stand, for those who read many and need few. */
export const inetDiagOffsets = {
  family: 0,
  state: 1,
  port: 4,
  remotePort: 6,
  address: 8,
  remoteAddress: 24,
  receiveQueue: 56,
  sendQueue: 60,
  inode: 68,
} as const;

export const families = { inet: 2, inet6: 10 } as const;
export const protocols = { tcp: 6, udp: 17 } as const;
/** Bits of `idiag_states`: 1 << TCP_LISTEN, and 1 << TCP_CLOSE, which is what an unconnected UDP socket has. */
export const states = { listen: 1 << 10, unconnected: 1 << 7 } as const;

/** INET_DIAG_REQ_BYTECODE, of a request. */
const attributeFilter = 1;
const attributeShutdown = 8;
const attributeSkV6Only = 11;

/** One socket; the reader reuses one object for all, so copy what you keep. */
export interface DiagSocket {
  family: number;
  state: number;
  port: number;
  remotePort: number;
  /** 4 or 16 bytes, a view into the answer that is valid during the visit only. */
  address: Uint8Array;
  /** As `address`; all zero without a peer. */
  remoteAddress: Uint8Array;
  /** Bytes that nobody has read; of a listener the connections that nobody has accepted. */
  receiveQueue: number;
  /** Bytes that are not acknowledged; of a listener the most connections that may wait. */
  sendQueue: number;
  /** Index of the device that the socket is bound to; 0 = none. */
  interfaceIndex: number;
  /** Unique within a network namespace for as long as it lives. */
  cookie: number;
  uid: number;
  /** 0: no file belongs to it (any more). */
  inode: number;
  /** Null when the kernel did not say. */
  v6Only: boolean | null;
}

export function emptyDiagSocket(): DiagSocket {
  return {
    family: 0,
    state: 0,
    port: 0,
    remotePort: 0,
    address: new Uint8Array(0),
    remoteAddress: new Uint8Array(0),
    receiveQueue: 0,
    sendQueue: 0,
    interfaceIndex: 0,
    cookie: 0,
    uid: 0,
    inode: 0,
    v6Only: null,
  };
}

/** struct inet_diag_req_v2: family, protocol, extensions, padding, states, then an all-zero socket id. */
export function inetDiagRequest(family: number, protocol: number, wantedStates: number): Buffer {
  const request = Buffer.alloc(56);
  request[0] = family;
  request[1] = protocol;
  request.writeUInt32LE(wantedStates, 4);
  return request;
}

/**
 * struct inet_diag_req: families and extensions zero, an all-zero socket id, states, a counter that nobody reads; then
 * the program that chooses sockets, if any.
 */
export function tcpDiagRequest(wantedStates: number, filter?: Buffer): Buffer {
  const request = Buffer.alloc(60);
  request.writeUInt32LE(wantedStates, 52);
  return filter === undefined ? request : Buffer.concat([request, attribute(attributeFilter, filter)]);
}

/** Fills `socket` from `bytes[start, end)`; false when it is not a whole message of a known family. Never throws. */
export function readInetDiag(bytes: Buffer, start: number, end: number, socket: DiagSocket): boolean {
  if (start < 0 || end > bytes.length || end - start < inetDiagMessageBytes) return false;
  const family = bytes[start] as number;
  if (family !== families.inet && family !== families.inet6) return false;
  socket.family = family;
  socket.state = bytes[start + 1] as number;
  socket.port = bytes.readUInt16BE(start + 4);
  socket.remotePort = bytes.readUInt16BE(start + 6);
  const addressBytes = family === families.inet ? 4 : 16;
  socket.address = bytes.subarray(start + 8, start + 8 + addressBytes);
  socket.remoteAddress = bytes.subarray(start + 24, start + 24 + addressBytes);
  socket.receiveQueue = bytes.readUInt32LE(start + inetDiagOffsets.receiveQueue);
  socket.sendQueue = bytes.readUInt32LE(start + inetDiagOffsets.sendQueue);
  socket.interfaceIndex = bytes.readUInt32LE(start + 40);
  socket.cookie = bytes.readUInt32LE(start + 44) + bytes.readUInt32LE(start + 48) * 0x1_0000_0000;
  socket.uid = bytes.readUInt32LE(start + 64);
  socket.inode = bytes.readUInt32LE(start + inetDiagOffsets.inode);
  socket.v6Only = null;
  eachAttribute(bytes, start + inetDiagMessageBytes, end, (kind, from, to) => {
    if (kind === attributeSkV6Only && to > from) socket.v6Only = bytes[from] !== 0;
  });
  return true;
}

/**
 * Whether the message in `bytes[start, end)` is about a socket, and not about the note that the kernel keeps of a
 * half-open request or of a closed connection: only a socket tells what is shut down. Never throws.
 */
export function isWholeSocket(bytes: Buffer, start: number, end: number): boolean {
  let whole = false;
  eachAttribute(bytes, start + inetDiagMessageBytes, end, (kind) => {
    if (kind === attributeShutdown) whole = true;
  });
  return whole;
}
