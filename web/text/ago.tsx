import { useQueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import type { Session } from "../api/shapes.ts";
import { exact, relative } from "./time.ts";
import { useZone } from "./zone.ts";

/** One clock for all relative times on the page. */
const tickMs = 5_000;
const listeners = new Set<() => void>();
let now = Date.now();
let timer: number | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= window.setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, tickMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    window.clearInterval(timer);
    timer = undefined;
  };
}

/** The server's clock as far as we know it: a wrong clock in the browser must not make fresh news look old. */
export function useNow(): number {
  const client = useQueryClient();
  const local = useSyncExternalStore(subscribe, () => now);
  const session = client.getQueryState<Session>(["session"]);
  const offset = session?.data === undefined ? 0 : session.data.timeMs - session.dataUpdatedAt;
  // Between ticks news may be younger than the tick.
  return Math.max(local, Date.now() - tickMs) + (Math.abs(offset) > 2_000 ? offset : 0);
}

interface TimeProps {
  readonly ms: number | null;
}

/** "3 min ago", the exact time in the title. */
export function Ago({ ms }: TimeProps) {
  const words = useMoment();
  if (ms === null) return <span className="dim">–</span>;
  return (
    <time dateTime={new Date(ms).toISOString()} title={words.exact(ms)} className="nowrap">
      {words.relative(ms)}
    </time>
  );
}

/** The exact time, the relative one in the title. */
export function Exact({ ms }: TimeProps) {
  const words = useMoment();
  if (ms === null) return <span className="dim">–</span>;
  return (
    <time dateTime={new Date(ms).toISOString()} title={words.relative(ms)}>
      {words.exact(ms)}
    </time>
  );
}

function useMoment() {
  const { i18n } = useTranslation();
  const { zone } = useZone();
  const at = useNow();
  return {
    exact: (ms: number) => exact(ms, i18n.language, zone),
    relative: (ms: number) => relative(ms, at, i18n.language),
  };
}
