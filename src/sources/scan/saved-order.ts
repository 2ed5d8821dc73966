// What: what was asked of a scan, as it stands at the head of its file.
// Idea: plain JSON with all that decides what is sent, so that another run asks the same pairs in the same order.
// Trap: the file may be foreign: nothing in it is believed that a command line could not say, and the targets must lie
//   inside the scope that stands beside them.

import type { Clock } from "../../base/clock.ts";
import { PortolanError } from "../../base/errors.ts";
import { rangeSet, rangesSize, type RangeSet } from "../../base/range-set.ts";
import { portMax } from "../../model/port-range.ts";
import { pairsMax } from "./answer-map.ts";
import { portsOf } from "./port-list.ts";
import { hostsMax, type Scan } from "./scan.ts";
import { formatScanWindow, parseScanWindow, windowsMax, type NetworkWindow } from "./scan-window.ts";
import { sizeOf, without, type TargetSet } from "./target-set.ts";

const version = 1;
const ipv4Max = 2 ** 32 - 1;

export interface SavedOrder {
  readonly scan: Scan;
  /** As it was typed. */
  readonly command: string;
  /** ms since 1970. */
  readonly startedAtMs: number;
}

export function writeOrder({ scan, command, startedAtMs }: SavedOrder): Uint8Array {
  const { targets, scope, ports, excludedPorts, speed, hostTimeoutMs, windows, missTarget, device, seed } =
    scan;
  const portRanges = rangeSet([...ports].map((port) => ({ first: port, last: port })));
  return Buffer.from(
    JSON.stringify({
      version,
      command,
      startedAtMs,
      seed,
      targets,
      scope,
      ports: portRanges,
      excludedPorts,
      ...speed,
      hostTimeoutMs,
      windows: windows.map(formatScanWindow),
      missTarget,
      device,
    }),
  );
}

/** `invalid` when it is none. */
export function readOrder(
  bytes: Uint8Array,
  { clock, random }: { readonly clock: Clock; readonly random: () => number },
): SavedOrder {
  const fields = fieldsOf(bytes);
  if (fields["version"] !== version) throw bad("was made by another version");
  const { command, device } = fields;
  if (typeof command !== "string" || (device !== null && typeof device !== "string"))
    throw bad("has no order that can be read");
  const [targets, scope] = [targetsOf(fields["targets"]), targetsOf(fields["scope"])];
  const ports = portsOf(rangesOf(fields["ports"], portMax));
  if (sizeOf(without(targets, scope)) > 0) throw bad("has targets outside of its scope");
  const hosts = sizeOf(targets);
  if (hosts === 0 || ports.length === 0 || hosts > hostsMax || hosts * ports.length > pairsMax)
    throw bad("has no scan of a size that can be done");
  const missTarget = numberOf(fields["missTarget"], 1);
  return {
    command,
    startedAtMs: numberOf(fields["startedAtMs"], Number.MAX_SAFE_INTEGER),
    scan: {
      targets,
      scope,
      ports,
      udpPorts: new Uint16Array(),
      excludedUdpPorts: [],
      excludedPorts: rangesOf(fields["excludedPorts"], portMax),
      speed: {
        bytesPerSecond: limitOf(fields["bytesPerSecond"]),
        packetsPerSecond: limitOf(fields["packetsPerSecond"]),
        perHost: limitOf(fields["perHost"]),
        perNetwork: limitOf(fields["perNetwork"]),
      },
      windows: windowsOf(fields["windows"]),
      hostTimeoutMs: limitOf(fields["hostTimeoutMs"]),
      missTarget,
      device,
      seed: numberOf(fields["seed"], ipv4Max),
      clock,
      random,
    },
  };
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(bytes: Uint8Array): Fields {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    if (typeof value === "object" && value !== null) return value as Fields;
  } catch {
    // Told as one that cannot be read.
  }
  throw bad("has no order that can be read");
}

function targetsOf(value: unknown): TargetSet {
  const { ipv4, ipv6 } = (value ?? {}) as Fields;
  const isAddress = (text: unknown): text is string =>
    typeof text === "string" && /^[0-9a-f]{32}$/.test(text);
  if (!Array.isArray(ipv6) || !ipv6.every(isAddress)) throw bad("has addresses that are none");
  return { ipv4: rangesOf(ipv4, ipv4Max), ipv6: [...new Set(ipv6)].sort() };
}

function rangesOf(value: unknown, most: number): RangeSet {
  const isRange = ({ first, last }: Fields): boolean =>
    isWhole(first, most) && isWhole(last, most) && Number(first) <= Number(last);
  if (!Array.isArray(value)) throw bad("has a range that is none");
  const ranges = value as { readonly first: number; readonly last: number }[];
  if (!ranges.every((range) => isRange((range ?? {}) as unknown as Fields)))
    throw bad("has a range that is none");
  const set = rangeSet(ranges);
  if (set.length !== ranges.length || rangesSize(set) > 2 ** 32) throw bad("has ranges that overlap");
  return set;
}

function windowsOf(value: unknown): NetworkWindow[] {
  if (!Array.isArray(value) || value.length > windowsMax) throw bad("has windows that are none");
  return value.map((text) => {
    const parsed = typeof text === "string" ? parseScanWindow(text) : undefined;
    if (parsed === undefined || !("value" in parsed)) throw bad("has a window that is none");
    return parsed.value;
  });
}

const isWhole = (value: unknown, most: number): boolean =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= most;

function numberOf(value: unknown, most: number): number {
  if (typeof value === "number" && value >= 0 && value <= most) return value;
  throw bad("has a number that is none");
}

/** Null: without limit. */
function limitOf(value: unknown): number | null {
  if (value === null) return null;
  const number = numberOf(value, Number.MAX_VALUE);
  if (number > 0) return number;
  throw bad("has a limit of nothing");
}

const bad = (problem: string): PortolanError =>
  new PortolanError("invalid", `The saved scan ${problem}.`, { hint: "Nothing was sent." });
