import type { Token, User } from "../model/account.ts";
import type { ConnectionCounts } from "../model/connection-counts.ts";
import type { ConnectionSample } from "../model/connection-sample.ts";
import type { Coverage, View } from "../model/coverage.ts";
import type { BindingScope, Endpoint } from "../model/endpoint.ts";
import type { ConnectionVerdict } from "../model/connection-verdict.ts";
import type { EventKind, PortEvent, PortEventKind, TroubleEvent } from "../model/event.ts";
import type { EvidenceKind } from "../model/evidence.ts";
import type { Host } from "../model/host.ts";
import type { OddRemote } from "../model/odd-remote.ts";
import type { Owner } from "../model/owner.ts";
import type { Process } from "../model/process.ts";
import type { ScanLane, ScanRun, ScanRunState, ScanSample } from "../model/scan-plan.ts";

/** What the store hands out. Times are integer ms since 1970, ids are opaque text. */

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Rows that the filter leaves in all; null where counting them would cost a full scan. */
  readonly total: number | null;
  /** Continue here; null behind the last row. */
  readonly nextCursor: string | null;
}

/** One endpoint as a list shows it; a belief that has settled, never an `unverified` one. */
export interface PortRecord extends Endpoint {
  readonly id: string;
  readonly hostId: string;
  readonly hostName: string;
  readonly view: View;
  readonly scope: BindingScope;
  readonly state: "up" | "down";
  /** `ownerLabel` of the first owner; the first process' name when there is no owner. */
  readonly process: string | null;
  readonly owners: readonly Owner[];
  readonly pids: readonly number[];
  readonly user: string | null;
  readonly unit: string | null;
  readonly containerId: string | null;
  readonly executablePath: string | null;
  readonly commandLine: string | null;
  readonly ownerUnknown: string | null;
  readonly sinceMs: number;
  /** While up and settled: the last look of the host's sources in this view. */
  readonly lastSeenMs: number;
  /** Last look at its host in this view; null when there never was one. */
  readonly lastLookMs: number | null;
  readonly firstSeenMs: number;
  readonly lastChangeMs: number | null;
  readonly lastChangeKind: PortEventKind | null;
  readonly highRisk: string | null;
  /** The same port of the same host as others see it now: who holds it inside, whether it is reached from outside. */
  readonly elsewhere: readonly PortElsewhere[];
}

export interface PortElsewhere {
  readonly id: string;
  readonly view: View;
  readonly address: string;
  readonly process: string | null;
  /** From where, for views that have a where. */
  readonly vantage: string | null;
}

export type Scalar = string | number | boolean | null;

/** One thing that a look showed of an endpoint. */
export interface Evidence {
  readonly atMs: number;
  readonly kind: EvidenceKind;
  readonly source: { readonly kind: string; readonly vantage: string | null };
  readonly code: string;
  readonly params: Readonly<Record<string, Scalar>>;
}

/** Kept per endpoint; the first and the newest survive. */
export const evidenceMax = 50;

/** How an endpoint was for a while. The one that still holds has no end. */
export interface Interval {
  readonly fromMs: number;
  readonly toMs: number | null;
  readonly state: "up" | "down";
  readonly owners: readonly Owner[];
}

export interface PortEventRecord extends PortEvent {
  /** Null when the endpoint's row has left with its retention. */
  readonly portId: string | null;
  readonly hostName: string;
}

export interface TroubleEventRecord extends TroubleEvent {
  readonly hostName: string;
}

export type EventRecord = PortEventRecord | TroubleEventRecord;

export interface PortDetailRecord extends PortRecord {
  readonly processes: readonly Process[];
  readonly evidence: readonly Evidence[];
  /** Newest first, the open one included. */
  readonly intervals: readonly Interval[];
  readonly events: readonly PortEventRecord[];
  /** Same owner label or port on other hosts. */
  readonly similar: readonly PortRecord[];
}

export interface PortFacets {
  readonly transport: Readonly<Record<string, number>>;
  readonly scope: Readonly<Record<string, number>>;
  readonly host: readonly { readonly id: string; readonly name: string; readonly count: number }[];
  readonly process: readonly { readonly name: string; readonly count: number }[];
  readonly port: readonly { readonly port: number; readonly count: number }[];
}

export type EventCounts = Readonly<Record<EventKind, number>>;

export interface EventBucket extends EventCounts {
  readonly startMs: number;
}

/** What the server holds of one source: who looks at which host, from where, and what came of its last batch. */
export interface SourceRecord {
  readonly id: string;
  readonly hostId: string;
  readonly kind: string;
  readonly version: string;
  readonly view: View;
  readonly vantage: string | null;
  readonly runId: string;
  /** Runs before this one, newest first: a batch of theirs comes too late. */
  readonly formerRunIds: readonly string[];
  readonly sequence: number;
  readonly lastBatchId: string;
  /** SHA-256 of the last batch's body, hex. */
  readonly lastBatchHash: string;
  /** The answer given to it, as JSON. */
  readonly lastAnswer: string;
  readonly revision: number;
  /** What the last look looked at. */
  readonly coverage: Coverage;
  /** What was ever looked at, as far as it is remembered. */
  readonly covered: Coverage;
  readonly firstLookMs: number;
  readonly lastLookMs: number;
  /** Between the last two looks; null after the first. */
  readonly intervalMs: number | null;
  /** Source's clock minus server's clock. */
  readonly clockSkewMs: number;
  readonly limits: readonly string[];
  /** Names the rules that kept things from being recorded at its last look. */
  readonly ignoreRules: string;
}

export interface HostRecord extends Host {
  readonly ports: { readonly up: number; readonly down: number };
  readonly sources: readonly SourceRecord[];
}

/** A person with what proves them. Never leaves the server. */
export interface Credential {
  readonly user: User;
  /** PHC string. */
  readonly passwordHash: string;
}

/** A session that still holds; `user` is as of now. */
export interface SessionRecord {
  readonly id: string;
  readonly user: User;
  readonly createdAtMs: number;
  readonly lastUsedAtMs: number;
  readonly expiresAtMs: number;
}

export interface TokenRecord extends Token {
  readonly createdBy: string;
}

export interface AuditRecord {
  readonly sequence: number;
  readonly atMs: number;
  readonly actor: string;
  readonly action: string;
  readonly target: string | null;
  readonly outcome: string;
  readonly details: Readonly<Record<string, unknown>>;
  /** SHA-256 hex over the row and the hash before it. */
  readonly hash: string;
}

export interface OpenCounts {
  readonly up: number;
  readonly highRisk: number;
  readonly allInterfaces: number;
  readonly hosts: number;
}

/** Hosts × ports. Cell bits: 1 inside, 2 outside, 4 on the wire; 0 = closed. */
export interface Harbour {
  /** Most common first. */
  readonly ports: readonly number[];
  readonly hosts: readonly {
    readonly id: string;
    readonly name: string;
    readonly cells: readonly number[];
  }[];
}

export interface ScanRunRecord extends ScanRun {
  /** Oldest first. */
  readonly samples: readonly ScanSample[];
  /** Those with the most open ports first. */
  readonly lanes: readonly ScanLane[];
}

/** What one host's last sample counted. */
export interface ConnectionHostRecord extends Pick<ConnectionSample, "counters" | "conntrack" | "ephemeral"> {
  readonly hostId: string;
  readonly hostName: string;
  /** By the server's clock. */
  readonly atMs: number;
  /** Sockets that do not only listen. */
  readonly connections: number;
  readonly tcp: ConnectionCounts;
  readonly udp: number;
  /** Different remote addresses, of all connections, of half-open ones, of own tries. */
  readonly remotes: number;
  readonly halfOpenRemotes: number;
  readonly triedRemotes: number;
}

export interface ConnectionLatestRecord extends ConnectionHostRecord {
  /** As it came; its `atMs` is by the host's clock. */
  readonly sample: ConnectionSample;
}

/** What metrics are made of, of one moment. */
export interface MetricRows {
  /** Those known longest first. */
  readonly hosts: readonly HostRecord[];
  readonly hostsInAll: number;
  /** Of those hosts, where they ever told their connections. */
  readonly connections: readonly (ConnectionHostRecord & Pick<ConnectionSample, "ports">)[];
  /** What is wrong with connections, or odd about them; hosts of which nothing is said are calm. */
  readonly findings: readonly ConnectionFindingsRecord[];
  readonly ports: readonly {
    readonly hostId: string;
    readonly view: View;
    readonly up: number;
    readonly down: number;
    readonly highRisk: number;
  }[];
  readonly scanRuns: readonly { readonly state: ScanRunState; readonly runs: number }[];
  /** `doneAtMs`: of its last run that was completed; null: none is kept. */
  readonly scanPlans: readonly {
    readonly id: string;
    readonly name: string;
    readonly doneAtMs: number | null;
  }[];
}

/** What the last sample of a host showed. */
export interface ConnectionFindings {
  /** Worst first. */
  readonly firing: readonly ConnectionVerdict[];
  /** Oddest first. */
  readonly odd: readonly OddRemote[];
}

export interface ConnectionFindingsRecord extends ConnectionFindings {
  readonly hostId: string;
  readonly hostName: string;
  /** Of the last sample, by the server's clock. */
  readonly atMs: number;
}
