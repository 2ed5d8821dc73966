import type { PortRange } from "../model/coverage.ts";
import type { DetectPolicy } from "../model/detect-policy.ts";
import type { Rule } from "../model/rule.ts";

export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal"] as const;

/** Everything that can be configured, checked and complete. */
export interface Config {
  /** null: the platform's usual place. */
  readonly data: string | null;
  /** `address:port`, IPv6 in brackets. */
  readonly listen: string;
  readonly publicUrl: string | null;
  readonly trustedProxies: readonly string[];
  readonly agent: {
    readonly intervalMs: number;
    readonly namespaces: "all" | "own";
    /** Whether the agent of this machine carries out blocks. */
    readonly block: boolean;
    /** Addresses and prefixes that no host is told to block. */
    readonly neverBlock: readonly string[];
  };
  readonly detect: DetectPolicy;
  readonly connections: {
    /** Addresses and prefixes that may hold any number of connections. */
    readonly expected: readonly string[];
  };
  readonly scan: {
    /** Addresses, ranges and prefixes that may be scanned; empty: none. */
    readonly scope: readonly string[];
    readonly exclude: readonly string[];
  };
  readonly zabbix: {
    readonly passive: {
      /** `address:port` where this machine's agent answers Zabbix; null: nowhere. */
      readonly listen: string | null;
      /** Addresses and prefixes that may ask; never empty where there is an address. */
      readonly allow: readonly string[];
    };
    readonly trapper: {
      /** Name or address with its port, of the Zabbix server that is told of events; null: none. */
      readonly server: string | null;
      /** Whether it is told the connections of every host too. */
      readonly counts: "off" | "on";
      /** Template of a host's technical name there. */
      readonly hostname: string;
    };
  };
  readonly retention: {
    readonly eventsMs: number;
    readonly historyMs: number;
    readonly evidenceMs: number;
    readonly auditMs: number;
  };
  readonly session: { readonly idleMs: number; readonly lifetimeMs: number };
  readonly limits: {
    /** So that one peer cannot take them all; proxies and the machine itself are not counted. */
    readonly connectionsPerPeer: number;
    readonly streams: number;
    readonly exportRows: number;
  };
  readonly metrics: {
    /** Ports that have series of their own; empty: none. */
    readonly ports: readonly PortRange[];
    readonly portSeriesMax: number;
  };
  readonly log: { readonly level: (typeof logLevels)[number] };
  readonly language: "auto" | "en" | "zh-CN";
  readonly rules: readonly Rule[];
}
