// What: the name of a device as it stands in an `Endpoint`.
// Idea: a name of printable characters stands there as it is, but for what would break a key; any other one by its index.
// Trap: the root of a container names its devices. The kernel refuses only blanks, `/` and `:`; what stands for another
//   device must not be a name that a device can have: no real name comes out of `keyPart` with a bare backslash.
// Source: net/core/dev.c (dev_valid_name).

import { keyPart } from "../../model/endpoint.ts";

const printable = /^[\x21-\x7e]+$/;

/** `name`: as the kernel gives it, one byte per character; undefined when it gave none. */
export function devicePart(name: string | undefined, index: number): string {
  return name !== undefined && printable.test(name) ? keyPart(name) : `\\if${index}`;
}
