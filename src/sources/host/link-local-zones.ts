// What: the device of a link-local address, where a table names the address only.
// Source: /proc/<pid>/net/if_inet6: address, index, prefix length, scope, flags, device.

import { addressText } from "./address.ts";
import { devicePart } from "./device-part.ts";

const linePattern = /^([0-9a-f]{32}) ([0-9a-f]+) [0-9a-f]+ ([0-9a-f]+) [0-9a-f]+ +(.{1,15})$/;
const scopeLink = 0x20;
const linesMax = 10_000;

/** Address → device, as `devicePart`; an address that stands on several devices is left out: which one is meant cannot be known. */
export function readLinkLocalZones(text: string): Map<string, string> {
  const zones = new Map<string, string>();
  const ambiguous = new Set<string>();
  for (const line of text.split("\n", linesMax)) {
    const match = linePattern.exec(line);
    if (!match || Number.parseInt(match[3] ?? "", 16) !== scopeLink) continue;
    const address = addressText(Buffer.from(match[1] ?? "", "hex"));
    if (zones.has(address)) ambiguous.add(address);
    zones.set(address, devicePart(match[4], Number.parseInt(match[2] ?? "", 16)));
  }
  for (const address of ambiguous) zones.delete(address);
  return zones;
}
