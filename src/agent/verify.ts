// What: asks single ports once more, by ordinary connections.
// Idea: a second opinion must not share the first one's fault: the kernel's own connection, which repeats a lost SYN,
//   from another source port, a moment later.
// Trap: all at once they would be a scan of their own: of one address only a few ports are asked at the same time.

import { Socket } from "node:net";
import { isFragile } from "../sources/scan/fragile-ports.ts";
import type { Scan, ScanListener } from "../sources/scan/scan.ts";
import { noTargets } from "../sources/scan/target-set.ts";
import { parseTarget } from "../sources/scan/targets.ts";
import type { ScanWork } from "./scan-work.ts";
import type { AddressLook } from "./sightings.ts";

/** The kernel sends a SYN again after 1 s: two tries. */
const connectMs = 2_500;
/** Of one address: a host that died with all its ports would else keep its line busy for minutes. */
const portsAtOnce = 8;

/** Whether a connection comes about. It is ended at once, without a byte. */
function accepts(address: string, port: number, timeoutMs = connectMs): Promise<boolean> {
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

type Endpoints = AddressLook["open"];

/** Those that are open, of one address. */
export async function askAgain(
  { runScan }: Pick<ScanWork, "runScan">,
  scan: Scan,
  address: string,
  endpoints: Endpoints,
  signal: AbortSignal,
): Promise<Endpoints> {
  const [tcp, udp] = ["tcp", "udp"].map((name) => endpoints.filter(({ transport }) => transport === name));
  const connected = await byConnections(address, tcp ?? [], signal);
  if (udp === undefined || udp.length === 0 || signal.aborted) return connected;
  const answered: Endpoints[number][] = [];
  const listener: ScanListener = {
    ...deaf,
    found: ({ transport, port, state }) => void (state === "open" && answered.push({ transport, port })),
  };
  await runScan({ ...scan, ...onlyUdp(address, udp) }, "auto", listener, signal);
  return [...connected, ...answered];
}

/** UDP has no connections: its own scan asks again, and tries as often as a scan does. */
function onlyUdp(address: string, endpoints: Endpoints): Pick<Scan, "targets" | "ports" | "udpPorts"> {
  const target = parseTarget(address);
  return {
    targets: "value" in target ? target.value : noTargets,
    ports: new Uint16Array(),
    udpPorts: Uint16Array.from(endpoints, ({ port }) => port).sort(),
  };
}

const deaf: ScanListener = {
  found: () => {},
  answersEverywhere: () => {},
  progress: () => {},
  host: () => {},
  errorsLimited: () => {},
  alive: () => {},
};

async function byConnections(address: string, endpoints: Endpoints, signal: AbortSignal): Promise<Endpoints> {
  const waiting = endpoints.values();
  const open: Endpoints[number][] = [];
  const ask = async (): Promise<void> => {
    // One iterator for all: each takes the next that is left.
    for (const endpoint of waiting) {
      if (signal.aborted) return;
      if (await accepts(address, endpoint.port)) open.push(endpoint);
    }
  };
  // Fragile devices are spoken to by one at a time.
  const atOnce = endpoints.some(({ port }) => isFragile(port)) ? 1 : portsAtOnce;
  await Promise.all(Array.from({ length: atOnce }, ask));
  return open;
}
