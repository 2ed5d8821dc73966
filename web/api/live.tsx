import { createContext, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { queryClient } from "./client.ts";
import { liveKey, scansKey, sessionQuery } from "./queries.ts";

/** Hints that come in a burst are answered by one round of questions; the next round not before the second bound. */
const settleMs = 120;
const roundMs = 1_000;
/** A scan node speaks every 2 s; more often nothing new is to be had. */
const scansRoundMs = 2_000;
/** Counting a whole fleet costs the server more than a page of it; counts may lag this far behind their rows. */
const countsMs = 5_000;
/** The stream says something at least every 15 s; a browser closes a dead one late, so silence counts too. */
const reconnectMs = 3_000;

interface Live {
  readonly state: "opening" | "open" | "lost";
  readonly lastHeardMs: number;
  readonly paused: boolean;
  readonly setPaused: (paused: boolean) => void;
}

const LiveContext = createContext<Live>({
  state: "opening",
  lastHeardMs: 0,
  paused: false,
  setPaused: () => {},
});
export const useLive = (): Live => useContext(LiveContext);

/** Asks soon after the first hint, once for all that come meanwhile, and not again before the bound. */
function rounds(boundMs: number, ask: () => void): { readonly hint: () => void; readonly stop: () => void } {
  let timer: number | undefined;
  let last = 0;
  return {
    hint: () => {
      if (timer !== undefined) return;
      timer = window.setTimeout(
        () => {
          timer = undefined;
          last = Date.now();
          ask();
        },
        Math.max(settleMs, last + boundMs - Date.now()),
      );
    },
    stop: () => window.clearTimeout(timer),
  };
}

/** Listens to the server's change hints and lets every live query ask again. */
export function LiveProvider({ children }: { readonly children: ReactNode }) {
  const [state, setState] = useState<Live["state"]>("opening");
  const [lastHeardMs, setLastHeardMs] = useState(() => Date.now());
  const [paused, setPaused] = useState(false);
  const pausedRef = useRef(paused);

  useEffect(() => {
    pausedRef.current = paused;
    if (paused) return;
    for (const queryKey of [liveKey, scansKey]) void queryClient.invalidateQueries({ queryKey });
  }, [paused]);

  useEffect(() => {
    let stream: EventSource | undefined;
    let retry: number | undefined;
    let lastCounts = 0;

    const changes = rounds(roundMs, () => {
      if (pausedRef.current) return;
      const withCounts = Date.now() - lastCounts >= countsMs;
      if (withCounts) lastCounts = Date.now();
      void queryClient.invalidateQueries({
        queryKey: liveKey,
        predicate: ({ queryKey }) => withCounts || queryKey[1] !== "facets",
      });
    });
    const scans = rounds(scansRoundMs, () => {
      if (!pausedRef.current) void queryClient.invalidateQueries({ queryKey: scansKey });
    });
    const heard = (): void => {
      setState("open");
      setLastHeardMs(Date.now());
    };
    const connect = (): void => {
      let opened = false;
      stream = new EventSource("/api/v1/stream");
      stream.addEventListener("open", () => {
        heard();
        // What happened while nobody listened.
        if (!opened) {
          changes.hint();
          scans.hint();
        }
        opened = true;
      });
      for (const [name, { hint }] of [
        ["change", changes],
        ["health", changes],
        ["scan", scans],
      ] as const) {
        stream.addEventListener(name, () => {
          heard();
          hint();
        });
      }
      stream.addEventListener("session-ended", () => {
        stream?.close();
        void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
        window.location.assign("/login");
      });
      stream.addEventListener("error", () => {
        setState((before) => {
          if (before === "open") setLastHeardMs(Date.now());
          return "lost";
        });
        opened = false;
        if (stream?.readyState === EventSource.CLOSED) retry = window.setTimeout(connect, reconnectMs);
      });
    };
    connect();
    return () => {
      stream?.close();
      window.clearTimeout(retry);
      changes.stop();
      scans.stop();
    };
  }, []);

  const value = useMemo(() => ({ state, lastHeardMs, paused, setPaused }), [state, lastHeardMs, paused]);
  return <LiveContext value={value}>{children}</LiveContext>;
}
