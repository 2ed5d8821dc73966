import type {
  EventBucket,
  EventCounts,
  Harbour,
  HostRecord,
  OpenCounts,
  PortDetailRecord,
  PortEventRecord,
  PortRecord,
  Scalar,
  SourceRecord,
  TroubleEventRecord,
} from "../store/rows.ts";

/** What the use cases hand to the server: stored rows and what only the present can add to them. */

export interface PortRow extends PortRecord {
  /** IANA service name. */
  readonly service: string | null;
  /** Nobody has looked at its host lately: the row is old, not wrong. */
  readonly stale: boolean;
}

export interface PortEventRow extends PortEventRecord {
  readonly service: string | null;
}

export type EventRow = PortEventRow | TroubleEventRecord;

export interface PortDetail extends Omit<PortDetailRecord, "events" | "similar">, PortRow {
  readonly events: readonly PortEventRow[];
  readonly similar: readonly PortRow[];
}

export const sourceStates = ["ok", "late", "silent"] as const;
export type SourceState = (typeof sourceStates)[number];

export interface SourceRow extends Pick<
  SourceRecord,
  "id" | "kind" | "view" | "vantage" | "lastLookMs" | "intervalMs" | "clockSkewMs" | "limits" | "version"
> {
  readonly state: SourceState;
}

export interface HostRow extends Omit<HostRecord, "sources"> {
  readonly sources: readonly SourceRow[];
  /** The worst of its sources; `limited`: heard of, but not everything could be seen. No source at all: `silent`. */
  readonly health: SourceState | "limited";
}

/** Something that we cannot see, as a code with the figures for a sentence. */
export interface BlindSpot {
  readonly hostId: string;
  readonly hostName: string;
  readonly code: "no-source" | "source-late" | "source-silent" | "source-limited" | "clock-skew";
  readonly params: Readonly<Record<string, Scalar>>;
  readonly sinceMs: number | null;
}

export interface Overview {
  readonly open: OpenCounts;
  /** High-risk and bound beyond loopback, at most 20. */
  readonly now: readonly PortRow[];
  readonly changed: {
    /** 24 h by the hour. */
    readonly histogram: readonly EventBucket[];
    readonly latest: readonly EventRow[];
    readonly newSince: EventCounts;
  };
  readonly blind: readonly BlindSpot[];
  readonly harbour: Harbour;
}

export type HealthStatus = "ok" | "degraded" | "failing";

export interface HealthCheck {
  readonly name:
    | "store"
    | "writer"
    | "reader"
    | "loop"
    | "sources"
    | "clock"
    | "disk"
    | "audit"
    | "agent"
    | "zabbix";
  readonly status: HealthStatus;
  readonly code: string;
  readonly params: Readonly<Record<string, Scalar>>;
  /** What is the case, as one sentence in English. */
  readonly what: string;
  /** What a person can do; null when nothing need be done. */
  readonly mend: string | null;
  readonly sinceMs: number | null;
}

export interface HealthReport {
  /** The worst of the checks. */
  readonly status: HealthStatus;
  readonly checks: readonly HealthCheck[];
}
