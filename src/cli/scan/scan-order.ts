import { lookup } from "node:dns/promises";
import { readFileSync } from "node:fs";
import type { Clock } from "../../base/clock.ts";
import { parseDuration } from "../../base/duration.ts";
import { parseDataRate } from "../../base/data-rate.ts";
import { PortolanError } from "../../base/errors.ts";
import type { Parsed } from "../../base/parsed.ts";
import { rangesMinus } from "../../base/range-set.ts";
import { showable } from "../../base/text.ts";
import { pairsMax } from "../../sources/scan/answer-map.ts";
import { hostRateUsual } from "../../sources/scan/host-ceiling.ts";
import { isDeviceName } from "../../sources/scan/device-name.ts";
import { parsePorts, portsOf } from "../../sources/scan/port-list.ts";
import { hostsMax, type Scan } from "../../sources/scan/scan.ts";
import { guardTargets } from "../../sources/scan/scope.ts";
import { parseScanWindow, windowsMax, type NetworkWindow } from "../../sources/scan/scan-window.ts";
import { noTargets, sizeOf, unionOf, without, type TargetSet } from "../../sources/scan/target-set.ts";
import { isHostName, parseTarget } from "../../sources/scan/targets.ts";
import type { Say } from "../language/language.ts";

export interface ScanOptions {
  readonly ports: string;
  readonly scope?: string;
  readonly exclude?: string;
  readonly excludePorts?: string;
  readonly bandwidth?: string;
  readonly rate?: string;
  readonly hostRate?: string;
  readonly networkRate?: string;
  readonly hostTimeout?: string;
  readonly window?: readonly string[];
  readonly miss: string;
  readonly interface?: string;
}

const targetFileBytesMax = 64 * 1024 * 1024;
const packetsPerSecondMax = 100_000_000;

/** What was asked for, inside the scope; errors say which word is wrong, where, and what is allowed. */
export async function scanOrder(
  words: readonly string[],
  options: ScanOptions,
  say: Say,
  clock: Clock,
): Promise<Scan> {
  if (options.scope === undefined) {
    throw new PortolanError("forbidden", say("scan.no-scope"), { hint: say("scan.no-scope-hint") });
  }
  const allowed = await readTargets(options.scope.split(","), "--scope", say);
  const excluded =
    options.exclude === undefined
      ? noTargets
      : await readTargets(options.exclude.split(","), "--exclude", say);
  const targets = guardTargets(await readTargets(words, say("scan.target"), say), { allowed, excluded });
  const { ports, udpPorts, ...excludedToo } = portsIn(options, say);
  if (sizeOf(targets) > hostsMax) {
    throw new PortolanError("invalid", say("scan.too-many-hosts", { limit: hostsMax }), {
      hint: say("scan.too-many-hint"),
    });
  }
  if (sizeOf(targets) * Math.max(ports.length, udpPorts.length) > pairsMax) {
    throw new PortolanError("invalid", say("scan.too-many", { limit: pairsMax }), {
      hint: say("scan.too-many-hint"),
    });
  }
  return {
    targets,
    scope: without(allowed, excluded),
    ports,
    udpPorts,
    ...excludedToo,
    speed: {
      bytesPerSecond: bandwidthOf(options, say),
      packetsPerSecond: rateOf("--rate", options.rate, say),
      perHost: rateOf("--host-rate", options.hostRate ?? String(hostRateUsual), say),
      perNetwork: rateOf("--network-rate", options.networkRate, say),
    },
    windows: windowsOf(options, say),
    hostTimeoutMs: timeoutOf(options, say),
    missTarget: missOf(options, say),
    device: deviceOf(options, say),
    seed: Math.floor(Math.random() * 2 ** 32),
    clock,
    random: Math.random,
  };
}

/** What is excluded without a letter is excluded over both transports: no slip of the pen shall ask it. */
function portsIn(
  options: ScanOptions,
  say: Say,
): Pick<Scan, "ports" | "udpPorts" | "excludedPorts" | "excludedUdpPorts"> {
  const wanted = read(parsePorts(options.ports, ["tcp"]), "--ports", options.ports, say);
  const { excludePorts } = options;
  const excluded =
    excludePorts === undefined
      ? { tcp: [], udp: [] }
      : read(parsePorts(excludePorts, ["tcp", "udp"]), "--exclude-ports", excludePorts, say);
  const ports = portsOf(rangesMinus(wanted.tcp, excluded.tcp));
  const udpPorts = portsOf(rangesMinus(wanted.udp, excluded.udp));
  if (ports.length + udpPorts.length === 0) throw new PortolanError("invalid", say("scan.no-ports"));
  return { ports, udpPorts, excludedPorts: excluded.tcp, excludedUdpPorts: excluded.udp };
}

function read<Value>(parsed: Parsed<Value>, what: string, text: string, say: Say): Value {
  if ("value" in parsed) return parsed.value;
  const { problem, at } = parsed;
  throw new PortolanError(
    "invalid",
    `${what}: ${say("scan.bad", { text: showable(text), problem, at: at + 1 })}`,
  );
}

async function readTargets(words: readonly string[], what: string, say: Say): Promise<TargetSet> {
  const sets: TargetSet[] = [];
  for (const word of words) {
    sets.push(
      word.startsWith("@") ? await readTargetFile(word.slice(1), say) : await readTarget(word, what, say),
    );
  }
  return unionOf(sets);
}

async function readTarget(word: string, what: string, say: Say): Promise<TargetSet> {
  if (!isHostName(word)) return read(parseTarget(word), what, word, say);
  try {
    const found = await lookup(word, { all: true });
    return unionOf(found.map(({ address }) => read(parseTarget(address), what, address, say)));
  } catch (error) {
    if (error instanceof PortolanError) throw error;
    throw new PortolanError("invalid", `${what}: ${say("scan.unresolved", { name: showable(word) })}`, {
      cause: error,
    });
  }
}

/** One target a line; what stands behind # is a comment. */
async function readTargetFile(file: string, say: Say): Promise<TargetSet> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? showable(error.message) : "";
    throw new PortolanError("invalid", say("scan.cannot-read", { file: showable(file), reason }));
  }
  if (text.length > targetFileBytesMax) {
    throw new PortolanError("invalid", say("scan.file-too-large", { file: showable(file) }));
  }
  const sets: TargetSet[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const word = (line.split("#")[0] ?? "").trim();
    if (word !== "") sets.push(await readTarget(word, `${showable(file)}:${index + 1}`, say));
  }
  return unionOf(sets);
}

function deviceOf({ interface: name }: ScanOptions, say: Say): string | null {
  if (name === undefined) return null;
  if (isDeviceName(name)) return name;
  throw new PortolanError("invalid", `--interface: ${say("scan.bad-device", { text: showable(name) })}`);
}

function bandwidthOf({ bandwidth }: ScanOptions, say: Say): number | null {
  return bandwidth === undefined ? null : read(parseDataRate(bandwidth), "--bandwidth", bandwidth, say);
}

function rateOf(flag: string, rate: string | undefined, say: Say): number | null {
  if (rate === undefined) return null;
  const value = Number(rate);
  if (/^\d+(?:\.\d+)?$/.test(rate) && value > 0 && value <= packetsPerSecondMax) return value;
  throw new PortolanError("invalid", `${flag}: ${say("scan.bad-rate", { text: showable(rate) })}`);
}

function windowsOf({ window: windows = [] }: ScanOptions, say: Say): NetworkWindow[] {
  if (windows.length > windowsMax)
    throw new PortolanError("invalid", `--window: ${say("scan.too-many-windows", { limit: windowsMax })}`);
  return windows.map((text) => read(parseScanWindow(text), "--window", text, say));
}

/** Null for 0 as well. */
function timeoutOf({ hostTimeout }: ScanOptions, say: Say): number | null {
  if (hostTimeout === undefined) return null;
  return read(parseDuration(hostTimeout), "--host-timeout", hostTimeout, say) || null;
}

/** `0.1%` or `0.001`. */
function missOf({ miss }: ScanOptions, say: Say): number {
  const match = /^(\d+(?:\.\d+)?)(%?)$/.exec(miss);
  const value = Number(match?.[1]) / (match?.[2] === "%" ? 100 : 1);
  if (match !== null && value > 0 && value < 1) return value;
  throw new PortolanError("invalid", `--miss: ${say("scan.bad-miss", { text: showable(miss) })}`);
}
