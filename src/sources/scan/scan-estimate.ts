import type { Scan } from "./scan.ts";
import { sizeOf } from "./target-set.ts";

/** SYN with MSS behind an Ethernet header, IPv4 and IPv6. */
const frameBytes = { ipv4: 58, ipv6: 78 } as const;

export interface ScanEstimate {
  readonly hosts: number;
  readonly ports: number;
  /** Of one pass. */
  readonly packets: number;
  readonly bytes: number;
  /** Of one pass at the speed that was given; null: none was. */
  readonly seconds: number | null;
}

/** What a scan will take, before the first packet. */
export function scanEstimate({ targets, ports, speed }: Scan): ScanEstimate {
  const hosts = sizeOf(targets);
  const packets = hosts * ports.length;
  const bytes =
    ports.length * ((hosts - targets.ipv6.length) * frameBytes.ipv4 + targets.ipv6.length * frameBytes.ipv6);
  const times = [
    ...(speed.bytesPerSecond === null ? [] : [bytes / speed.bytesPerSecond]),
    ...(speed.packetsPerSecond === null ? [] : [packets / speed.packetsPerSecond]),
  ];
  return {
    hosts,
    ports: ports.length,
    packets,
    bytes,
    seconds: times.length === 0 ? null : Math.max(...times),
  };
}
