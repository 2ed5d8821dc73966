import { parseDataRate } from "../base/data-rate.ts";
import { PortolanError } from "../base/errors.ts";
import type { Parsed } from "../base/parsed.ts";
import { rangesMinus } from "../base/range-set.ts";
import type { ScanAssignment } from "../model/scan-plan.ts";
import { hostRateUsual } from "../sources/scan/host-ceiling.ts";
import { parsePorts, portsOf, type PortSets } from "../sources/scan/port-list.ts";
import type { Scan } from "../sources/scan/scan.ts";
import { unionOf } from "../sources/scan/target-set.ts";
import { parseTarget } from "../sources/scan/targets.ts";

/** The ports that are asked at every address. What is excluded without a letter is excluded over both transports. */
export function askedPorts({ ports, excludePorts }: ScanAssignment): PortSets {
  const wanted = read(parsePorts(ports, ["tcp"]));
  const excluded = excludedPorts(excludePorts);
  return { tcp: rangesMinus(wanted.tcp, excluded.tcp), udp: rangesMinus(wanted.udp, excluded.udp) };
}

/** `invalid` when the server is of another version and says what is not understood here. */
export function scanOf(assignment: ScanAssignment, { clock, random }: Pick<Scan, "clock" | "random">): Scan {
  const { targets, excludePorts, bandwidth, missTarget } = assignment;
  const { tcp, udp } = askedPorts(assignment);
  const wanted = unionOf(targets.map((text) => read(parseTarget(text))));
  return {
    targets: wanted,
    // The server has judged them by its own.
    scope: wanted,
    ports: portsOf(tcp),
    udpPorts: portsOf(udp),
    excludedPorts: excludedPorts(excludePorts).tcp,
    excludedUdpPorts: excludedPorts(excludePorts).udp,
    speed: {
      bytesPerSecond: bandwidth === null ? null : read(parseDataRate(bandwidth)),
      packetsPerSecond: null,
      perHost: hostRateUsual,
      perNetwork: null,
    },
    hostTimeoutMs: null,
    // The server gives a scan away only inside its window.
    windows: [],
    missTarget,
    device: null,
    seed: Math.floor(random() * 2 ** 32),
    clock,
    random,
  };
}

const excludedPorts = (text: string | null): PortSets =>
  text === null ? { tcp: [], udp: [] } : read(parsePorts(text, ["tcp", "udp"]));

function read<Value>(parsed: Parsed<Value>): Value {
  if ("value" in parsed) return parsed.value;
  throw new PortolanError("invalid", `The assignment is not understood: ${parsed.problem}.`, {
    hint: "The node and the server may be of different versions.",
  });
}
