import type { View } from "../model/coverage.ts";
import type { HostRecord, SourceRecord } from "../store/rows.ts";
import type { BlindSpot, HostRow, SourceRow, SourceState } from "./views.ts";

/** A quiet agent speaks every 10 s: late after some lost ones, silent when nobody would call it a delay any more. */
export const lateAfterMs = 45_000;
export const silentAfterMs = 5 * 60_000;
/** Beyond it a source's clock is worth a word; decisions go by the server's clock. */
export const clockSkewShownMs = 60_000;

/** Scans come by the hour or by the day: one that was left out is late, two are silence. */
const outsideEveryMinMs = 86_400_000;
const outsideLate = 1.5;
const outsideSilent = 3;

export interface LookTimes {
  readonly view: View;
  /** Null: there never was one. */
  readonly lastLookMs: number | null;
  readonly intervalMs: number | null;
}

export function sourceState({ view, lastLookMs, intervalMs }: LookTimes, nowMs: number): SourceState {
  const ageMs = lastLookMs === null ? Number.POSITIVE_INFINITY : nowMs - lastLookMs;
  const everyMs = Math.max(outsideEveryMinMs, intervalMs ?? 0);
  const [late, silent] =
    view === "outside" ? [everyMs * outsideLate, everyMs * outsideSilent] : [lateAfterMs, silentAfterMs];
  if (ageMs > silent) return "silent";
  return ageMs > late ? "late" : "ok";
}

export function sourceRow(source: SourceRecord, nowMs: number): SourceRow {
  const { id, kind, view, vantage, lastLookMs, intervalMs, clockSkewMs, limits, version } = source;
  return {
    id,
    kind,
    view,
    vantage,
    lastLookMs,
    intervalMs,
    clockSkewMs,
    limits,
    version,
    state: sourceState(source, nowMs),
  };
}

const severity: Readonly<Record<SourceState, number>> = { ok: 0, late: 1, silent: 2 };

export function hostRow(host: HostRecord, nowMs: number): HostRow {
  const sources = host.sources.map((source) => sourceRow(source, nowMs));
  const worst = sources.reduce<SourceState>(
    (state, source) => (severity[source.state] > severity[state] ? source.state : state),
    sources.length === 0 ? "silent" : "ok",
  );
  const limited = worst === "ok" && sources.some((source) => source.limits.length > 0);
  return { ...host, sources, health: limited ? "limited" : worst };
}

/** What cannot be seen on one host; a silent source is not also called late or limited. */
export function blindSpots(host: HostRecord, nowMs: number): BlindSpot[] {
  const of = (code: BlindSpot["code"], params: BlindSpot["params"], sinceMs: number | null): BlindSpot => ({
    hostId: host.id,
    hostName: host.hostname,
    code,
    params,
    sinceMs,
  });
  if (host.sources.length === 0) return [of("no-source", {}, host.firstSeenMs)];
  return host.sources.flatMap((source) => {
    const state = sourceState(source, nowMs);
    const who = { kind: source.kind, view: source.view, vantage: source.vantage };
    if (state !== "ok") {
      return [
        of(
          state === "late" ? "source-late" : "source-silent",
          { ...who, ageMs: nowMs - source.lastLookMs },
          source.lastLookMs,
        ),
      ];
    }
    const limits = source.limits.map((limit) => of("source-limited", { ...who, limit }, null));
    // What a file says is old by nature.
    const skewed = source.kind !== "import" && Math.abs(source.clockSkewMs) > clockSkewShownMs;
    return skewed ? [...limits, of("clock-skew", { ...who, skewMs: source.clockSkewMs }, null)] : limits;
  });
}
