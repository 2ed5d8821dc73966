// What: the netlink messages in one datagram.
// Idea: the reader hands (type, start, end) of every message to a visitor and copies nothing.
// Trap: lengths come from the other side of a socket, so each is checked against the bytes that are there.
// Source: include/uapi/linux/netlink.h, netlink(7).

export const netlinkHeaderBytes = 16;
const messageTypes = { error: 2, done: 3, firstOfFamily: 16 } as const;
const dumpInterrupted = 0x10;

export type MessageVisitor = (type: number, bytes: Buffer, start: number, end: number) => void;

/** How one datagram ended: with the end of the dump, with an error number, or with more to come. */
export interface DatagramEnd {
  readonly done: boolean;
  readonly error: number;
  readonly interrupted: boolean;
}

/** Reads one datagram. `start` and `end` bound the payload behind the 16-byte header. Never throws on hostile bytes. */
export function readDatagram(
  bytes: Buffer,
  length: number,
  sequence: number,
  visit: MessageVisitor,
): DatagramEnd {
  let interrupted = false;
  let at = 0;
  while (at + netlinkHeaderBytes <= length) {
    const messageLength = bytes.readUInt32LE(at);
    if (messageLength < netlinkHeaderBytes || at + messageLength > length) break;
    const type = bytes.readUInt16LE(at + 4);
    if (bytes.readUInt32LE(at + 8) === sequence) {
      if ((bytes.readUInt16LE(at + 6) & dumpInterrupted) !== 0) interrupted = true;
      const start = at + netlinkHeaderBytes;
      if (type === messageTypes.done || type === messageTypes.error) {
        const error = messageLength >= netlinkHeaderBytes + 4 ? -bytes.readInt32LE(start) : 0;
        return { done: true, error: Math.max(error, 0), interrupted };
      }
      if (type >= messageTypes.firstOfFamily) visit(type, bytes, start, at + messageLength);
    }
    at += (messageLength + 3) & ~3;
  }
  return { done: false, error: 0, interrupted };
}
