import { type Cidr, cidrOfAddress, parseCidr } from "../base/cidr.ts";
import type { Parsed } from "../base/parsed.ts";

/** What a rule's `host` says. */
export type HostSelector =
  | { readonly kind: "block"; readonly block: Cidr }
  | { readonly kind: "label"; readonly key: string; readonly value: string }
  /** Id or name of a host, as it was given, in lower case. */
  | { readonly kind: "name"; readonly name: string };

/** RFC 1123 host names; underscores are common all the same. */
const namePattern = /^[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]{0,252})$/u;
const labelPattern = /^([^\s=\p{C}]{1,64})=([^\s\p{C}]{0,256})$/u;
const numeric = /^[\d.]+$/;

/** Reads `10.1.2.3`, `10.0.0.0/8`, `2001:db8::/32`, `label:team=web`, a host's name or id. */
export function parseHostSelector(text: string): Parsed<HostSelector> {
  if (text.startsWith("label:")) {
    const match = labelPattern.exec(text.slice("label:".length));
    if (!match) return { problem: "needs a label as label:key=value", at: "label:".length };
    return { value: { kind: "label", key: match[1] ?? "", value: match[2] ?? "" } };
  }
  if (text.includes("/")) {
    const block = parseCidr(text);
    return "value" in block ? { value: { kind: "block", block: block.value } } : block;
  }
  const address = cidrOfAddress(text);
  if (address) return { value: { kind: "block", block: address } };
  if (numeric.test(text) || text.includes(":")) return { problem: "is no IP address", at: 0 };
  if (!namePattern.test(text)) {
    return { problem: "is no host name, address, prefix (10.0.0.0/8) or label:key=value", at: 0 };
  }
  return { value: { kind: "name", name: text.toLowerCase() } };
}
