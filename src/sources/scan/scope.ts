// What: the fence around every scan.
// Idea: what is to be scanned must lie whole inside what was declared; exclusions are taken away, whatever else is said.
// Trap: an empty scope allows nothing. A target outside is refused as a whole, before the first packet: leaving it out
//   in silence would hide a slip of the pen.

import { PortolanError } from "../../base/errors.ts";
import { ipv4Text, sizeOf, without, type TargetSet } from "./target-set.ts";
import { addressFromBytes } from "../../base/ip.ts";

export interface Scope {
  readonly allowed: TargetSet;
  readonly excluded: TargetSet;
}

/** The targets that may be scanned; `forbidden` when one lies outside of the scope, `invalid` when none is left. */
export function guardTargets(targets: TargetSet, { allowed, excluded }: Scope): TargetSet {
  const stranger = firstOf(without(targets, allowed));
  if (stranger !== undefined) {
    throw new PortolanError(
      "forbidden",
      `${stranger} lies outside of the declared scope; nothing was sent.`,
      {
        hint: "Declare where you may scan: --scope 192.0.2.0/24,198.51.100.7",
        details: { address: stranger },
      },
    );
  }
  const left = without(targets, excluded);
  if (sizeOf(left) > 0) return left;
  throw new PortolanError("invalid", "No address is left to scan.", {
    hint: "All targets are excluded.",
  });
}

function firstOf({ ipv4, ipv6 }: TargetSet): string | undefined {
  const [range] = ipv4;
  if (range !== undefined) return ipv4Text(range.first);
  const [hex] = ipv6;
  return hex === undefined ? undefined : addressFromBytes(Buffer.from(hex, "hex"));
}
