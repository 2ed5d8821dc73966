import { parseDataRate } from "../base/data-rate.ts";
import { PortolanError } from "../base/errors.ts";
import type { Parsed } from "../base/parsed.ts";
import { rangesMinus, type RangeSet } from "../base/range-set.ts";
import type { ScanAssignment } from "../model/scan-plan.ts";
import { parsePortList, portsOf } from "../sources/scan/port-list.ts";
import type { Scan } from "../sources/scan/scan.ts";
import { unionOf } from "../sources/scan/target-set.ts";
import { parseTarget } from "../sources/scan/targets.ts";

/** The ports that are asked at every address. */
export function askedPorts({ ports, excludePorts }: ScanAssignment): RangeSet {
  return rangesMinus(read(parsePortList(ports)), excluded(excludePorts));
}

/** `invalid` when the server is of another version and says what is not understood here. */
export function scanOf(assignment: ScanAssignment, { clock, random }: Pick<Scan, "clock" | "random">): Scan {
  const { targets, excludePorts, bandwidth, missTarget } = assignment;
  return {
    targets: unionOf(targets.map((text) => read(parseTarget(text)))),
    ports: portsOf(askedPorts(assignment)),
    excludedPorts: excluded(excludePorts),
    speed: {
      bytesPerSecond: bandwidth === null ? null : read(parseDataRate(bandwidth)),
      packetsPerSecond: null,
    },
    missTarget,
    device: null,
    clock,
    random,
  };
}

const excluded = (text: string | null): RangeSet => (text === null ? [] : read(parsePortList(text)));

function read<Value>(parsed: Parsed<Value>): Value {
  if ("value" in parsed) return parsed.value;
  throw new PortolanError("invalid", `The assignment is not understood: ${parsed.problem}.`, {
    hint: "The node and the server may be of different versions.",
  });
}
