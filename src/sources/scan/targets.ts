// What: what people write for the addresses of a scan, to a set.
// Idea: one address, `192.0.2.1-192.0.2.9`, `192.0.2.10-20`, a prefix, or a name that was resolved before.
// Trap: a mistake in a target may scan a stranger: whatever is not understood whole is refused with the character where
//   it goes wrong, never guessed.

import { parseCidr } from "../../base/cidr.ts";
import { addressBytes, canonicalAddress } from "../../base/ip.ts";
import type { Parsed } from "../../base/parsed.ts";
import { ipv4Number, type TargetSet } from "./target-set.ts";

/** An IPv6 prefix may hold so many addresses: a /112. */
export const ipv6PrefixAddressesMax = 65_536;

const hostNamePattern =
  /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i;
const shortEnd = /^(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/;

/** Whether it is to be asked of the name service: no address, no range, and made as a name is. */
export function isHostName(text: string): boolean {
  return hostNamePattern.test(text) && /[a-z_]/i.test(text) && canonicalAddress(text) === undefined;
}

/** Reads one target that is no name. */
export function parseTarget(text: string): Parsed<TargetSet> {
  if (text.includes("/")) return parsePrefix(text);
  const dash = text.indexOf("-");
  if (dash !== -1) return parseSpan(text, dash);
  const bytes = bytesOf(text);
  if (bytes === undefined) {
    return {
      problem: "is no address (192.0.2.1), range (192.0.2.1-20), prefix (192.0.2.0/24) or name",
      at: 0,
    };
  }
  if (text.includes(":") && isMapped(bytes)) return mapped;
  if (text.includes(":")) return { value: { ipv4: [], ipv6: [Buffer.from(bytes).toString("hex")] } };
  const number = ipv4Number(bytes);
  return { value: { ipv4: [{ first: number, last: number }], ipv6: [] } };
}

function bytesOf(text: string): Uint8Array | undefined {
  const address = canonicalAddress(text);
  return address === undefined ? undefined : addressBytes(address);
}

function parsePrefix(text: string): Parsed<TargetSet> {
  const parsed = parseCidr(text);
  if (!("value" in parsed)) return parsed;
  const { bytes, family, prefix } = parsed.value;
  if (family === 4) {
    const first = ipv4Number(bytes);
    return { value: { ipv4: [{ first, last: first + 2 ** (32 - prefix) - 1 }], ipv6: [] } };
  }
  if (isMapped(bytes)) return mapped;
  const count = 2 ** (128 - prefix);
  if (count > ipv6PrefixAddressesMax) {
    return {
      problem: `holds too many addresses to scan: an IPv6 prefix may be a /112 (${ipv6PrefixAddressesMax}) or longer`,
      at: text.indexOf("/") + 1,
    };
  }
  const first = BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
  const ipv6 = Array.from({ length: count }, (_, index) =>
    (first + BigInt(index)).toString(16).padStart(32, "0"),
  );
  return { value: { ipv4: [], ipv6 } };
}

/** Two spellings of one address would be two addresses to exclusions. */
const mapped = {
  problem: "is an IPv4 address written as IPv6: write 192.0.2.1, not ::ffff:192.0.2.1",
  at: 0,
};

/** RFC 4291 §2.5.5.2. */
const isMapped = (bytes: Uint8Array): boolean =>
  bytes.every((byte, index) => index >= 12 || byte === (index < 10 ? 0 : 0xff));

/** `192.0.2.1-192.0.2.9` or `192.0.2.1-9`. */
function parseSpan(text: string, dash: number): Parsed<TargetSet> {
  const from = text.slice(0, dash);
  const to = text.slice(dash + 1);
  const firstBytes = from.includes(":") ? undefined : bytesOf(from);
  if (firstBytes === undefined) return { problem: "does not begin with an IPv4 address", at: 0 };
  const lastBytes = bytesOf(shortEnd.test(to) ? `${from.slice(0, from.lastIndexOf(".") + 1)}${to}` : to);
  if (lastBytes === undefined || to.includes(":")) {
    return { problem: "needs an IPv4 address or its last number behind the dash", at: dash + 1 };
  }
  const [first, last] = [ipv4Number(firstBytes), ipv4Number(lastBytes)];
  if (first > last) return { problem: "begins with the larger address", at: 0 };
  return { value: { ipv4: [{ first, last }], ipv6: [] } };
}
