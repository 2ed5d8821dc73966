// What: the attributes behind a netlink message.
// Idea: a visitor is handed the kind and the bounds of each; nothing is copied.
// Trap: lengths are the other side's, and only the low 14 bits of the kind are the kind.
// Source: include/uapi/linux/netlink.h (struct nlattr), include/uapi/linux/rtnetlink.h (struct rtattr).

const kindMask = 0x3fff;
const headerBytes = 4;

/** Visits each attribute in `bytes[from, end)`; stops at the first that does not fit. Never throws. */
export function eachAttribute(
  bytes: Buffer,
  from: number,
  end: number,
  visit: (kind: number, start: number, end: number) => void,
): void {
  let at = from;
  while (at + headerBytes <= end) {
    const length = bytes.readUInt16LE(at);
    if (length < headerBytes || at + length > end) return;
    visit(bytes.readUInt16LE(at + 2) & kindMask, at + headerBytes, at + length);
    at += (length + 3) & ~3;
  }
}

/** One attribute as bytes, padded to four. */
export function attribute(kind: number, value: Uint8Array): Buffer {
  const bytes = Buffer.alloc((headerBytes + value.length + 3) & ~3);
  bytes.writeUInt16LE(headerBytes + value.length, 0);
  bytes.writeUInt16LE(kind, 2);
  bytes.set(value, headerBytes);
  return bytes;
}
