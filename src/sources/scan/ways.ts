// What: for each host of a scan, the bytes that a probe to it begins with, and the socket that it leaves by.
// Idea: where the link address of the next hop is known, frames are ours to make and go through a ring; else the kernel
//   routes and resolves, which also teaches it the address: from then on the ring serves.
// Trap: hosts on the link have each a next hop of their own. What is not known is learned while the scan runs.

import { neighbourKey } from "../link/routes.ts";
import type { Device, Route, RouteTable } from "../link/routes.ts";
import { openFrameSender, openPacketSender } from "../link/probe-sender.ts";
import type { ProbeSender } from "../link/probe-sender.ts";
import type { Unavailable } from "../link/libc.ts";
import { ethernetHeaderBytes, synTemplate } from "../../packet/syn-frame.ts";
import type { SynTemplate } from "../../packet/syn-frame.ts";
import type { TargetNumbers } from "./target-set.ts";

export interface Way {
  readonly template: SynTemplate;
  readonly sender: ProbeSender;
  /** Of a probe on the link, whoever puts the Ethernet header in front. */
  readonly frameBytes: number;
}

export interface Ways {
  /** Devices by which any host is reached. */
  readonly devices: readonly Device[];
  readonly senders: readonly ProbeSender[];
  /** By host; undefined where there is no route. */
  readonly of: readonly (Way | undefined)[];
  readonly unreachable: number;
  /** Takes up link addresses that the kernel has learned since. */
  refresh(): void;
  close(): void;
}

interface Hop {
  readonly device: Device;
  readonly route: Route;
}

const lookupsPerTurn = 4_096;

export async function findWays(
  routes: RouteTable,
  targets: TargetNumbers,
  deviceName: string | null,
): Promise<Ways | Unavailable> {
  const devices = routes.devices();
  const hops: (Hop | undefined)[] = [];
  for (let host = 0; host < targets.size; host += 1) {
    const route = routes.routeTo(targets.bytesAt(host));
    const device = route === undefined ? undefined : devices.get(route.deviceIndex);
    const fits = device !== undefined && (deviceName === null || device.name === deviceName);
    hops.push(route !== undefined && fits ? { device, route } : undefined);
    // 9 µs each: a large scan must be stoppable meanwhile.
    if (host % lookupsPerTurn === lookupsPerTurn - 1) await new Promise((resolve) => setImmediate(resolve));
  }
  const senders = await openSenders(hops);
  if ("unavailable" in senders) return senders;
  const of: (Way | undefined)[] = Array.from({ length: targets.size });
  const unresolved = new Set<number>();
  const wayBy = wayBook(senders);
  const resolve = (
    host: number,
    { device, route }: Hop,
    neighbours: ReadonlyMap<string, Uint8Array>,
  ): void => {
    const frames = senders.frames.get(device.index);
    const linkAddress =
      frames === undefined ? undefined : neighbours.get(neighbourKey(device.index, route.nextHop));
    const way = wayBy(device, route.source, linkAddress);
    if (way === undefined) return;
    of[host] = way;
    if (linkAddress === undefined && frames !== undefined) unresolved.add(host);
    else unresolved.delete(host);
  };
  const first = routes.neighbours();
  for (const [host, hop] of hops.entries()) if (hop !== undefined) resolve(host, hop, first);
  const all = [...senders.frames.values(), ...Object.values(senders.packets)];
  return {
    devices: [...new Set(hops.flatMap((hop) => (hop === undefined ? [] : [hop.device])))],
    senders: all,
    of,
    unreachable: of.filter((way) => way === undefined).length,
    refresh() {
      if (unresolved.size === 0) return;
      const neighbours = routes.neighbours();
      for (const host of unresolved) {
        const hop = hops[host];
        if (hop !== undefined) resolve(host, hop, neighbours);
      }
    },
    close() {
      for (const sender of all) sender.close();
    },
  };
}

/** Ways that are made once each: most hosts share one, and one object stays in the cache where thousands do not. */
function wayBook(senders: Senders) {
  const known = new Map<string, Way>();
  return (device: Device, source: Uint8Array, linkAddress: Uint8Array | undefined): Way | undefined => {
    const key = `${device.index} ${hex(source)} ${linkAddress === undefined ? "" : hex(linkAddress)}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const packets = senders.packets[source.length === 4 ? 4 : 6];
    const sender = linkAddress === undefined ? packets : senders.frames.get(device.index);
    if (sender === undefined) return undefined;
    const hasFrame = linkAddress !== undefined && device.linkAddress !== null;
    const ethernet = hasFrame ? { source: device.linkAddress, destination: linkAddress } : null;
    const template = synTemplate({ source, ethernet });
    const header = device.kind === "ethernet" && linkAddress === undefined ? ethernetHeaderBytes : 0;
    const way = { template, sender, frameBytes: template.bytes.length + header };
    known.set(key, way);
    return way;
  };
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

interface Senders {
  /** By device. */
  readonly frames: Map<number, ProbeSender>;
  readonly packets: Partial<Record<4 | 6, ProbeSender>>;
}

async function openSenders(hops: readonly (Hop | undefined)[]): Promise<Senders | Unavailable> {
  const frames = new Map<number, ProbeSender>();
  const packets: Partial<Record<4 | 6, ProbeSender>> = {};
  const fail = (unavailable: Unavailable): Unavailable => {
    for (const sender of [...frames.values(), ...Object.values(packets)]) sender.close();
    return unavailable;
  };
  for (const hop of hops) {
    if (hop === undefined) continue;
    const { device, route } = hop;
    const family = route.source.length === 4 ? 4 : 6;
    if (packets[family] === undefined) {
      const opened = await openPacketSender(family);
      if ("unavailable" in opened) return fail(opened);
      packets[family] = opened;
    }
    if (device.kind === "ethernet" && !route.local && !frames.has(device.index)) {
      const opened = await openFrameSender(device);
      if ("unavailable" in opened) return fail(opened);
      frames.set(device.index, opened);
    }
  }
  return { frames, packets };
}
