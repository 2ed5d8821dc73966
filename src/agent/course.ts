import type { ScanSample } from "../model/scan-plan.ts";
import type { ScanProgress } from "../sources/scan/scan.ts";

/** After so many samples only every second one is told, after twice as many every fourth …: a chart needs no more. */
const denseSamples = 240;

/** How a scan fares, as points of a chart. */
export interface Course {
  heard(progress: ScanProgress): void;
  /** One sample when there is news, else none. */
  take(): ScanSample[];
  /** As it was estimated last. */
  loss(): number | null;
}

export function createCourse(): Course {
  let latest: ScanProgress | undefined;
  let told: ScanProgress | undefined;
  let taken = 0;
  return {
    heard(progress) {
      latest = progress;
    },
    take() {
      if (latest === undefined || latest === told) return [];
      taken += 1;
      const every = 2 ** Math.floor(taken / denseSamples);
      if (taken % every !== 0) return [];
      const sample = sampleOf(latest, told);
      told = latest;
      return [sample];
    },
    loss: () => latest?.loss ?? null,
  };
}

function sampleOf(progress: ScanProgress, before: ScanProgress | undefined): ScanSample {
  const { elapsedMs, done, pass, probes, bytes, open, closed, filtered, loss } = progress;
  const seconds = Math.max(1, elapsedMs - (before?.elapsedMs ?? 0)) / 1_000;
  return {
    elapsedMs,
    done,
    pass,
    probes,
    packetsPerSecond: (probes - (before?.probes ?? 0)) / seconds,
    bytesPerSecond: (bytes - (before?.bytes ?? 0)) / seconds,
    open,
    closed,
    filtered,
    loss,
  };
}
