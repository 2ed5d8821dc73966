// What: the addresses without which this machine cannot be reached or cannot work: its own, gateways, resolvers.
// Idea: read anew each time from where the kernel and the resolver have them: it is asked seldom, and must not be old.
// Trap: an own address may stand on any device, also one that is down now. systemd-resolved hides the real servers
//   behind 127.0.0.53; they stand in its own file. Both route files are of the network namespace of whoever reads.
// Source: proc_net(5) route, ipv6_route; resolv.conf(5); systemd-resolved(8).

import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import type { NeverBlock } from "../../model/block.ts";
import { canonicalAddress } from "./address.ts";

const resolverFiles = ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"];
const routeFiles = { v4: "/proc/self/net/route", v6: "/proc/self/net/ipv6_route" } as const;
/** A router of the whole Internet has a million routes, but few gateways. */
const fileCharactersMax = 1_000_000;
const addressesMax = 4_096;
const gatewayFlag = 0x2;

export function vitalAddresses(): NeverBlock[] {
  const own = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  return [
    ...named(
      "own-address",
      own.flatMap(({ address }) => canonicalAddress(address.split("%")[0] ?? "") ?? []),
    ),
    ...named("gateway", [
      ...gatewaysV4(readOrEmpty(routeFiles.v4)),
      ...gatewaysV6(readOrEmpty(routeFiles.v6)),
    ]),
    ...named(
      "dns",
      resolverFiles.flatMap((path) => nameServers(readOrEmpty(path))),
    ),
  ];
}

function named(kind: NeverBlock["kind"], addresses: readonly string[]): NeverBlock[] {
  return [...new Set(addresses)].slice(0, addressesMax).map((target) => ({ target, kind }));
}

/** Of /proc/net/route: the address as one hexadecimal number in the machine's own order of bytes. */
export function gatewaysV4(text: string): string[] {
  return text.split("\n").flatMap((line) => {
    const [, , gateway = "", flags = ""] = line.split(/\s+/);
    if (!/^[0-9A-F]{8}$/.test(gateway) || (Number.parseInt(flags, 16) & gatewayFlag) === 0) return [];
    return Buffer.from(gateway, "hex").reverse().join(".");
  });
}

/** Of /proc/net/ipv6_route: 32 hexadecimal digits. */
export function gatewaysV6(text: string): string[] {
  return text.split("\n").flatMap((line) => {
    const hop = line.split(/\s+/)[4] ?? "";
    if (!/^[0-9a-f]{32}$/.test(hop) || /^0+$/.test(hop)) return [];
    return canonicalAddress((hop.match(/.{4}/g) ?? []).join(":")) ?? [];
  });
}

export function nameServers(text: string): string[] {
  return text.split("\n").flatMap((line) => {
    const address = /^\s*nameserver\s+([^\s%#;]+)/.exec(line)?.[1];
    return address === undefined ? [] : (canonicalAddress(address) ?? []);
  });
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8").slice(0, fileCharactersMax);
  } catch {
    return "";
  }
}
