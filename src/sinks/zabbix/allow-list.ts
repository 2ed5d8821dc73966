import { cidrContains, cidrOfAddress, parseCidr, type Cidr } from "../../base/cidr.ts";
import { PortolanError } from "../../base/errors.ts";
import { showable } from "../../base/text.ts";

/** Reads addresses and blocks as `Server=` of an agent's configuration holds them; throws on what is neither. */
export function allowListOf(texts: readonly string[]): readonly Cidr[] {
  return texts.map((text) => {
    const address = cidrOfAddress(text);
    if (address !== undefined) return address;
    const block = parseCidr(text);
    if ("value" in block) return block.value;
    throw new PortolanError("invalid", `"${showable(text)}" is no address and no block of addresses`, {
      hint: "Write 192.0.2.10 or 192.0.2.0/24; names are not looked up.",
    });
  });
}

/** `remote` as a socket tells it; a peer that is already gone has no address, and is not allowed. */
export function isAllowed(allow: readonly Cidr[], remote: string | undefined): boolean {
  const address = remote?.replace(/%.*$/, "");
  return address !== undefined && allow.some((block) => cidrContains(block, address));
}
