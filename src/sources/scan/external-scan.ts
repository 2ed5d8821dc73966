// What: a scan by the user's own nmap or masscan.
// Idea: started with a list of arguments, never through a shell; what it prints is read while it runs, and the exact
//   command line is kept with the result.
// Trap: masscan does not end by itself when nothing answers, so it is ended once it has said that all is sent and the
//   time for answers is over; its output is therefore asked for in lines that stand by themselves. Targets go in as
//   numbers, through standard input or a file: a name could begin with a dash.
// Source: nmap(1), masscan(8); masscan's issue 264.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PortolanError } from "../../base/errors.ts";
import { addressFromBytes } from "../../base/ip.ts";
import { showableBytes } from "../../base/text.ts";
import { formatPortRange } from "../../model/port-range.ts";
import type { Transport } from "../../model/endpoint.ts";
import type { PortReason } from "../../model/port-state.ts";
import type { ScannedHost, ScannedPort, ScanResult } from "../../model/scan-result.ts";
import { openRoutes } from "../link/routes.ts";
import type { HostTally } from "./answer-book.ts";
import { scanEstimate } from "./scan-estimate.ts";
import { isFragileOverUdp } from "./fragile-ports.ts";
import { portSetOf } from "./port-list.ts";
import type { Scan, ScanListener, ScanSummary } from "./scan.ts";
import { ipv4Number, ipv4Text, numberTargets, type TargetSet } from "./target-set.ts";

export type ExternalEngine = "nmap" | "masscan";

/** Takes up what the program prints, and tells of each port as soon as it is whole. */
export type OutputReader = (
  engine: ExternalEngine,
  found: (address: string, port: ScannedPort) => void,
) => { write(text: string): void; end(): ScanResult };

const stderrKeptBytes = 4_096;
/** masscan goes on listening for so long. */
const masscanWaitSeconds = 5;
/** Then it is ended, with this much patience. */
const masscanPatienceMs = (masscanWaitSeconds + 5) * 1_000;
const masscanDone = /100\.00% done/;
const interruptEveryMs = 500;
const interruptsMax = 10;

export async function externalScan(
  engine: ExternalEngine,
  scan: Scan,
  readerOf: OutputReader,
  listener: ScanListener,
  signal: AbortSignal,
): Promise<ScanSummary> {
  const startMs = scan.clock.monotonicMs();
  const counts = { open: 0, closed: 0, filtered: 0 };
  let openFiltered = 0;
  const commands: string[][] = [];
  for (const part of partsOf(engine, scan)) {
    if (signal.aborted) break;
    const reader = readerOf(engine, (address, { transport, port, state, reason }) => {
      if (state === "open|filtered") openFiltered += 1;
      else counts[state] += 1;
      if (state !== "open" && state !== "open|filtered") return;
      listener.found({ address, transport, port, state, reason: reason ?? "no-response" });
    });
    commands.push(await runEngine(engine, part, reader, signal));
    if (signal.aborted) break;
    for (const host of reader.end().hosts) {
      for (const transport of ["tcp", "udp"] as const) {
        const tally = tallyOf(host, transport);
        if (tally === undefined) continue;
        listener.host(host.address, tally, transport);
        if (transport === "udp") openFiltered += tally.silent;
      }
    }
  }
  const { packets, bytes } = scanEstimate(scan, false);
  return {
    engine,
    command: commands.map((words) => words.join(" ")).join("; "),
    probes: packets,
    bytes,
    answers: counts.open + counts.closed,
    drops: 0,
    refused: 0,
    durationMs: scan.clock.monotonicMs() - startMs,
    ...counts,
    ...(scan.udpPorts.length === 0 ? {} : { openFiltered }),
    loss: null,
    recall: null,
    unreachable: 0,
    blocked: null,
    complete: !signal.aborted,
  };
}

/** Undefined when nothing is told of that transport. */
function tallyOf({ ports, extra, complete }: ScannedHost, transport: Transport): HostTally | undefined {
  const tally = {
    open: 0,
    closed: 0,
    filtered: {} as Partial<Record<PortReason, number>>,
    silent: 0,
    complete,
  };
  const counted = [
    ...ports
      .filter((port) => port.transport === transport)
      // What is found is named; only the rest is counted here.
      .filter(({ state }) => state !== "open|filtered")
      .map(({ state, reason }) => ({ state, reason: reason ?? "", count: 1 })),
    ...extra.filter((each) => (each.transport ?? "tcp") === transport),
  ];
  const isNamed = ports.some((port) => port.transport === transport);
  if (counted.length === 0 && !isNamed) return undefined;
  for (const { state, reason, count } of counted) {
    if (state === "closed") tally.closed += count;
    else if (state === "open") tally.open += count;
    else if (reason === "no-response") tally.silent += count;
    else tally.filtered[reason as PortReason] = (tally.filtered[reason as PortReason] ?? 0) + count;
  }
  return tally;
}

/** One after the other: nmap scans one family at a time, and sends no payload only where it is told for all ports. */
function partsOf(engine: ExternalEngine, scan: Scan): Scan[] {
  const { ipv4, ipv6 } = scan.targets;
  const families = [
    { ipv4, ipv6: [] },
    { ipv4: [], ipv6 },
  ].filter((set) => set.ipv4.length > 0 || set.ipv6.length > 0);
  const fragile = scan.udpPorts.filter(isFragileOverUdp);
  if (engine === "masscan" && fragile.length > 0) {
    const words = portSetOf(fragile).map(formatPortRange).join(",");
    throw new PortolanError(
      "invalid",
      "masscan cannot be told to send no payload to printers and controllers.",
      {
        hint: `Leave them out: --exclude-ports U:${words}`,
      },
    );
  }
  const whole = { ...scan, udpPorts: scan.udpPorts.filter((port) => !isFragileOverUdp(port)) };
  const parts = [whole, { ...scan, ports: new Uint16Array(0), udpPorts: fragile }];
  return families.flatMap((targets) =>
    parts
      .filter(({ ports, udpPorts }) => ports.length + udpPorts.length > 0)
      .map((part) => ({ ...part, targets })),
  );
}

/** `20-25,8080`, and with letters where UDP is asked too: both programs read the same. */
function portWords({ ports, udpPorts }: Scan): string {
  const list = (of: Uint16Array): string => portSetOf(of).map(formatPortRange).join(",");
  if (udpPorts.length === 0) return list(ports);
  return [...(ports.length === 0 ? [] : [`T:${list(ports)}`]), `U:${list(udpPorts)}`].join(",");
}

/** Which techniques; by itself nmap chooses for TCP alone. */
function nmapKinds({ ports, udpPorts }: Scan): string[] {
  if (udpPorts.length === 0) return [];
  const tcp = process.getuid?.() === 0 ? "-sS" : "-sT";
  const quiet = udpPorts.some(isFragileOverUdp) ? ["--data-length", "0"] : [];
  return [...(ports.length === 0 ? [] : [tcp]), "-sU", ...quiet];
}

async function argumentsFor(engine: ExternalEngine, scan: Scan, targetFile: string): Promise<string[]> {
  const { packetsPerSecond, bytesPerSecond } = scan.speed;
  const bytesEach = scanEstimate(scan, false).bytes / Math.max(1, scanEstimate(scan, false).packets);
  const rate = Math.min(
    packetsPerSecond ?? Number.POSITIVE_INFINITY,
    bytesPerSecond === null ? Number.POSITIVE_INFINITY : bytesPerSecond / bytesEach,
  );
  const whole = String(Math.max(1, Math.floor(rate)));
  const ports = portWords(scan);
  if (engine === "masscan") {
    const given = Number.isFinite(rate) ? ["--rate", whole] : [];
    const way = await masscanWay(scan);
    const wait = ["--wait", String(masscanWaitSeconds)];
    return ["-iL", targetFile, "-p", ports, ...given, ...way, ...wait, "-oD", "-"];
  }
  const device = scan.device === null ? [] : ["-e", scan.device];
  const given = Number.isFinite(rate) ? ["--max-rate", whole] : [];
  const family = scan.targets.ipv6.length > 0 ? ["-6"] : [];
  const kinds = nmapKinds(scan);
  return [
    "-n",
    "-Pn",
    "-T4",
    ...kinds,
    ...family,
    "-p",
    ports,
    ...given,
    ...device,
    "-iL",
    targetFile,
    "-oX",
    "-",
  ];
}

/** masscan knows no route but the default one: it is told how the kernel would send to the first target. */
async function masscanWay({ targets, device }: Scan): Promise<string[]> {
  const routes = await openRoutes();
  if ("unavailable" in routes) return device === null ? [] : ["-e", device];
  try {
    const destination = numberTargets(targets).bytesAt(0);
    const route = routes.routeTo(destination);
    const name = device ?? (route === undefined ? undefined : routes.devices().get(route.deviceIndex)?.name);
    if (route === undefined || name === undefined) return [];
    const onLink = Buffer.compare(route.nextHop, destination) === 0;
    const text = (bytes: Uint8Array): string =>
      bytes.length === 4 ? ipv4Text(ipv4Number(bytes)) : addressFromBytes(bytes);
    return [
      "-e",
      name,
      "--source-ip",
      text(route.source),
      ...(onLink ? [] : ["--router-ip", text(route.nextHop)]),
    ];
  } finally {
    routes.close();
  }
}

/** One address or range a line. */
function targetLines(targets: TargetSet): string {
  const lines = targets.ipv4.flatMap(({ first, last }) => blocksOf(first, last));
  const numbers = numberTargets({ ipv4: [], ipv6: targets.ipv6 });
  for (let index = 0; index < numbers.size; index += 1) lines.push(numbers.textAt(index));
  return `${lines.join("\n")}\n`;
}

/** The prefixes that make up a range: both programs read those in the same way. */
function blocksOf(first: number, last: number): string[] {
  const blocks: string[] = [];
  for (let from = first; from <= last;) {
    let bits = 0;
    while (bits < 32 && from % 2 ** (bits + 1) === 0 && from + 2 ** (bits + 1) - 1 <= last) bits += 1;
    blocks.push(`${ipv4Text(from)}/${32 - bits}`);
    from += 2 ** bits;
  }
  return blocks;
}

/** Resolves with the exact command line when it has ended well, or was stopped. */
async function runEngine(
  engine: ExternalEngine,
  scan: Scan,
  reader: ReturnType<OutputReader>,
  signal: AbortSignal,
): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "portolan-scan-"));
  const targetFile = join(folder, "targets");
  try {
    writeFileSync(targetFile, targetLines(scan.targets), { mode: 0o600 });
    const words = await argumentsFor(engine, scan, targetFile);
    await new Promise<void>((resolve, reject) => {
      const child = spawn(engine, words, { stdio: ["ignore", "pipe", "pipe"] });
      const decoder = new TextDecoder("utf-8");
      let said = Buffer.alloc(0);
      let patience: NodeJS.Timeout | undefined;
      let ended = false;
      let asked = 0;
      let failure: unknown;
      /** Asked again and again, because masscan writes what it holds back only when it gives in by itself. */
      const stop = (): void => {
        clearTimeout(patience);
        ended = true;
        asked += 1;
        child.kill(asked > interruptsMax ? "SIGKILL" : "SIGINT");
        patience = setTimeout(stop, interruptEveryMs);
      };
      signal.addEventListener("abort", stop, { once: true });
      child.stdout.on("data", (chunk: Buffer) => {
        try {
          if (failure === undefined) reader.write(decoder.decode(chunk, { stream: true }));
        } catch (error) {
          failure = error;
          child.kill("SIGKILL");
        }
      });
      child.stderr.on("data", (chunk: Buffer) => {
        said = Buffer.concat([said, chunk]).subarray(-stderrKeptBytes);
        if (engine === "masscan" && patience === undefined && masscanDone.test(said.toString("latin1"))) {
          patience = setTimeout(stop, masscanPatienceMs);
        }
      });
      child.on("error", (error: NodeJS.ErrnoException) => {
        const missing = error.code === "ENOENT";
        reject(
          new PortolanError(
            "unavailable",
            missing ? `${engine} is not installed.` : `${engine}: ${error.message}`,
            {
              ...(missing ? { hint: `Install it (apt install ${engine}), or scan without --engine.` } : {}),
              cause: error,
            },
          ),
        );
      });
      child.on("close", (code) => {
        clearTimeout(patience);
        signal.removeEventListener("abort", stop);
        if (failure !== undefined) reject(failure);
        else if (code === 0 || ended) resolve();
        else reject(new PortolanError("unavailable", `${engine} ended with ${code}: ${lastWords(said)}`));
      });
    });
    return [engine, ...words];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function lastWords(said: Buffer): string {
  const lines = said
    .toString("latin1")
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== "");
  return showableBytes(Buffer.from(lines.slice(-2).join(" · "), "latin1"));
}
