/** `auto`: raw packets where the node may send them, ordinary connections where it may not. */
export const scanEngines = ["auto", "syn", "connect", "nmap", "masscan"] as const;
export type ScanEngine = (typeof scanEngines)[number];

/** When a plan runs. Times of day are those of the server's time zone. */
export type ScanSchedule =
  | { readonly kind: "manual" }
  | { readonly kind: "every"; readonly minutes: number }
  | { readonly kind: "daily"; readonly at: string };

/** `HH:MM` to `HH:MM`, also over midnight; a scan begins only inside of it. */
export interface ScanWindow {
  readonly from: string;
  readonly to: string;
}

/** What is to be scanned again and again, and how. */
export interface ScanPlanOrder {
  readonly name: string;
  /** Addresses, ranges and prefixes as `portolan scan` reads them, or `label:key=value` for hosts that we know. */
  readonly targets: readonly string[];
  readonly exclude: readonly string[];
  /** As `portolan scan -p` reads them. */
  readonly ports: string;
  readonly excludePorts: string | null;
  readonly engine: ScanEngine;
  /** `1mbit`; null: as fast as the path takes it. */
  readonly bandwidth: string | null;
  /** Share of what is open that may be missed. */
  readonly missTarget: number;
  readonly schedule: ScanSchedule;
  readonly window: ScanWindow | null;
  /** False: the schedule rests; it can still be started by hand. */
  readonly enabled: boolean;
}

export interface ScanPlan extends ScanPlanOrder {
  /** UUIDv7. */
  readonly id: string;
  readonly createdAtMs: number;
  readonly changedAtMs: number;
  /** Null: only by hand. */
  readonly nextRunMs: number | null;
}

/** `waiting` until a node takes it up; `stopped` by a person, `failed` by itself. */
export const scanRunStates = ["waiting", "running", "done", "stopped", "failed"] as const;
export type ScanRunState = (typeof scanRunStates)[number];

/** How a scan fares at one moment. */
export interface ScanSample {
  /** Since its start. */
  readonly elapsedMs: number;
  /** 0 to 1, of the pass. */
  readonly done: number;
  readonly pass: number;
  readonly probes: number;
  /** Since the sample before. */
  readonly packetsPerSecond: number;
  readonly bytesPerSecond: number;
  readonly open: number;
  readonly closed: number;
  readonly filtered: number;
  readonly loss: number | null;
}

/** What a scan found out about one address. */
export interface ScanLane {
  readonly address: string;
  readonly open: number;
  readonly closed: number;
  readonly filtered: number;
  readonly silent: number;
  /** It answers open on whatever port is asked. */
  readonly everywhere: boolean;
}

/** What is said of a run when it is over. */
export interface ScanOutcome {
  /** The engine that it came to, and its command line where another program scanned. */
  readonly engine: string;
  readonly command: string | null;
  readonly probes: number;
  readonly durationMs: number;
  readonly open: number;
  readonly loss: number | null;
  readonly recall: number | null;
  readonly unreachable: number;
  /** Hosts that had answered fell silent for good: what was not seen of them says nothing. */
  readonly blocked: boolean;
}

export interface ScanRun {
  /** UUIDv7. */
  readonly id: string;
  readonly planId: string;
  /** The plan as it was. */
  readonly plan: ScanPlanOrder;
  readonly state: ScanRunState;
  /** Who wanted it: `schedule` or an actor. */
  readonly askedBy: string;
  /** 1, or more when a node was lost over it and it was begun anew. */
  readonly attempt: number;
  readonly createdAtMs: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  /** Name of the scan node. */
  readonly node: string | null;
  readonly heardAtMs: number | null;
  /** Addresses and packets of one pass. */
  readonly hosts: number | null;
  readonly packets: number | null;
  readonly latest: ScanSample | null;
  readonly outcome: ScanOutcome | null;
  /** Why it failed, as a sentence. */
  readonly problem: string | null;
}

/** A scan over which so many nodes were lost is not given to another. */
export const scanAttemptsMax = 3;

/** Kept of one run, for its chart; a node sends ever fewer the longer a run lasts. */
export const scanSamplesMax = 1_000;
/** Kept of one run: those with the most open ports. */
export const scanLanesMax = 10_000;
export const scanPlansMax = 1_000;
export const scanTargetsMax = 1_000;

/** What a node is told to do. */
export interface ScanAssignment {
  readonly runId: string;
  /** What the node is called: its vantage. */
  readonly node: string;
  readonly planName: string;
  /** Canonical, inside the scope, exclusions taken away: ranges of IPv4, addresses of IPv6. */
  readonly targets: readonly string[];
  readonly ports: string;
  readonly excludePorts: string | null;
  readonly engine: ScanEngine;
  readonly bandwidth: string | null;
  readonly missTarget: number;
  /** Addresses among the targets where something was open: their silence is to be told as well. */
  readonly known: readonly string[];
}

/** What a node says while it works. */
export interface ScanReport {
  readonly samples: readonly ScanSample[];
  readonly lanes: readonly ScanLane[];
  /** With the last report. */
  readonly end:
    | { readonly state: "done" | "stopped" }
    | { readonly state: "failed"; readonly problem: string }
    | null;
  readonly outcome: ScanOutcome | null;
}
