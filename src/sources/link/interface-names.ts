// What: index → name of the network devices of one namespace.
// Idea: one RTM_GETLINK dump, asked for only when a socket is bound to an index that has no name yet.
// Trap: device names are bytes up to 15 long that the kernel does not promise to be text.
// Source: rtnetlink(7), include/uapi/linux/if_link.h.

import { unchanged } from "./last-answer.ts";
import type { NetlinkSocket } from "./netlink.ts";

export const netlinkRoute = 0;
const newLink = 16;
const getLink = 18;
const linkMessageBytes = 16;
const attributeName = 3;
const nameBytesMax = 15;

/** Reads one RTM_NEWLINK payload; undefined when it is not one. Never throws. */
export function readLink(
  bytes: Buffer,
  start: number,
  end: number,
): { readonly index: number; readonly name: string } | undefined {
  if (start < 0 || end > bytes.length || end - start < linkMessageBytes) return undefined;
  const index = bytes.readInt32LE(start + 4);
  let at = start + linkMessageBytes;
  while (at + 4 <= end) {
    const length = bytes.readUInt16LE(at);
    if (length < 4 || at + length > end) return undefined;
    if ((bytes.readUInt16LE(at + 2) & 0x3fff) === attributeName) {
      const text = bytes.toString("latin1", at + 4, Math.min(at + length, at + 4 + nameBytesMax));
      const name = text.split("\0")[0] ?? "";
      return /^[\x21-\x7e]+$/.test(name) ? { index, name } : undefined;
    }
    at += (length + 3) & ~3;
  }
  return undefined;
}

/** Asks for every device that the socket's namespace has; answers nothing when the kernel refuses. */
export function interfaceNames(route: NetlinkSocket): () => Map<number, string> {
  const links = route.repeated(getLink, Buffer.alloc(linkMessageBytes));
  let names = new Map<number, string>();
  return () => {
    let met = new Map<number, string>();
    const outcome = links.ask(
      (type, bytes, start, end) => {
        const link = type === newLink ? readLink(bytes, start, end) : undefined;
        if (link !== undefined) met.set(link.index, link.name);
      },
      () => (met = new Map()),
    );
    if (outcome !== unchanged) names = met;
    return names;
  };
}
