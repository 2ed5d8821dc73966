// What: one message of recvmsg(2): who sent it, or which ICMP error came for what we had sent.
// Idea: the reader fills one object that is used again for every message.
// Trap: of an error the kernel says where our datagram went and who complains; both lie behind lengths that are checked
//   against the bytes that are there. Errors of the machine's own making (too large for the device) are no answer.
// Source: recvmsg(2), ip(7) and ipv6(7), IP_RECVERR; include/uapi/linux/errqueue.h.

/** What was read last; valid until the next read. */
export interface SocketMessage {
  family: 4 | 6;
  /** Where an answer came from, or where went what the error is about. IPv4 as a number. */
  address: number;
  /** The same for IPv6: where its 16 bytes stand in `name`. */
  addressAt: number;
  port: number;
  /** Of an ICMP error; -1 for an answer. */
  icmpType: number;
  icmpCode: number;
  /** Whether the error came from the address that was asked. */
  fromTarget: boolean;
}

export const emptyMessage = (): SocketMessage => ({
  family: 4,
  address: 0,
  addressAt: 8,
  port: 0,
  icmpType: -1,
  icmpCode: 0,
  fromTarget: false,
});

const domains = { ipv4: 2, ipv6: 10 } as const;
/** `struct sockaddr_in` and `sockaddr_in6`: family, port, then the address. */
const nameBytes = { 4: 16, 6: 28 } as const;
const portAt = 2;
const ipv4At = 4;
export const ipv6At = 8;
/** `struct cmsghdr` of 64 bits: length with itself, level, type. */
const controlHeader = 16;
const controlKinds = { 4: { level: 0, type: 11 }, 6: { level: 41, type: 25 } } as const;
/** `struct sock_extended_err`, with the offender's address behind it. */
const errorBytes = 16;
const origins = { icmp: 2, icmp6: 3 } as const;
const controlsMax = 8;

/** Reads the sender's name. False when it is none. Never throws. */
export function readName(name: DataView, length: number, message: SocketMessage): boolean {
  const family = familyAt(name, 0, Math.min(length, name.byteLength));
  if (family === undefined) return false;
  message.family = family;
  message.port = name.getUint16(portAt);
  message.address = family === 4 ? name.getUint32(ipv4At) : 0;
  message.addressAt = ipv6At;
  message.icmpType = -1;
  message.icmpCode = 0;
  message.fromTarget = true;
  return true;
}

/** Reads the name and the ICMP error that stands in the control messages. False when there is none. Never throws. */
export function readError(
  name: DataView,
  nameLength: number,
  control: DataView,
  controlLength: number,
  message: SocketMessage,
): boolean {
  if (!readName(name, nameLength, message)) return false;
  const { level, type } = controlKinds[message.family];
  const end = Math.min(controlLength, control.byteLength);
  let at = 0;
  for (let count = 0; count < controlsMax && at + controlHeader <= end; count += 1) {
    const length = Number(control.getBigUint64(at, true));
    if (length < controlHeader || at + length > end) return false;
    if (control.getInt32(at + 8, true) === level && control.getInt32(at + 12, true) === type) {
      return readExtendedError(name, control, at + controlHeader, at + length, message);
    }
    at += Math.ceil(length / 8) * 8;
  }
  return false;
}

function readExtendedError(
  name: DataView,
  control: DataView,
  at: number,
  end: number,
  message: SocketMessage,
): boolean {
  if (at + errorBytes > end) return false;
  const origin = control.getUint8(at + 4);
  if (origin !== (message.family === 4 ? origins.icmp : origins.icmp6)) return false;
  message.icmpType = control.getUint8(at + 5);
  message.icmpCode = control.getUint8(at + 6);
  const offender = at + errorBytes;
  message.fromTarget =
    familyAt(control, offender, end) === message.family &&
    sameAddress(name, control, offender, message.family);
  return true;
}

function familyAt(view: DataView, at: number, end: number): 4 | 6 | undefined {
  if (at + 2 > end) return undefined;
  const domain = view.getUint16(at, true);
  const family = domain === domains.ipv4 ? 4 : domain === domains.ipv6 ? 6 : undefined;
  return family === undefined || at + nameBytes[family] > end ? undefined : family;
}

function sameAddress(a: DataView, b: DataView, at: number, family: 4 | 6): boolean {
  const [from, words] = family === 4 ? [ipv4At, 1] : [ipv6At, 4];
  for (let word = 0; word < words; word += 1) {
    if (a.getUint32(from + word * 4) !== b.getUint32(at + from + word * 4)) return false;
  }
  return true;
}
