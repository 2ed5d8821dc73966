// What: asks single ports once more, by ordinary connections; those of UDP by a scan of their own.
// Idea: a second opinion must not share the first one's fault: the kernel's own connection, which repeats a lost SYN,
//   from another source port, some time apart, and as often as the loss of the path demands.
// Trap: all at once they would be a scan of their own: of one address only a few ports are asked at the same time. What
//   cannot be told from chance is not told at all.

import { Socket } from "node:net";
import { noAnswersYet, verify, verifyDefaults } from "../sources/scan/doubt.ts";
import type { OutsidePort } from "../model/outside-look.ts";
import { isFragile } from "../sources/scan/fragile-ports.ts";
import type { Scan, ScanListener } from "../sources/scan/scan.ts";
import { noTargets } from "../sources/scan/target-set.ts";
import { parseTarget } from "../sources/scan/targets.ts";
import type { ScanWork } from "./scan-work.ts";
import { sleep } from "./sleep.ts";

/** The kernel sends a SYN again after 1 s: two tries. */
const connectMs = 2_500;
/** Of one address: a host that died with all its ports would else keep its line busy for minutes. */
const portsAtOnce = 8;

type Knock = "answers" | "refusals" | "silences";

/** What one try to connect came to. A connection is ended at once, without a byte. */
function knock(address: string, port: number): Promise<Knock> {
  return new Promise((resolve) => {
    const socket = new Socket();
    const end = (knock: Knock): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(knock);
    };
    const timer = setTimeout(() => end("silences"), connectMs);
    socket.on("connect", () => end("answers"));
    socket.on("error", ({ code }: NodeJS.ErrnoException) =>
      end(code === "ECONNREFUSED" ? "refusals" : "silences"),
    );
    socket.connect({ host: address, port });
  });
}

type Endpoints = readonly OutsidePort[];

/** Ports of one address, as they were found when they were asked again. What stays unknown is in neither. */
export interface AskedAgain {
  readonly open: Endpoints;
  readonly gone: Endpoints;
}

export interface Asking extends Pick<ScanWork, "runScan" | "clock" | "signal" | "verifying"> {
  readonly scan: Scan;
  /** Share of probes that get lost just now; null where nothing tells. */
  readonly loss: () => number | null;
}

export async function askAgain(asking: Asking, address: string, endpoints: Endpoints): Promise<AskedAgain> {
  const udp = endpoints.filter(({ transport }) => transport === "udp");
  const connected = await byConnections(
    asking,
    address,
    endpoints.filter(({ transport }) => transport === "tcp"),
  );
  if (udp.length === 0 || asking.signal.aborted) return connected;
  const answered = await byQuestions(asking, address, udp);
  return { open: [...connected.open, ...answered.open], gone: [...connected.gone, ...answered.gone] };
}

async function byQuestions(
  { runScan, scan, signal }: Asking,
  address: string,
  endpoints: Endpoints,
): Promise<AskedAgain> {
  const open = new Set<number>();
  const listener: ScanListener = {
    ...deaf,
    found: ({ port, state }) => void (state === "open" && open.add(port)),
  };
  await runScan({ ...scan, ...onlyUdp(address, endpoints) }, "auto", listener, signal);
  return {
    open: endpoints.filter(({ port }) => open.has(port)),
    gone: endpoints.filter(({ port }) => !open.has(port)),
  };
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

async function byConnections(asking: Asking, address: string, endpoints: Endpoints): Promise<AskedAgain> {
  const waiting = endpoints.values();
  const [open, gone]: [Endpoints[number][], Endpoints[number][]] = [[], []];
  const ask = async (): Promise<void> => {
    // One iterator for all: each takes the next that is left.
    for (const endpoint of waiting) {
      const verdict = await settle(asking, address, endpoint.port);
      if (verdict === "open") open.push(endpoint);
      if (verdict === "gone") gone.push(endpoint);
    }
  };
  // Fragile devices are spoken to by one at a time.
  const atOnce = endpoints.some(({ port }) => isFragile(port)) ? 1 : portsAtOnce;
  await Promise.all(Array.from({ length: atOnce }, ask));
  return { open, gone };
}

/** Asks until it is beyond doubt, or cannot be. */
async function settle(
  { clock, loss, signal, verifying = verifyDefaults }: Asking,
  address: string,
  port: number,
): Promise<"open" | "gone" | "unknown"> {
  let doubt = noAnswersYet;
  while (!signal.aborted) {
    const verdict = verify(doubt, loss(), clock.monotonicMs(), verifying);
    if (verdict === "wait") await sleep(verifying.spacingMs, signal);
    else if (verdict === "ask") {
      const askedMs = clock.monotonicMs();
      const came = await knock(address, port);
      doubt = { ...doubt, askedMs, [came]: doubt[came] + 1 };
    } else return verdict;
  }
  return "unknown";
}
