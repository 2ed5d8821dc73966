// What: how the kernel would send to an address: by which device, from which address, to which next hop.
// Idea: the kernel is asked for each destination (RTM_GETROUTE), so that policy routing, VRFs and host routes count;
//   devices and neighbours are read as a whole.
// Trap: an answer may be "unreachable" or "prohibit" without being an error. A neighbour entry may be stale and still
//   right: it is taken, as the kernel itself takes it.
// Source: rtnetlink(7); include/uapi/linux/{rtnetlink,if_link,neighbour,if_arp}.h.

import { attribute, eachAttribute } from "./attributes.ts";
import { netlinkRoute } from "./interface-names.ts";
import { openLibc } from "./libc.ts";
import type { Unavailable } from "./libc.ts";
import { openNetlink } from "./netlink.ts";

const messages = {
  getLink: 18,
  newLink: 16,
  getRoute: 26,
  newRoute: 24,
  getNeighbour: 30,
  newNeighbour: 28,
} as const;
const headerBytes = { link: 16, route: 12, neighbour: 12 } as const;
const linkAttributes = { address: 1, name: 3, mtu: 4 } as const;
const routeAttributes = { destination: 1, outputInterface: 4, gateway: 5, preferredSource: 7 } as const;
const neighbourAttributes = { destination: 1, linkAddress: 2 } as const;
const routeTypes = { unicast: 1, local: 2 } as const;
/** NUD_REACHABLE, STALE, DELAY, PROBE, PERMANENT: an address that the kernel would use. */
const usableStates = 0x02 | 0x04 | 0x08 | 0x10 | 0x80;
const stateReachable = 0x02;
/** STALE, DELAY, PROBE. */
const statesAging = 0x04 | 0x08 | 0x10;
const addressFamilies = { ipv4: 2, ipv6: 10 } as const;
/** ARPHRD_* of <linux/if_arp.h>. */
const deviceKinds = { ethernet: 1, loopback: 772 } as const;
const linkAddressBytes = 6;

export interface Device {
  readonly index: number;
  readonly name: string;
  /** `ethernet`: frames are ours to make. `loopback`: has headers, but frames put there are not delivered. */
  readonly kind: "ethernet" | "loopback" | "other";
  /** 6 bytes; null where there is none. */
  readonly linkAddress: Uint8Array | null;
  readonly mtu: number;
}

export interface Route {
  readonly deviceIndex: number;
  /** 4 or 16 bytes. */
  readonly source: Uint8Array;
  /** The gateway, or the destination itself where it is on the link. */
  readonly nextHop: Uint8Array;
  /** One of this machine's own addresses. */
  readonly local: boolean;
}

export interface RouteTable {
  devices(): ReadonlyMap<number, Device>;
  /** Undefined where there is no way to `destination` (4 or 16 bytes). */
  routeTo(destination: Uint8Array): Route | undefined;
  /** Link addresses by device and next hop, keyed by `neighbourKey`. */
  neighbours(): ReadonlyMap<string, Uint8Array>;
  /** Under the same keys: whether its owner has confirmed the address just now, or is yet to be asked again. */
  neighbourStates(): ReadonlyMap<string, NeighbourState>;
  close(): void;
}

export type NeighbourState = "reachable" | "aging";

export const neighbourKey = (deviceIndex: number, address: Uint8Array): string =>
  `${deviceIndex} ${Buffer.from(address).toString("hex")}`;

/** Of the network namespace that this thread is in. */
export async function openRoutes(): Promise<RouteTable | Unavailable> {
  const libc = await openLibc();
  if ("unavailable" in libc) return libc;
  const socket = openNetlink(libc, netlinkRoute);
  if (typeof socket === "number")
    return { unavailable: `the kernel gives no rtnetlink socket (errno ${-socket})` };
  const links = socket.repeated(messages.getLink, Buffer.alloc(headerBytes.link));
  const neighbours = socket.repeated(messages.getNeighbour, Buffer.alloc(headerBytes.neighbour));
  let devices = new Map<number, Device>();
  let linkAddresses = new Map<string, Uint8Array>();
  return {
    devices() {
      let met = new Map<number, Device>();
      const outcome = links.ask(
        (type, bytes, start, end) => {
          const device = type === messages.newLink ? readDevice(bytes, start, end) : undefined;
          if (device !== undefined) met.set(device.index, device);
        },
        () => (met = new Map()),
      );
      if (outcome === 0) devices = met;
      return devices;
    },
    neighbours() {
      let met = new Map<string, Uint8Array>();
      const outcome = neighbours.ask(
        (type, bytes, start, end) => {
          const entry = type === messages.newNeighbour ? readNeighbour(bytes, start, end) : undefined;
          if (entry !== undefined) met.set(entry.key, entry.linkAddress);
        },
        () => (met = new Map()),
      );
      if (outcome === 0) linkAddresses = met;
      return linkAddresses;
    },
    neighbourStates() {
      let met = new Map<string, NeighbourState>();
      const dump = socket.repeated(messages.getNeighbour, Buffer.alloc(headerBytes.neighbour));
      const outcome = dump.ask(
        (type, bytes, start, end) => {
          const entry = type === messages.newNeighbour ? readNeighbour(bytes, start, end) : undefined;
          if (entry === undefined) return;
          if ((entry.state & stateReachable) !== 0) met.set(entry.key, "reachable");
          else if ((entry.state & statesAging) !== 0) met.set(entry.key, "aging");
        },
        () => (met = new Map()),
      );
      return outcome === 0 ? met : new Map();
    },
    routeTo(destination) {
      let route: Route | undefined;
      const failure = socket.single(
        messages.getRoute,
        routeRequest(destination),
        (type, bytes, start, end) => {
          if (type === messages.newRoute) route ??= readRoute(bytes, start, end, destination);
        },
      );
      return failure === 0 ? route : undefined;
    },
    close: () => socket.close(),
  };
}

/** struct rtmsg with the whole destination. */
function routeRequest(destination: Uint8Array): Buffer {
  const message = Buffer.alloc(headerBytes.route);
  message[0] = destination.length === 4 ? addressFamilies.ipv4 : addressFamilies.ipv6;
  message[1] = destination.length * 8;
  return Buffer.concat([message, attribute(routeAttributes.destination, destination)]);
}

/** Reads one RTM_NEWLINK payload; undefined when it is not one. Never throws. */
function readDevice(bytes: Buffer, start: number, end: number): Device | undefined {
  if (start < 0 || end > bytes.length || end - start < headerBytes.link) return undefined;
  const hardware = bytes.readUInt16LE(start + 2);
  const index = bytes.readInt32LE(start + 4);
  let name = "";
  let linkAddress: Uint8Array | null = null;
  let mtu = 0;
  eachAttribute(bytes, start + headerBytes.link, end, (kind, from, to) => {
    if (kind === linkAttributes.name) name = bytes.toString("latin1", from, to).split("\0")[0] ?? "";
    if (kind === linkAttributes.address && to - from === linkAddressBytes) {
      linkAddress = Uint8Array.from(bytes.subarray(from, to));
    }
    if (kind === linkAttributes.mtu && to - from === 4) mtu = bytes.readUInt32LE(from);
  });
  const kind =
    hardware === deviceKinds.loopback ? "loopback" : hardware === deviceKinds.ethernet ? "ethernet" : "other";
  return { index, name, kind, linkAddress, mtu };
}

function readNeighbour(
  bytes: Buffer,
  start: number,
  end: number,
): { readonly key: string; readonly linkAddress: Uint8Array; readonly state: number } | undefined {
  if (start < 0 || end > bytes.length || end - start < headerBytes.neighbour) return undefined;
  const state = bytes.readUInt16LE(start + 8);
  if ((state & usableStates) === 0) return undefined;
  let address: Uint8Array | undefined;
  let linkAddress: Uint8Array | undefined;
  eachAttribute(bytes, start + headerBytes.neighbour, end, (kind, from, to) => {
    if (kind === neighbourAttributes.destination) address = Uint8Array.from(bytes.subarray(from, to));
    if (kind === neighbourAttributes.linkAddress && to - from === linkAddressBytes) {
      linkAddress = Uint8Array.from(bytes.subarray(from, to));
    }
  });
  if (address === undefined || linkAddress === undefined) return undefined;
  return { key: neighbourKey(bytes.readInt32LE(start + 4), address), linkAddress, state };
}

function readRoute(bytes: Buffer, start: number, end: number, destination: Uint8Array): Route | undefined {
  if (start < 0 || end > bytes.length || end - start < headerBytes.route) return undefined;
  const type = bytes[start + 7];
  if (type !== routeTypes.unicast && type !== routeTypes.local) return undefined;
  let deviceIndex = 0;
  let source: Uint8Array | undefined;
  let nextHop = destination;
  eachAttribute(bytes, start + headerBytes.route, end, (kind, from, to) => {
    const value = bytes.subarray(from, to);
    if (kind === routeAttributes.outputInterface && value.length === 4) deviceIndex = value.readInt32LE(0);
    if (value.length !== destination.length) return;
    if (kind === routeAttributes.preferredSource) source = Uint8Array.from(value);
    if (kind === routeAttributes.gateway) nextHop = Uint8Array.from(value);
  });
  if (source === undefined || deviceIndex === 0) return undefined;
  return { deviceIndex, source, nextHop, local: type === routeTypes.local };
}
