/** What can be wrong with a host's connections. */
export const connectionVerdictKinds = [
  "syn-flood",
  "connection-flood",
  "close-wait-leak",
  "time-wait-pile",
  "port-exhaustion",
  "syn-sent-fan-out",
  "listen-overflow",
] as const;
export type ConnectionVerdictKind = (typeof connectionVerdictKinds)[number];

/** `look` is a hint on a page and wakes nobody; the other two are alarms. Ascending. */
export const connectionSeverities = ["look", "warning", "critical"] as const;
export type ConnectionSeverity = (typeof connectionSeverities)[number];

/**
 * Why, as a code that UI, CLI and mail put into words, with its figures. `usual` is what this hour of the week seldom
 * exceeds on this host; null while nothing was learned.
 */
export type ConnectionReason =
  | { readonly code: "half-open"; readonly count: number; readonly usual: number | null }
  | { readonly code: "handshake-lasts"; readonly ms: number; readonly usualMs: number | null }
  | { readonly code: "half-open-share"; readonly perMille: number; readonly usualPerMille: number | null }
  | { readonly code: "cookies"; readonly sentPerSecond: number; readonly returnedPerSecond: number }
  | { readonly code: "syns-dropped"; readonly perSecond: number }
  | { readonly code: "few-sources"; readonly sources: number; readonly halfOpen: number }
  | { readonly code: "many-sources"; readonly sources: number; readonly halfOpen: number }
  | {
      readonly code: "source-connections";
      readonly source: string;
      readonly count: number;
      readonly usual: number | null;
    }
  | { readonly code: "stranger"; readonly source: string }
  | { readonly code: "queue"; readonly port: number; readonly waiting: number; readonly max: number }
  | { readonly code: "overflows"; readonly perSecond: number }
  | { readonly code: "conntrack"; readonly count: number; readonly max: number }
  | {
      readonly code: "close-wait";
      readonly count: number;
      readonly usual: number | null;
      readonly forMs: number;
    }
  | { readonly code: "close-wait-grows"; readonly from: number; readonly to: number; readonly hours: number }
  | { readonly code: "time-wait"; readonly count: number; readonly usual: number | null }
  | { readonly code: "ports-used"; readonly used: number; readonly size: number }
  | { readonly code: "tried"; readonly remotes: number; readonly usual: number | null }
  | { readonly code: "nothing-learned"; readonly watchedMs: number };

/** What it means, as a code. */
export const connectionMeanings = [
  "handshakes-stay-open",
  "flood-from-few",
  "flood-from-many",
  "one-holds-many",
  "others-crowded-out",
  "process-never-closes",
  "many-short-connections",
  "ports-run-short",
  "scans-or-infected",
  "accepts-too-slowly",
] as const;
export type ConnectionMeaning = (typeof connectionMeanings)[number];

/** What to do, as codes, most useful first. */
export const connectionAdvices = [
  "watch",
  "block-sources",
  "block-nobody-forged",
  "enable-syn-cookies",
  "filter-upstream",
  "declare-load-test",
  "limit-per-source",
  "fix-close",
  "restart-process",
  "reuse-connections",
  "widen-port-range",
  "inspect-process",
  "isolate-host",
  "raise-backlog",
  "add-workers",
] as const;
export type ConnectionAdvice = (typeof connectionAdvices)[number];

/** Who: an address, or a prefix where no single address stands out. */
export interface ConnectionSource {
  readonly remote: string;
  /** Its sockets that speak for the verdict. */
  readonly count: number;
}

export const connectionSourcesMax = 50;

/** What speaks for a verdict at one moment. */
export interface ConnectionFinding {
  readonly kind: ConnectionVerdictKind;
  /** Which of several of its kind: a process' name, `tcp/443`; empty for those of the whole host. */
  readonly subject: string;
  readonly severity: ConnectionSeverity;
  /** Most sockets first, at most `connectionSourcesMax`; empty: nobody can be named rightly. */
  readonly sources: readonly ConnectionSource[];
  /** Its pid is null where only the name is known. */
  readonly process: { readonly name: string; readonly pid: number | null } | null;
  readonly port: number | null;
  readonly reasons: readonly ConnectionReason[];
  readonly meaning: ConnectionMeaning;
  readonly advice: readonly ConnectionAdvice[];
}

/** A finding that was believed. */
export interface ConnectionVerdict extends ConnectionFinding {
  readonly state: "firing" | "resolved";
  /** By the clock that its samples are placed by, the server's: the first sample that showed it, and the last change of state or severity. */
  readonly sinceMs: number;
  readonly changedMs: number;
}
