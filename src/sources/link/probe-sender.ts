// What: probes on their way out: as frames where we make the Ethernet header, as IP packets where the kernel does.
// Idea: whoever sends asks for a slot, in which the bytes that never change stand already, writes the few that do, and
//   hands over a hundred and more with one system call.
// Trap: a ring shared with the kernel (PACKET_TX_RING) is no faster: it spares one copy of 58 bytes and pays for it
//   where a frame changes hands; on veth it reached four fifths of sendmmsg. What the kernel refuses must be told, for
//   the pace is made from it.
// Source: packet(7), raw(7), sendmmsg(2); bench/README.md, "scan-rate".

import type { SynTemplate } from "../../packet/syn-frame.ts";
import type { Unavailable } from "./libc.ts";
import { openPacketCalls } from "./packet-calls.ts";
import type { PacketCalls } from "./packet-calls.ts";
import { domainPacket, linkLayerAddress, socketRaw, whyNotOpened } from "./packet-socket.ts";
import type { Device } from "./routes.ts";

export interface ProbeSender {
  /** The slots. */
  readonly view: DataView;
  /** Where the next slot begins, with the template's bytes in it; -1 when there is none until a flush. */
  slot(template: SynTemplate): number;
  /** Hands over what was written; how many of it were refused. */
  flush(): number;
  close(): void;
}

/** Room for the longest probe: Ethernet, IPv6 and TCP with one option are 78 bytes. */
const slotBytes = 128;
/** More would not stay in the first cache from being written to being read, and cost more than their calls spare. */
const slots = 128;
/** `struct mmsghdr` and `struct iovec` on machines of 64 bits. */
const message = { bytes: 64, addressLength: 8, vectors: 16, vectorCount: 24 } as const;
const vector = { bytes: 16, length: 8 } as const;

/** Frames of our own making. Needs CAP_NET_RAW. */
export async function openFrameSender(device: Device): Promise<ProbeSender | Unavailable> {
  const calls = await openPacketCalls();
  if ("unavailable" in calls) return calls;
  // Protocol 0: a socket that sends shall receive nothing.
  const fd = calls.socket(domainPacket, socketRaw, 0);
  if (fd < 0) return { unavailable: whyNotOpened("socket(AF_PACKET)", -fd) };
  const bound = calls.bind(fd, linkLayerAddress(0, device.index));
  if (bound >= 0) return senderOn(calls, fd, null);
  calls.close(fd);
  return { unavailable: whyNotOpened("bind", -bound) };
}

/** How a raw IP socket is told where a packet goes: `struct sockaddr_in` and `sockaddr_in6`. */
interface AddressForm {
  readonly family: number;
  readonly bytes: number;
  readonly at: number;
  /** Where the destination stands in the IP header. */
  readonly destinationAt: number;
  readonly width: number;
}

const addressForms: Readonly<Record<4 | 6, AddressForm>> = {
  4: { family: 2, bytes: 16, at: 4, destinationAt: 16, width: 4 },
  6: { family: 10, bytes: 28, at: 8, destinationAt: 24, width: 16 },
};
/** IPPROTO_RAW: the IP header is ours. */
const protocolRaw = 255;

/** IP packets of our own making, which the kernel routes and puts a link header on. Needs CAP_NET_RAW. */
export async function openPacketSender(family: 4 | 6): Promise<ProbeSender | Unavailable> {
  const calls = await openPacketCalls();
  if ("unavailable" in calls) return calls;
  const form = addressForms[family];
  const fd = calls.socket(form.family, socketRaw, protocolRaw);
  if (fd < 0) return { unavailable: whyNotOpened("socket(SOCK_RAW)", -fd) };
  return senderOn(calls, fd, form);
}

function senderOn(calls: PacketCalls, fd: number, form: AddressForm | null): ProbeSender {
  const bytes = Buffer.alloc(slots * slotBytes);
  const vectors = Buffer.alloc(slots * vector.bytes);
  const addresses = Buffer.alloc(slots * (form?.bytes ?? 0) + 1);
  const messages = Buffer.alloc(slots * message.bytes);
  const bytesAt = calls.addressOf(bytes);
  const vectorsAt = calls.addressOf(vectors);
  const addressesAt = calls.addressOf(addresses);
  for (let index = 0; index < slots; index += 1) {
    const at = index * message.bytes;
    vectors.writeBigUInt64LE(bytesAt + BigInt(index * slotBytes), index * vector.bytes);
    messages.writeBigUInt64LE(vectorsAt + BigInt(index * vector.bytes), at + message.vectors);
    messages.writeBigUInt64LE(1n, at + message.vectorCount);
    if (form === null) continue;
    addresses.writeUInt16LE(form.family, index * form.bytes);
    messages.writeBigUInt64LE(addressesAt + BigInt(index * form.bytes), at);
    messages.writeUInt32LE(form.bytes, at + message.addressLength);
  }
  const held: (SynTemplate | undefined)[] = Array.from({ length: slots });
  let pending = 0;
  const address = ({ bytes: length, at, destinationAt, width }: AddressForm): void => {
    for (let index = 0; index < pending; index += 1) {
      const from = index * slotBytes + destinationAt;
      bytes.copy(addresses, index * length + at, from, from + width);
    }
  };
  return {
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
    slot(template) {
      if (pending === slots) return -1;
      const at = pending * slotBytes;
      if (held[pending] !== template) {
        held[pending] = template;
        bytes.set(template.bytes, at);
        vectors.writeUInt32LE(template.bytes.length, pending * vector.bytes + vector.length);
      }
      pending += 1;
      return at;
    },
    flush() {
      if (form !== null) address(form);
      let refused = 0;
      for (let from = 0; from < pending;) {
        const sent = calls.sendMany(fd, messages.subarray(from * message.bytes), pending - from);
        // One that is refused says nothing of those behind it: they may go to another host.
        if (sent <= 0) refused += 1;
        from += Math.max(sent, 1);
      }
      pending = 0;
      return refused;
    },
    close: () => void calls.close(fd),
  };
}
