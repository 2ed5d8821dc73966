// What: numbers of AF_PACKET that sending and receiving share.
// Source: include/uapi/linux/if_packet.h, include/uapi/linux/if_ether.h.

export const domainPacket = 17;
/** SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK */
export const socketRaw = 3 | 0o2000000 | 0o4000;
export const levelPacket = 263;
export const levelSocket = 1;

export const packetOptions = {
  receiveRing: 5,
  statistics: 6,
  version: 10,
  ignoreOutgoing: 23,
} as const;

/** `struct sockaddr_ll`: 20 bytes; the protocol is in network order. */
export function linkLayerAddress(protocol: number, deviceIndex: number): Buffer {
  const address = Buffer.alloc(20);
  address.writeUInt16LE(domainPacket, 0);
  address.writeUInt16BE(protocol, 2);
  address.writeInt32LE(deviceIndex, 4);
  return address;
}

export function optionInt(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

/** A call that opens a socket failed: what a person can do about it. */
export function whyNotOpened(call: string, errorNumber: number): string {
  return errorNumber === 1 || errorNumber === 13
    ? "raw packets need root or CAP_NET_RAW"
    : `${call} fails with errno ${errorNumber}`;
}
