import { discoveryPacketsPerHost } from "./discover.ts";
import type { Scan } from "./scan.ts";
import { askedOfHost, defaultRate } from "./udp-questions.ts";
import { sizeOf } from "./target-set.ts";

/** SYN with MSS behind an Ethernet header, IPv4 and IPv6. */
const frameBytes = { ipv4: 58, ipv6: 78 } as const;

export interface ScanEstimate {
  readonly hosts: number;
  /** Of both transports. */
  readonly ports: number;
  readonly udpPorts: number;
  /** Of one pass. */
  readonly packets: number;
  readonly bytes: number;
  /** At most so many packets before, to find who is alive; null: not asked for. */
  readonly discovery: number | null;
  /** Of one pass at the speed that was given; null: none was, and TCP goes as fast as it can. */
  readonly seconds: number | null;
}

/** What a scan will take, before the first packet. */
export function scanEstimate({ targets, ports, udpPorts, speed }: Scan, discovers: boolean): ScanEstimate {
  const ipv6 = targets.ipv6.length;
  const ipv4 = sizeOf(targets) - ipv6;
  const [of4, of6] = [askedOfHost(4, udpPorts), askedOfHost(6, udpPorts)];
  const tcp = {
    packets: (ipv4 + ipv6) * ports.length,
    bytes: ports.length * (ipv4 * frameBytes.ipv4 + ipv6 * frameBytes.ipv6),
  };
  const udp = {
    packets: ipv4 * of4.packets + ipv6 * of6.packets,
    bytes: ipv4 * of4.bytes + ipv6 * of6.bytes,
  };
  const isOpen = speed.bytesPerSecond === null && speed.packetsPerSecond === null;
  const secondsOf = ({ packets, bytes }: typeof tcp, packetsPerSecond: number | null): number =>
    Math.max(bytes / (speed.bytesPerSecond ?? Infinity), packets / (packetsPerSecond ?? Infinity));
  return {
    hosts: ipv4 + ipv6,
    ports: ports.length + udpPorts.length,
    udpPorts: udpPorts.length,
    packets: tcp.packets + udp.packets,
    bytes: tcp.bytes + udp.bytes,
    discovery: discovers ? (ipv4 + ipv6) * discoveryPacketsPerHost : null,
    seconds:
      isOpen && ports.length > 0
        ? null
        : secondsOf(tcp, speed.packetsPerSecond) + secondsOf(udp, defaultRate(speed).packetsPerSecond),
  };
}
