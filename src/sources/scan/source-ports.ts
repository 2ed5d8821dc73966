import { readFileSync } from "node:fs";

/** Ports that the kernel gives to connections of its own: a probe from one of them could meet a socket. */
const kernelRangePath = "/proc/sys/net/ipv4/ip_local_port_range";
const kernelRangeUsual = [32_768, 60_999] as const;
const portLast = 65_535;
const portFirst = 1_024;

/** The first of `count` source ports that the kernel gives to nobody. `random`: 0 ≤ x < 1. */
export function sourcePorts(count: number, random: number): number {
  const [low, high] = kernelRange();
  const [from, to] =
    portLast - high >= count
      ? [high + 1, portLast - count + 1]
      : [portFirst, Math.max(portFirst, low - count)];
  return from + Math.floor(random * (to - from + 1));
}

function kernelRange(): readonly [number, number] {
  try {
    const [low, high] = readFileSync(kernelRangePath, "utf8").trim().split(/\s+/).map(Number);
    return low !== undefined && high !== undefined && low <= high ? [low, high] : kernelRangeUsual;
  } catch {
    return kernelRangeUsual;
  }
}
