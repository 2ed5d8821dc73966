import type { Generated } from "kysely";

/** The tables as queries see them, the same in every dialect. JSON is text; times are integer ms; '' stands for none in sorted columns. */
export interface Tables {
  meta: { key: string; value: string };
  hosts: HostTable;
  process_tallies: { process: string; ports: number };
  tallies: { host: number; state: string; transport: string; scope: string; ports: number };
  sources: SourceTable;
  beliefs: BeliefTable;
  details: DetailTable;
  search: { belief: number; folded: string };
  intervals: IntervalTable;
  events: EventTable;
  users: UserTable;
  sessions: SessionTable;
  tokens: TokenTable;
  audit: AuditTable;
  host_addresses: { address: string; host: number };
  scan_plans: ScanPlanTable;
  scan_runs: ScanRunTable;
  scan_samples: { run: number; elapsed_ms: number; body: string };
  scan_lanes: { run: number; address: string; open: number; body: string };
  connection_blocks: ConnectionBlockTable;
  connection_heads: ConnectionHeadTable;
  block_deeds: BlockDeedTable;
  /** JSON, deflated: it is written anew with every sample. */
  connection_latest: { host: number; body: Uint8Array };
  /** JSON, deflated. */
  connection_memories: { host: number; body: Uint8Array };
  connection_findings: { host: number; firing: string; odd: string };
}

export interface HostTable {
  number: Generated<number>;
  id: string;
  hostname: string;
  machine_id: string | null;
  addresses: string;
  operating_system: string | null;
  labels: string;
  first_seen_ms: number;
  retired_at_ms: number | null;
  /** Settled endpoints, kept in step by the writer so that no list has to count them. */
  up: Generated<number>;
  down: Generated<number>;
  folded: string;
}

export interface SourceTable {
  number: Generated<number>;
  id: string;
  host: number;
  kind: string;
  version: string;
  view: string;
  vantage: string;
  run_id: string;
  former_run_ids: string;
  sequence: number;
  last_batch_id: string;
  last_batch_hash: string;
  last_answer: string;
  revision: number;
  coverage: string;
  covered: string;
  first_look_ms: number;
  last_look_ms: number;
  interval_ms: number | null;
  clock_skew_ms: number;
  limits: string;
  ignore_rules: string;
}

/** Narrow on purpose: lists, sorts and filters touch only this; what is wide stands in `details` and `search`. */
export interface BeliefTable {
  number: Generated<number>;
  host: number;
  view: string;
  key: string;
  transport: string;
  address: string;
  /** 16 bytes, IPv4 as ::ffff:a.b.c.d, so that bytes sort as addresses do. */
  address_order: Uint8Array;
  port: number;
  interface: string | null;
  network_namespace: string | null;
  scope: string;
  state: string;
  process: string;
  user_name: string;
  unit: string;
  high_risk: string | null;
  sockets: number;
  first_seen_ms: number;
  since_ms: number;
  last_seen_ms: number;
  /** Start of the interval that still holds. */
  turned_ms: number;
  last_change_ms: number;
  last_change_kind: string | null;
  misses: number;
  missing_since_ms: number | null;
  sightings: number;
  pending: number;
}

export interface DetailTable {
  belief: number;
  owners: string;
  processes: string;
  owner_unknown: string | null;
  evidence: string;
}

export interface IntervalTable {
  number: Generated<number>;
  belief: number;
  from_ms: number;
  to_ms: number;
  state: string;
  process: string;
  owners: string;
}

export interface EventTable {
  number: Generated<number>;
  id: string;
  kind: string;
  at_ms: number;
  observed_at_ms: number;
  host: number;
  belief: number | null;
  view: string;
  transport: string;
  address: string;
  port: number;
  interface: string | null;
  network_namespace: string | null;
  owners_before: string;
  owners_after: string;
  reason: string;
  action: string;
  rule_id: string | null;
  high_risk: string | null;
  folded: string;
  /** The verdict on connections that the event is about; null: it is about a port. */
  trouble: string | null;
}

export interface UserTable {
  id: string;
  name: string;
  name_folded: string;
  role: string;
  password_hash: string;
  created_at_ms: number;
  disabled_at_ms: number | null;
}

export interface SessionTable {
  id: string;
  secret_hash: string;
  user_id: string;
  created_at_ms: number;
  last_used_at_ms: number;
  expires_at_ms: number;
}

export interface TokenTable {
  id: string;
  secret_hash: string;
  name: string;
  scope: string;
  host_id: string | null;
  created_by: string;
  created_at_ms: number;
  expires_at_ms: number | null;
  last_used_at_ms: number | null;
  revoked_at_ms: number | null;
}

export interface AuditTable {
  sequence: number;
  at_ms: number;
  actor: string;
  action: string;
  target: string | null;
  outcome: string;
  details: string;
  hash: string;
}

export interface ScanPlanTable {
  id: string;
  name: string;
  body: string;
  created_at_ms: number;
  changed_at_ms: number;
  next_run_ms: number | null;
}

export interface ScanRunTable {
  number: Generated<number>;
  id: string;
  plan_id: string;
  state: string;
  asked_by: string;
  created_at_ms: number;
  started_at_ms: number | null;
  ended_at_ms: number | null;
  node: string | null;
  heard_at_ms: number | null;
  body: string;
}

export interface ConnectionBlockTable {
  number: Generated<number>;
  /** A host's number; 0: all of them together. */
  series: number;
  step_ms: number;
  start_ms: number;
  body: Uint8Array;
}

export interface BlockDeedTable {
  number: Generated<number>;
  id: string;
  host: number;
  state: string;
  created_at_ms: number;
  body: string;
}

export interface ConnectionHeadTable {
  host: number;
  at_ms: number;
  clock_shift_ms: number;
  counts: string;
  counters: string;
  open: Uint8Array;
}
