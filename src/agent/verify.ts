// What: asks single ports once more, by ordinary connections.
// Idea: a second opinion must not share the first one's fault: the kernel's own connection, which repeats a lost SYN,
//   from another source port, a moment later.
// Trap: all at once they would be a scan of their own: of one address only a few ports are asked at the same time.

import { Socket } from "node:net";
import { isFragile } from "../sources/scan/fragile-ports.ts";
import type { AddressLook } from "./sightings.ts";

/** The kernel sends a SYN again after 1 s: two tries. */
const connectMs = 2_500;
/** Of one address: a host that died with all its ports would else keep its line busy for minutes. */
const portsAtOnce = 8;

/** Whether a connection comes about. It is ended at once, without a byte. */
export function accepts(address: string, port: number, timeoutMs = connectMs): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new Socket();
    const end = (open: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(open);
    };
    const timer = setTimeout(() => end(false), timeoutMs);
    socket.on("connect", () => end(true));
    socket.on("error", () => end(false));
    socket.connect({ host: address, port });
  });
}

/** Those that are open, of one address. */
export async function askAgain(
  address: string,
  endpoints: AddressLook["open"],
  signal: AbortSignal,
): Promise<AddressLook["open"]> {
  const waiting = endpoints.entries();
  const open: AddressLook["open"][number][] = [];
  const ask = async (some: Iterable<readonly [number, AddressLook["open"][number]]>): Promise<void> => {
    for (const [, endpoint] of some) {
      if (signal.aborted) return;
      if (await accepts(address, endpoint.port)) open.push(endpoint);
    }
  };
  // One iterator for all: each takes the next that is left. Fragile devices are spoken to by one at a time.
  const atOnce = endpoints.some(({ port }) => isFragile(port)) ? 1 : portsAtOnce;
  await Promise.all(Array.from({ length: atOnce }, () => ask(waiting)));
  return open;
}
