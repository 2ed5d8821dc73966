import type { Clock } from "../base/clock.ts";
import type { ScanAssignment } from "../model/scan-plan.ts";
import type { VerifyPolicy } from "../sources/scan/doubt.ts";
import type { Scan, ScanListener, ScanSummary } from "../sources/scan/scan.ts";
import type { ScanLink } from "./scan-link.ts";

/** Scans by the engine that was ordered; the composition root knows them all. */
type RunScan = (
  scan: Scan,
  engine: ScanAssignment["engine"],
  listener: ScanListener,
  signal: AbortSignal,
) => Promise<ScanSummary>;

/** What a node works with. */
export interface ScanWork {
  readonly link: ScanLink;
  readonly runScan: RunScan;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly random: () => number;
  readonly version: string;
  readonly say: (level: "info" | "warn", sentence: string) => void;
  readonly signal: AbortSignal;
  /** How a doubt is settled; as usual where it is left out. */
  readonly verifying?: VerifyPolicy;
}
