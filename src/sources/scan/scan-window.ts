// What: when a network may be scanned.
// Idea: `10.0.0.0/8=22:00-06:00`, in the local time of the machine that scans; outside of it nothing is sent there. An
//   address that lies in several windows is asked only while all of them are open.
// Trap: a day may have 23 or 25 hours: what counts is what the clock on the wall shows. A window may pass midnight.

import { cidrContainsBytes, cidrOfAddress, parseCidr, type Cidr } from "../../base/cidr.ts";
import { addressBytes, addressFromBytes } from "../../base/ip.ts";
import type { Parsed } from "../../base/parsed.ts";
import { isBetween, minutesPerDay } from "../../base/time-of-day.ts";
import type { TargetNumbers } from "./target-set.ts";

/** As many as an integer has bits to work with. */
export const windowsMax = 30;
const minuteMs = 60_000;
const timesPattern = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/;

export interface NetworkWindow {
  readonly network: Cidr;
  /** Minutes since midnight; open from the first, and closed from the second on. */
  readonly from: number;
  readonly to: number;
}

/** Reads `10.0.0.0/8=22:00-06:00`, or a single address before the equals sign. */
export function parseScanWindow(text: string): Parsed<NetworkWindow> {
  const at = text.indexOf("=");
  if (at === -1) return { problem: "lacks its times (10.0.0.0/8=22:00-06:00)", at: text.length };
  const name = text.slice(0, at);
  const single = cidrOfAddress(name);
  const network: Parsed<Cidr> = single === undefined ? parseCidr(name) : { value: single };
  if (!("value" in network)) return network;
  const times = timesPattern.exec(text.slice(at + 1));
  if (times === null) return { problem: "needs two times of the day (22:00-06:00)", at: at + 1 };
  const [, fromHour, fromMinute, toHour, toMinute] = times.map(Number);
  const from = (fromHour ?? 0) * 60 + (fromMinute ?? 0);
  const to = (toHour ?? 0) * 60 + (toMinute ?? 0);
  if (from === to) return { problem: "ends when it begins: it would never be open", at: at + 1 };
  return { value: { network: network.value, from, to } };
}

/** As `parseScanWindow` reads it. */
export function formatScanWindow({ network, from, to }: NetworkWindow): string {
  const time = (minute: number): string =>
    `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
  return `${network.text}=${time(from)}-${time(to)}`;
}

export interface WindowGate {
  /** As of the last `look`. */
  isClosed(host: number): boolean;
  look(nowMs: number): void;
  /** When the next of the closed windows opens, ms since 1970; null when all are open. */
  opensAtMs(nowMs: number): number | null;
}

/** `minuteOf`: minutes since midnight, as the clock on the wall shows them. */
export function windowGate(
  windows: readonly NetworkWindow[],
  targets: TargetNumbers,
  minuteOf: (ms: number) => number,
): WindowGate {
  const windowsOf = Uint32Array.from({ length: targets.size }, (_, host) => {
    const bytes = addressBytes(addressFromBytes(targets.bytesAt(host))) ?? new Uint8Array(16);
    return windows.reduce(
      (set, { network }, index) => (cidrContainsBytes(network, bytes) ? set | (1 << index) : set),
      0,
    );
  });
  let closed = 0;
  return {
    isClosed: (host) => ((windowsOf[host] ?? 0) & closed) !== 0,
    look(nowMs) {
      const minute = minuteOf(nowMs);
      closed = windows.reduce((set, window, index) => (isOpen(window, minute) ? set : set | (1 << index)), 0);
    },
    opensAtMs(nowMs) {
      const minute = minuteOf(nowMs);
      const waits = windows
        .filter((window) => !isOpen(window, minute))
        .map(({ from }) => (from - minute + minutesPerDay) % minutesPerDay);
      return waits.length === 0 ? null : Math.floor(nowMs / minuteMs + Math.min(...waits)) * minuteMs;
    },
  };
}

const isOpen = ({ from, to }: NetworkWindow, minute: number): boolean => isBetween(minute, from, to);
