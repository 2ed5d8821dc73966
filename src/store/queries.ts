import type { PortRange } from "../model/coverage.ts";
import type { BindingScope, Transport } from "../model/endpoint.ts";
import type { EventKind } from "../model/event.ts";

/** What can be asked of a list. An absent filter leaves everything; an empty list of values leaves nothing. */

export const pageRowsMax = 1_000;
export const pageRowsDefault = 100;
export const searchCharactersMax = 200;

export interface Paging<Field extends string> {
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before; must come with the same sort. */
  readonly cursor?: string | undefined;
  /** For a virtual grid: skip so many. Ignored beside a cursor. */
  readonly offset?: number | undefined;
  /** `field` or `-field`. */
  readonly sort?: Field | `-${Field}` | undefined;
}

export const portSorts = [
  "port",
  "address",
  "host",
  "process",
  "user",
  "unit",
  "scope",
  "transport",
  "since",
  "lastChange",
] as const;
export type PortSort = (typeof portSorts)[number];

export interface PortFilter {
  /** Part of address:port, process, path, command line, user, unit, container or host name; case does not matter. */
  readonly q?: string | undefined;
  /** Default `up`. */
  readonly state?: "up" | "down" | undefined;
  readonly transport?: Transport | undefined;
  readonly scope?: BindingScope | undefined;
  readonly hostId?: string | undefined;
  readonly port?: PortRange | undefined;
  /** `process` of the row, exactly. */
  readonly owner?: string | undefined;
  readonly highRisk?: boolean | undefined;
  /** The port map as it was then. */
  readonly atMs?: number | undefined;
}

export type PortQuery = PortFilter & Paging<PortSort>;

export const eventSorts = ["atMs"] as const;

export interface EventFilter {
  readonly kinds?: readonly EventKind[] | undefined;
  readonly hostId?: string | undefined;
  readonly port?: PortRange | undefined;
  readonly q?: string | undefined;
  readonly highRisk?: boolean | undefined;
  /** Inclusive. */
  readonly fromMs?: number | undefined;
  /** Exclusive. */
  readonly toMs?: number | undefined;
}

/** Default sort `-atMs`. */
export type EventQuery = EventFilter & Paging<"atMs">;

export const histogramBucketsMax = 1_000;

export interface HistogramQuery {
  readonly fromMs: number;
  readonly toMs: number;
  readonly bucketMs: number;
}

export const hostSorts = ["hostname", "firstSeen", "up"] as const;

export interface HostFilter {
  /** Part of the host's name or of one of its addresses. */
  readonly q?: string | undefined;
  /** Also those that left the inventory. */
  readonly retired?: boolean | undefined;
}

export type HostQuery = HostFilter & Paging<(typeof hostSorts)[number]>;

export type UserQuery = Paging<"name">;
export type TokenQuery = Paging<"name">;
export type AuditQuery = Paging<"sequence">;

/** Newest first. */
export interface ScanRunQuery {
  readonly planId?: string | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/** Slices of one step whose start lies in [fromMs, toMs). */
export interface BlockDeedQuery {
  /** Null: of every host. */
  readonly hostId: string | null;
  readonly fromMs: number;
  readonly limit: number;
}

export interface ConnectionSliceQuery {
  /** Null: the fleet's. */
  readonly hostId: string | null;
  /** One of `historySteps`. */
  readonly stepMs: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** Whether the busiest are wanted, too: twice the work. */
  readonly tops: boolean;
}

export interface MetricQuery {
  readonly hostsMax: number;
  /** Whether connections are wanted by port. */
  readonly ports: boolean;
}
