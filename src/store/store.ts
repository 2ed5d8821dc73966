import type { User } from "../model/account.ts";
import type { Belief } from "../model/belief.ts";
import type { BlockDeed } from "../model/block-deed.ts";
import type { ConnectionHead } from "../model/connection-head.ts";
import type { ConnectionSlice } from "../model/connection-history.ts";
import type { ConnectionSample } from "../model/connection-sample.ts";
import type { View } from "../model/coverage.ts";
import type { PortEvent, TroubleEvent } from "../model/event.ts";
import type { Host } from "../model/host.ts";
import type { ScanLane, ScanPlan, ScanRun, ScanSample } from "../model/scan-plan.ts";
import type {
  AuditQuery,
  BlockDeedQuery,
  ConnectionSliceQuery,
  EventQuery,
  HistogramQuery,
  HostQuery,
  MetricQuery,
  PortFilter,
  PortQuery,
  ScanRunQuery,
  TokenQuery,
  UserQuery,
} from "./queries.ts";
import type {
  AuditRecord,
  ConnectionFindings,
  ConnectionFindingsRecord,
  ConnectionHostRecord,
  ConnectionLatestRecord,
  Credential,
  EventBucket,
  EventRecord,
  Evidence,
  Harbour,
  HostRecord,
  MetricRows,
  OpenCounts,
  Page,
  PortDetailRecord,
  PortFacets,
  PortRecord,
  ScanRunRecord,
  SessionRecord,
  SourceRecord,
  TokenRecord,
} from "./rows.ts";

/** Everything that can be asked. Each call sees one moment of the database. Bad cursors are `invalid`. */
export interface Reader {
  /** An index serves every sort; `q` and `atMs` scan (`q` 10 ms per 100,000 rows, `atMs` 20–40). */
  ports(query: PortQuery): Promise<Page<PortRecord>>;
  portFacets(filter: PortFilter): Promise<PortFacets>;
  port(id: string, options: { readonly historyFromMs: number }): Promise<PortDetailRecord | undefined>;

  events(query: EventQuery): Promise<Page<EventRecord>>;
  /** Empty buckets included. `invalid` for more than `histogramBucketsMax`. */
  eventHistogram(query: HistogramQuery): Promise<readonly EventBucket[]>;

  hosts(query: HostQuery): Promise<Page<HostRecord>>;
  host(id: string): Promise<HostRecord | undefined>;
  sources(): Promise<readonly SourceRecord[]>;

  openCounts(): Promise<OpenCounts>;
  /** The most common open ports and the hosts with the most of them. */
  harbour(limits: { readonly ports: number; readonly hosts: number }): Promise<Harbour>;

  scanPlans(): Promise<readonly ScanPlan[]>;
  scanRuns(query: ScanRunQuery): Promise<Page<ScanRun>>;
  scanRun(id: string): Promise<ScanRunRecord | undefined>;

  /** Hosts that ever told their connections and have not left. */
  connectionHosts(): Promise<readonly ConnectionHostRecord[]>;
  connectionLatest(hostId: string): Promise<ConnectionLatestRecord | undefined>;
  /** Of hosts where something fires or somebody is odd, and that have not left. */
  connectionFindings(): Promise<readonly ConnectionFindingsRecord[]>;
  /** Undefined: it never told its connections. */
  connectionFindingsOf(hostId: string): Promise<ConnectionFindingsRecord | undefined>;
  /** Oldest first, the one that still grows included. */
  connectionSlices(query: ConnectionSliceQuery): Promise<readonly ConnectionSlice[]>;

  /** At most `pageRowsMax` hosts. Without `ports` those are empty, and it costs half or less. */
  metricRows(query: MetricQuery): Promise<MetricRows>;
  /** Newest first. */
  blockDeeds(query: BlockDeedQuery): Promise<readonly BlockDeed[]>;
  /** Of every host, those that a host has yet to answer, oldest first. */
  openBlockDeeds(): Promise<readonly BlockDeed[]>;

  /** Whether any account exists: an empty installation asks for set-up. */
  anyUser(): Promise<boolean>;
  users(query: UserQuery): Promise<Page<User>>;
  user(id: string): Promise<User | undefined>;
  credential(name: string): Promise<Credential | undefined>;
  /** By the hash of its secret; undefined when it is unknown, has run out or its user is disabled. */
  session(secretHash: string, nowMs: number, idleMs: number): Promise<SessionRecord | undefined>;
  /** By the hash of its secret; whether it still holds is the caller's to judge. */
  tokenBySecret(secretHash: string): Promise<TokenRecord | undefined>;
  tokens(query: TokenQuery): Promise<Page<TokenRecord>>;
  audit(query: AuditQuery): Promise<Page<AuditRecord>>;
  meta(key: string): Promise<string | undefined>;

  close(): Promise<void>;
}

/** A belief to store, with what changed about its history. */
export interface BeliefWrite {
  /** As this transaction read it; null: it read that there is none. Left out: to be looked for. */
  readonly before?: Belief | null;
  readonly belief: Belief;
  /** When state or owners became what they are, if they did: the interval before ends here. */
  readonly turnedAtMs: number | null;
  readonly evidence: readonly Evidence[];
  readonly event: PortEvent | null;
  /** Why this port is dangerous, null when it is not. */
  readonly highRisk: string | null;
}

export type NewAuditRow = Omit<AuditRecord, "sequence" | "hash">;

export interface NewSession {
  readonly id: string;
  readonly secretHash: string;
  readonly userId: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

/** How old a thing may grow, in ms, and how much one slice may take away. */
export interface Retention {
  readonly eventsMs: number;
  readonly intervalsMs: number;
  /** Of endpoints that are down; they themselves stay as long as a past moment may ask for them. */
  readonly evidenceMs: number;
  readonly sessionsMs: number;
  readonly auditMs: number;
  readonly sliceRows: number;
}

/** What can be done inside one transaction. Reads here see what the transaction wrote. */
export interface Changes {
  source(hostId: string, view: View, vantage: string | null): Promise<SourceRecord | undefined>;
  saveSource(source: SourceRecord): Promise<void>;

  /** Every belief of one host in one view. */
  beliefs(hostId: string, view: View): Promise<Belief[]>;
  /** Only these keys; unknown ones are left out. */
  beliefsByKey(hostId: string, view: View, keys: readonly string[]): Promise<Belief[]>;
  /** Those that the next look must move (`isPending`). */
  pendingBeliefs(hostId: string, view: View): Promise<Belief[]>;
  /** Sorted by the caller or not: written in key order. */
  saveBeliefs(writes: readonly BeliefWrite[]): Promise<void>;
  /** Beliefs that never settled and vanished again. */
  forgetBeliefs(hostId: string, view: View, keys: readonly string[]): Promise<void>;

  host(id: string): Promise<Host | undefined>;
  hostByMachine(machineId: string): Promise<Host | undefined>;
  saveHost(host: Host): Promise<void>;
  /** Hosts that have this address and have not left, oldest first. */
  hostsByAddress(address: string): Promise<Host[]>;

  scanPlans(): Promise<ScanPlan[]>;
  scanPlan(id: string): Promise<ScanPlan | undefined>;
  /** `conflict` when the name is taken. */
  saveScanPlan(plan: ScanPlan): Promise<void>;
  removeScanPlan(id: string): Promise<void>;
  scanRun(id: string): Promise<ScanRun | undefined>;
  /** Waiting or running, oldest first. */
  scanRunsUnderWay(): Promise<ScanRun[]>;
  saveScanRun(run: ScanRun): Promise<void>;
  /** Those past `scanSamplesMax` are left out. */
  addScanSamples(runId: string, samples: readonly ScanSample[]): Promise<void>;
  /** Those past `scanLanesMax` are left out. */
  saveScanLanes(runId: string, lanes: readonly ScanLane[]): Promise<void>;
  /** Of hosts that carry this label and have not left. */
  addressesByLabel(key: string, value: string): Promise<string[]>;
  /** Where something is open, seen from outside. */
  outsideAddresses(): Promise<string[]>;

  connectionHead(hostId: string): Promise<ConnectionHead | undefined>;
  saveConnectionHead(hostId: string, head: ConnectionHead, latest: ConnectionSample): Promise<void>;
  connectionSample(hostId: string): Promise<ConnectionSample | undefined>;
  /** What is remembered of a host's connections, as it was given; whoever reads it knows its form. */
  connectionMemory(hostId: string): Promise<unknown>;
  saveConnectionMemory(hostId: string, memory: unknown): Promise<void>;
  connectionFindingsOf(hostId: string): Promise<ConnectionFindings | undefined>;
  /** Writes nothing when they are what they were. */
  saveConnectionFindings(hostId: string, findings: ConnectionFindings): Promise<void>;
  addTroubleEvents(events: readonly TroubleEvent[]): Promise<void>;
  /**
   * The block that holds a moment, as `change` leaves it. `hostId` null: the fleet's. What it is given and gives ascends
   * by its start.
   */
  changeConnectionBlock(
    hostId: string | null,
    at: { readonly stepMs: number; readonly atMs: number },
    change: (slices: readonly ConnectionSlice[]) => readonly ConnectionSlice[],
  ): Promise<void>;

  blockDeed(id: string): Promise<BlockDeed | undefined>;
  saveBlockDeed(deed: BlockDeed): Promise<void>;

  anyUser(): Promise<boolean>;
  user(id: string): Promise<User | undefined>;
  credential(name: string): Promise<Credential | undefined>;
  /** `conflict` when the name is taken. */
  addUser(user: User, passwordHash: string): Promise<void>;
  saveUser(user: User): Promise<void>;
  setPassword(userId: string, passwordHash: string): Promise<void>;
  removeUser(userId: string): Promise<void>;
  /** Users that may administer and are not disabled. */
  administrators(): Promise<number>;

  addSession(session: NewSession): Promise<void>;
  touchSession(id: string, atMs: number): Promise<void>;
  endSession(id: string): Promise<void>;
  /** All of a user but one; how many ended. */
  endSessions(userId: string, exceptId: string | null): Promise<number>;

  token(id: string): Promise<TokenRecord | undefined>;
  addToken(token: TokenRecord, secretHash: string): Promise<void>;
  revokeToken(id: string, atMs: number): Promise<void>;
  revokeHostTokens(hostId: string, atMs: number): Promise<void>;
  /** Those of scan nodes that carry this name. */
  revokeNodeTokens(name: string, atMs: number): Promise<void>;
  touchToken(id: string, atMs: number): Promise<void>;

  /** Chained to the row before. */
  appendAudit(row: NewAuditRow): Promise<void>;
  meta(key: string): Promise<string | undefined>;
  setMeta(key: string, value: string | null): Promise<void>;

  /** Takes one slice of what has grown too old; how many rows went. 0 = nothing left to do. */
  prune(retention: Retention, nowMs: number): Promise<number>;
}

export interface TransactionOptions {
  /**
   * true: on the disk before this returns, power cut or not: for accounts, tokens, audit. false: survives the death of
   * the process; a power cut may take the last moments, which the sources then send again.
   */
  readonly durable: boolean;
}

/** The one writer. Calls are queued and run one after the other. */
export interface Writer {
  /** All of it or nothing. A full disk or a busy database is `unavailable`: nothing was stored, try again. */
  transaction<T>(options: TransactionOptions, work: (changes: Changes) => Promise<T>): Promise<T>;
  /** Moves the write-ahead log into the database file. Only the writer does this. */
  checkpoint(): Promise<void>;
  /** Rows inserted, updated and deleted since it was opened. */
  rowsWritten(): Promise<number>;
  close(): Promise<void>;
}
