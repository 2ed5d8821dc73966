// What: index → name of the network devices of one namespace.
// Idea: one RTM_GETLINK dump, asked for only when a socket is bound to an index that has no name yet.
// Trap: device names are bytes up to 15 long that the kernel does not promise to be text.
// Source: rtnetlink(7), include/uapi/linux/if_link.h.

import { eachAttribute } from "./attributes.ts";
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
  let name = "";
  eachAttribute(bytes, start + linkMessageBytes, end, (kind, from, to) => {
    if (kind !== attributeName || name !== "") return;
    const text = bytes.toString("latin1", from, Math.min(to, from + nameBytesMax));
    name = text.split("\0")[0] ?? "";
  });
  return /^[!-~]+$/.test(name) ? { index, name } : undefined;
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
