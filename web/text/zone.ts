import { useSyncExternalStore } from "react";

/** The zone that times are shown in: the browser's until the user says otherwise. */
const storageKey = "portolan-zone";
const listeners = new Set<() => void>();
let chosen = read();

export const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

function read(): string | null {
  try {
    const zone = localStorage.getItem(storageKey);
    return zone !== null && isZone(zone) ? zone : null;
  } catch {
    return null;
  }
}

export function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).format(0) !== "";
  } catch {
    return false;
  }
}

export function chooseZone(zone: string | null): void {
  chosen = zone;
  try {
    if (zone === null) localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, zone);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  for (const listener of listeners) listener();
}

export function useZone(): { zone: string; chosen: string | null } {
  const value = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => chosen,
  );
  return { zone: value ?? browserZone, chosen: value };
}

/** `2026-11-20T14:05` on the wall clock of a zone → ms; undefined when it is no such time. */
export function fromWallClock(local: string, zone: string): number | undefined {
  const guess = Date.parse(`${local}Z`);
  if (Number.isNaN(guess)) return undefined;
  // The offset of the guess, then of the answer: right but in the hour that a clock change leaves out.
  const first = guess - offsetAt(guess, zone);
  return guess - offsetAt(first, zone);
}

export function toWallClock(ms: number, zone: string): string {
  return new Date(ms + offsetAt(ms, zone)).toISOString().slice(0, 16);
}

function offsetAt(ms: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).formatToParts(ms);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  const wall = Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
  return wall - Math.floor(ms / 1000) * 1000;
}
