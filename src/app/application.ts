import type { Clock } from "../base/clock.ts";
import type { ConnectionsTaken } from "../model/connection-intake.ts";
import type { HostIdentity } from "../model/look.ts";
import type { ConnectionVerdictKind } from "../model/connection-verdict.ts";
import type { IntakeAnswer } from "../model/intake.ts";
import type { ImportAnswer, ScanImport } from "../model/scan-import.ts";
import type { ScanAssignment, ScanPlan, ScanPlanOrder, ScanReport, ScanRun } from "../model/scan-plan.ts";
import type { ExpositionFormat } from "../sinks/prometheus/exposition.ts";
import type { TargetGroup } from "../sinks/prometheus/target-groups.ts";
import type {
  EventQuery,
  HistogramQuery,
  HostQuery,
  PortFilter,
  PortQuery,
  ScanRunQuery,
} from "../store/queries.ts";
import type { ConnectionFindings, EventBucket, Page, PortFacets, ScanRunRecord } from "../store/rows.ts";
import type { AccountBook, Actor } from "./account-book.ts";
import type { BlockBook } from "./block-book.ts";
import type { ChangeFeed } from "./change-feed.ts";
import type {
  ConnectionHistory,
  CourseQuery,
  FleetConnections,
  HostConnections,
  HostConnectionsDetail,
} from "./connections.ts";
import type { TargetQuery } from "./scrape-targets.ts";
import type { FleetFindings } from "./connection-findings.ts";
import type { Settings } from "./settings.ts";
import type { EventRow, HealthCheck, HealthReport, HostRow, Overview, PortDetail, PortRow } from "./views.ts";

/** The questions of the read side. They run in a thread of their own and never hold up the caller's loop. */
export interface Reading {
  ports(query: PortQuery): Promise<Page<PortRow>>;
  portFacets(filter: PortFilter): Promise<PortFacets>;
  /** `not-found` when there is none. */
  port(id: string): Promise<PortDetail>;
  events(query: EventQuery): Promise<Page<EventRow>>;
  eventHistogram(query: HistogramQuery): Promise<readonly EventBucket[]>;
  hosts(query: HostQuery): Promise<Page<HostRow>>;
  /** `not-found` when there is none. */
  host(id: string): Promise<HostRow>;
  overview(): Promise<Overview>;
  scanPlans(): Promise<readonly ScanPlan[]>;
  scanRuns(query: ScanRunQuery): Promise<Page<ScanRun>>;
  /** `not-found` when there is none. */
  scanRun(id: string): Promise<ScanRunRecord>;
  /** All hosts together, as they were last heard. */
  connections(): Promise<FleetConnections>;
  /** Every host that told its connections once, as it was last heard. */
  connectionHosts(): Promise<readonly HostConnections[]>;
  /** Null: it has told none yet. `not-found` when there is no such host. */
  connectionsOfHost(id: string): Promise<HostConnectionsDetail | null>;
  connectionHistory(query: CourseQuery): Promise<ConnectionHistory>;
  /** `invalid` when there are more than `targetEndpointsMax`. */
  scrapeTargets(query: TargetQuery): Promise<readonly TargetGroup[]>;
  /** What is wrong with connections now, and who is odd. */
  findings(): Promise<FleetFindings>;
  /** `not-found` when there is no such host. */
  findingsOfHost(id: string): Promise<ConnectionFindings>;
}

/** Plans of scans, and what their nodes do. Writes are audited with their actor, refused ones too. */
export interface ScanBook {
  /** `invalid` or `forbidden` with the entry that is wrong, or outside of the scope. */
  add(actor: Actor, order: ScanPlanOrder): Promise<ScanPlan>;
  change(actor: Actor, id: string, order: ScanPlanOrder): Promise<ScanPlan>;
  remove(actor: Actor, id: string): Promise<void>;
  /** `conflict` while a scan of this plan is under way. */
  start(actor: Actor, planId: string): Promise<ScanRun>;
  stop(actor: Actor, runId: string): Promise<ScanRun>;
  /** What may be scanned. */
  scope(): Settings["scan"];

  importScan(actor: Actor, scan: ScanImport): Promise<ImportAnswer>;

  /** The secret of a fresh token for the scan node of this name; its tokens from before are revoked. */
  enrolNode(name: string): Promise<string>;
  /** For a scan node: the next scan that is due, or null. */
  lease(node: string): Promise<ScanAssignment | null>;
  report(node: string, runId: string, report: ScanReport): Promise<{ readonly goOn: boolean }>;
  /** `forbidden` for an address that no scan of this node asks for. */
  ingest(node: string, body: Uint8Array): Promise<IntakeAnswer>;
}

export interface Enrolled {
  readonly hostId: string;
  /** `ptl_…` with scope `intake`, bound to this host. */
  readonly tokenSecret: string;
}

/** What an intake token was found to be good for. */
export interface Delivery {
  /** From the credential, never from the body. */
  readonly hostId: string;
  /** Given away: its bytes are transferred to the writer's thread. */
  readonly body: Uint8Array;
}

/** The whole system behind one door. What fails throws `PortolanError`. */
export interface Application {
  readonly version: string;
  readonly read: Reading;
  readonly accounts: AccountBook;
  readonly scans: ScanBook;
  readonly blocks: BlockBook;
  readonly feed: ChangeFeed;
  /** `invalid`, `conflict` (details.reason: IntakeConflict), or `unavailable`: nothing was stored, send it again. */
  ingest(delivery: Delivery): Promise<IntakeAnswer>;
  /** Samples of connections. `invalid`, or `unavailable`: nothing was stored, send it again. */
  takeConnections(delivery: Delivery): Promise<ConnectionsTaken>;
  /** What fires of this kind is normal on this host; audited. `conflict` when nothing of it fires. */
  acceptVerdict(actor: Actor, hostId: string, kind: ConnectionVerdictKind): Promise<void>;
  /** A host row and a token for its agent. The same machine id again: the same host, a new token, the old ones revoked. */
  enrol(actor: Actor, identity: HostIdentity): Promise<Enrolled>;
  health(): Promise<HealthReport>;
  /** Goes by other settings from the next command on. */
  reconfigure(settings: Settings): Promise<void>;
  /** Something that only others can know, shown in `health` until it is told anew by the same name. */
  raiseHealth(check: HealthCheck): void;
  /** Whether every thread takes calls, those included that nothing has been asked of yet: for /readyz. */
  ready(): Promise<boolean>;
  /** The page that Prometheus scrapes. */
  metrics(format: ExpositionFormat): Promise<string>;
  /** Rows inserted, updated and deleted since the writing thread started. */
  rowsWritten(): Promise<number>;
  /** A consistent copy of the database into a new file. */
  backup(path: string): Promise<void>;
  /** Takes no new work, finishes what was taken, closes the database, leaves the lock. */
  close(): Promise<void>;
}

export interface ApplicationOptions {
  /** Data folder; made when missing. Holds `portolan.db` and `lock`. */
  readonly dataFolder: string;
  readonly version: string;
  readonly clock: Clock;
  /** Absent: `settingsDefaults`. */
  readonly settings?: Settings;
  /** Facts for the log: a thread died, a slice was pruned. Never a secret. */
  readonly report: (
    level: "info" | "warn" | "error",
    message: string,
    facts: Readonly<Record<string, unknown>>,
  ) => void;
}
