import type { ConnectionBatch } from "../../src/model/connection-intake.ts";
import { connectionRowsMax, type ConnectionSample } from "../../src/model/connection-sample.ts";
import type { ConnectionVerdict } from "../../src/model/connection-verdict.ts";
import { connectionSample, tcpCounts } from "./connection-sample.ts";
import { hostNamed } from "./lookout.ts";

/** A host with two listeners and nobody connected; `more` says otherwise. */
export function aSample(more: Partial<ConnectionSample> = {}): ConnectionSample {
  return {
    ...connectionSample({ atMs: 1_790_000_000_000, tcp: { LISTEN: 2 }, udp: 3 }),
    conntrack: { count: 10, max: 1_000 },
    ephemeral: { size: 28_232, mostUsed: 0 },
    ...more,
  };
}

export function aConnectionBatch(
  samples: readonly ConnectionSample[],
  more: Partial<ConnectionBatch> = {},
): ConnectionBatch {
  return {
    source: { kind: "agent", version: "0.0.0-test" },
    host: hostNamed("harbour-1"),
    sentAtMs: samples.at(-1)?.atMs ?? 0,
    samples,
    ...more,
  };
}

export function aVerdict(more: Partial<ConnectionVerdict> = {}): ConnectionVerdict {
  return {
    kind: "syn-flood",
    subject: "",
    severity: "warning",
    sources: [],
    process: null,
    port: null,
    reasons: [{ code: "half-open", count: 900, usual: 40 }],
    meaning: "flood-from-few",
    advice: ["enable-syn-cookies"],
    state: "firing",
    sinceMs: 1_790_000_000_000,
    changedMs: 1_790_000_000_000,
    ...more,
  };
}

/** So many half-open connections, all of one address. */
export function floodedSample(atMs: number, halfOpen = 900, remote = "203.0.113.7"): ConnectionSample {
  return aSample({
    atMs,
    tcp: tcpCounts({ LISTEN: 2, "SYN-RECEIVED": halfOpen, ESTABLISHED: 20 }),
    remotes: [{ remote, states: { "SYN-RECEIVED": halfOpen }, ports: 1 }],
    remoteCount: 1,
    halfOpenRemotes: 1,
  });
}

const dayMs = 86_400_000;

/**
 * A busy web server as it comes and goes with the hours of a day: full tables, and remotes that are others every hour.
 * `load`: connections at noon.
 */
export function busySample(atMs: number, load = 20_000): ConnectionSample {
  const wave = 0.55 + 0.45 * Math.sin(((atMs % dayMs) / dayMs - 0.25) * 2 * Math.PI);
  const noise = (salt: number): number =>
    ((Math.imul((atMs / 1_000) ^ salt, 0x9e3779b1) >>> 8) % 1_000) / 1_000;
  const some = (share: number, salt: number): number =>
    Math.round(load * share * wave * (0.9 + 0.2 * noise(salt)));
  const rows = <Row>(of: (index: number, share: number) => Row): Row[] =>
    Array.from({ length: connectionRowsMax }, (_, index) => of(index, 1 / (index + 3)));
  const hour = Math.floor(atMs / 3_600_000);
  const remote = (index: number): string =>
    `203.${(hour * 7 + index) % 256}.${(hour + index * 31) % 256}.${(hour * 13 + index * 17) % 256}`;
  const seconds = Math.floor(atMs / 1_000);
  return aSample({
    atMs,
    tcp: tcpCounts({
      LISTEN: 24,
      "SYN-RECEIVED": some(0.001, 1),
      "SYN-SENT": some(0.0005, 2),
      ESTABLISHED: some(0.6, 3),
      "FIN-WAIT-1": some(0.004, 4),
      "FIN-WAIT-2": some(0.03, 5),
      "CLOSE-WAIT": some(0.01, 6),
      "LAST-ACK": some(0.002, 7),
      "TIME-WAIT": some(0.35, 8),
    }),
    udp: 12,
    ports: rows((index, share) => ({
      transport: "tcp",
      port: [443, 80, 22, 5432, 6379, 8080][index] ?? 9_000 + index,
      processes: ["nginx"],
      states: { ESTABLISHED: some(0.5 * share, 20 + index), "TIME-WAIT": some(0.3 * share, 90 + index) },
      queue: { waiting: index === 0 ? some(0.001, 9) : 0, max: 511 },
    })),
    remotes: rows((index, share) => ({
      remote: remote(index),
      states: { ESTABLISHED: some(0.02 * share, 40 + index) },
      ports: 1 + (index % 3),
    })),
    prefixes: rows((index, share) => ({
      remote: remote(index).replace(/\d+$/, "0/24"),
      states: { ESTABLISHED: some(0.03 * share, 60 + index) },
      ports: 2,
    })),
    processes: rows((index, share) => ({
      name: ["nginx", "node", "postgres", "redis-server", "sshd"][index] ?? `worker-${index}`,
      pid: 1_000 + index,
      states: { ESTABLISHED: some(0.5 * share, 80 + index) },
    })),
    remoteCount: some(0.3, 10),
    halfOpenRemotes: some(0.001, 11),
    triedRemotes: some(0.0003, 12),
    counters: {
      synCookiesSent: Math.floor(seconds / 60),
      synCookiesReceived: Math.floor(seconds / 90),
      synCookiesFailed: Math.floor(seconds / 900),
      listenOverflows: Math.floor(seconds / 600),
      listenDrops: Math.floor(seconds / 300),
    },
    conntrack: { count: some(1.2, 13), max: 262_144 },
    ephemeral: { size: 28_232, mostUsed: some(0.05, 14) },
  });
}
