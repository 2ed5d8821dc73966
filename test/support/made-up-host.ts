import { type ConnectionCounts, connectionStates } from "../../src/model/connection-counts.ts";
import type {
  ConnectionCounters,
  ConnectionSample,
  PortConnections,
  RemoteConnections,
  StateCounts,
} from "../../src/model/connection-sample.ts";
import { remoteRow, tcpCounts } from "./connection-sample.ts";
import { randomOf } from "./random.ts";

/** Connections on top of what a host has by itself: a flood, a leak, a scan. */
export interface Planted {
  readonly remotes?: readonly RemoteConnections[];
  readonly prefixes?: readonly RemoteConnections[];
  readonly tcp?: StateCounts;
  readonly closeWaitOf?: { readonly name: string; readonly pid: number; readonly count: number };
  readonly halfOpenRemotes?: number;
  readonly triedRemotes?: number;
  readonly queue?: { readonly waiting: number; readonly max: number };
  readonly mostUsed?: number;
  /** Per second. */
  readonly rates?: Partial<Record<keyof ConnectionCounters, number>>;
}

export interface MadeUpHost {
  /** The host at a moment, `elapsedMs` after the one that `counters` come from. */
  readonly sample: (
    atMs: number,
    elapsedMs: number,
    counters: ConnectionCounters,
    planted?: Planted,
  ) => ConnectionSample;
  /** Addresses that an operator would declare: the load generator. */
  readonly expected: readonly string[];
}

export const noCounters: ConnectionCounters = {
  synCookiesSent: 0,
  synCookiesReceived: 0,
  synCookiesFailed: 0,
  listenOverflows: 0,
  listenDrops: 0,
  passiveOpens: 0,
};

const dayMs = 86_400_000;
const hourMs = 3_600_000;

interface Disturbance {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly kind: "deploy" | "load-test" | "crowd" | "backend-restart" | "nightly-job";
  readonly factor: number;
  /** Of a load test: how many machines it comes from; 1: the declared one. */
  readonly generators: number;
}

/**
 * A server with a daily and a weekly rhythm, deploys, load tests, crowds, restarts of its backends and nightly jobs,
 * drawn from `seed`: clients of its own, connection times, round trips. Deterministic but for the order of calls.
 */
export function madeUpHost(seed: number, startMs: number, days: number): MadeUpHost {
  const random = randomOf(seed);
  const between = (low: number, high: number): number => low + (high - low) * random();
  const logBetween = (low: number, high: number): number => Math.exp(between(Math.log(low), Math.log(high)));
  const profile = {
    rate: logBetween(2, 400),
    roundTripS: between(0.01, 0.15),
    lastsS: logBetween(0.1, 20),
    serverCloses: random() < 0.5,
    peakHour: between(8, 20),
    weekend: between(0.3, 1.2),
    clients: Math.round(logBetween(200, 20_000)),
    proxies: random() < 0.3 ? 3 : 0,
    stray: between(0, 3),
    counted: random() < 0.8,
    pool: Math.round(between(5, 200)),
  };
  const disturbances = disturbancesOf(startMs, days, between, random);
  const clients = Array.from({ length: 40 }, (_, index) => ({
    remote: addressOf(seed, index),
    weight: index < profile.proxies ? 0.25 : 0.15 / (index + 3),
    // A proxy is replaced by another one in the middle of the week.
    movesMs: index < profile.proxies ? startMs + between(2, days) * dayMs : Infinity,
    movedTo: addressOf(seed + 3, index + 100),
  }));

  const sample: MadeUpHost["sample"] = (atMs, elapsedMs, before, planted = {}) => {
    const poisson = (mean: number): number => poissonOf(mean, random);
    const now = disturbances.filter(({ fromMs, untilMs }) => atMs >= fromMs && atMs < untilMs);
    const is = (kind: Disturbance["kind"]): Disturbance | undefined => now.find((one) => one.kind === kind);
    const test = is("load-test");
    const deploy = is("deploy");
    const usual =
      profile.rate * rhythm(atMs, profile) * Math.exp(0.25 * (random() + random() + random() - 1.5));
    const deploying = deploy !== undefined && atMs < deploy.fromMs + 6_000;
    const testRate = test ? profile.rate * test.factor : 0;
    const rate = deploying ? 0 : usual * (is("crowd")?.factor ?? 1) * (deploy ? 4 : 1) + testRate;
    const lastsS = deploying ? 0.2 * profile.lastsS : profile.lastsS;
    const testPart = testRate / Math.max(rate, 1e-9);
    const own = poisson(rate * lastsS * (1 - testPart));
    const tested = poisson(testRate * lastsS);
    const halfOpen = poisson(rate * profile.roundTripS * 1.3 + profile.stray);
    const closeWait = poisson(rate * 0.003) + (is("backend-restart") ? Math.round(between(50, 400)) : 0);
    const tried = poisson(0.3) + (is("nightly-job") ? Math.round(between(2, 15)) : 0);
    const queued = deploying ? Math.min(511, Math.round(usual * 5)) : poisson(0.2);

    const timeWait = profile.serverCloses ? poisson(rate * 60) : 20;
    const rows: RemoteConnections[] = clients.map(({ remote, weight, movesMs, movedTo }) =>
      remoteRow(
        atMs < movesMs ? remote : movedTo,
        {
          ESTABLISHED: poisson(own * weight),
          "SYN-RECEIVED": poisson(halfOpen * weight * 0.5),
          "TIME-WAIT": poisson(timeWait * weight * (1 - testPart)),
        },
        1,
      ),
    );
    const generators = test?.generators ?? 0;
    for (let index = 0; index < generators; index++) {
      const remote = generators === 1 ? generator : `192.0.${100 + index}.${1 + (seed % 200)}`;
      rows.push(
        remoteRow(
          remote,
          {
            ESTABLISHED: poisson(tested / generators),
            "TIME-WAIT": poisson((timeWait * testPart) / generators),
          },
          1,
        ),
      );
    }
    rows.push(remoteRow("10.1.0.9", { ESTABLISHED: profile.pool }, profile.pool));
    const all = [...rows, ...(planted.remotes ?? [])];
    const prefixes = [...prefixesOf(rows), ...(planted.prefixes ?? prefixesOf(planted.remotes ?? []))];
    const states = tcpCounts({
      LISTEN: 12,
      "SYN-SENT": tried + (planted.tcp?.["SYN-SENT"] ?? 0),
      "SYN-RECEIVED": halfOpen + (planted.tcp?.["SYN-RECEIVED"] ?? 0),
      ESTABLISHED: own + tested + profile.pool + (planted.tcp?.ESTABLISHED ?? 0),
      "FIN-WAIT-2": poisson(rate * 0.05),
      "CLOSE-WAIT": closeWait + (planted.closeWaitOf?.count ?? 0),
      "LAST-ACK": poisson(rate * 0.02),
      "TIME-WAIT": timeWait + (planted.tcp?.["TIME-WAIT"] ?? 0),
    });
    const seconds = elapsedMs / 1_000;
    const grown = (name: keyof ConnectionCounters, perSecond: number): number =>
      (before[name] ?? 0) + Math.round((perSecond + (planted.rates?.[name] ?? 0)) * seconds);
    const overflowing = deploying && queued === 511 ? usual : 0;
    const { passiveOpens: _, ...counters } = {
      synCookiesSent: grown("synCookiesSent", is("crowd") ? rate * 0.05 : 0),
      synCookiesReceived: grown("synCookiesReceived", is("crowd") ? rate * 0.048 : 0),
      synCookiesFailed: grown("synCookiesFailed", 0),
      listenOverflows: grown("listenOverflows", overflowing),
      listenDrops: grown("listenDrops", overflowing),
      passiveOpens: 0,
    };
    const port: PortConnections = {
      transport: "tcp",
      port: 443,
      processes: ["nginx"],
      states: { "SYN-RECEIVED": states["SYN-RECEIVED"], ESTABLISHED: own + tested },
      queue: planted.queue ?? { waiting: queued, max: 511 },
    };
    return {
      atMs,
      tcp: states,
      udp: 8,
      ports: [port],
      remotes: top(all),
      prefixes: top(prefixes),
      processes: processesOf(states, closeWait, planted),
      remoteCount: Math.min(profile.clients, own) + all.length,
      halfOpenRemotes: halfOpen + (planted.halfOpenRemotes ?? 0),
      triedRemotes: tried + (planted.triedRemotes ?? 0),
      counters: profile.counted ? { ...counters, passiveOpens: grown("passiveOpens", rate) } : counters,
      conntrack: null,
      ephemeral: { size: 28_232, mostUsed: profile.pool + (planted.mostUsed ?? 0) },
    };
  };
  return { sample, expected: [generator] };
}

const generator = "10.9.0.5";

function disturbancesOf(
  startMs: number,
  days: number,
  between: (low: number, high: number) => number,
  random: () => number,
): Disturbance[] {
  const found: Disturbance[] = [];
  const add = (
    kind: Disturbance["kind"],
    day: number,
    lastsMs: number,
    factor: number,
    generators = 0,
  ): void => {
    const fromMs = startMs + day * dayMs + between(0, dayMs - lastsMs);
    found.push({ kind, fromMs, untilMs: fromMs + lastsMs, factor, generators });
  };
  for (let day = 0; day < days; day++) {
    for (let deploys = between(0, 4); deploys > 1; deploys--) add("deploy", day, 40_000, 1);
    if (random() < 0.5)
      add("load-test", day, between(0.1, 1) * hourMs, between(3, 10), random() < 0.5 ? 1 : 25);
    if (random() < 0.3) add("crowd", day, between(0.2, 2) * hourMs, 10);
    if (random() < 0.4) add("backend-restart", day, between(5_000, 40_000), 1);
    add("nightly-job", day, between(0.1, 0.5) * hourMs, 1);
  }
  return found;
}

function rhythm(
  atMs: number,
  { peakHour, weekend }: { readonly peakHour: number; readonly weekend: number },
): number {
  const hour = (atMs % dayMs) / hourMs;
  const day = Math.floor(atMs / dayMs + 4) % 7;
  const wave = (1 + Math.cos(((hour - peakHour) / 24) * 2 * Math.PI)) / 2;
  return (0.1 + 0.9 * wave ** 2) * (day === 0 || day === 6 ? weekend : 1);
}

/** Normal beyond 30, where nobody sees the difference. */
function poissonOf(mean: number, random: () => number): number {
  if (mean <= 0) return 0;
  if (mean > 30) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
  }
  let count = 0;
  for (let product = random(); product > Math.exp(-mean); product *= random()) count++;
  return count;
}

const addressOf = (seed: number, index: number): string =>
  `198.${18 + (index % 2)}.${(index * 37 + seed) % 256}.${1 + ((seed * 7 + index) % 250)}`;

/** The same, counted by /24. */
export function prefixesOf(rows: readonly RemoteConnections[]): RemoteConnections[] {
  const byPrefix = new Map<string, { states: Partial<Record<keyof StateCounts, number>>; ports: number }>();
  for (const { remote, states, ports } of rows) {
    const prefix = `${remote.slice(0, remote.lastIndexOf("."))}.0/24`;
    const sum = byPrefix.get(prefix) ?? { states: {}, ports: 0 };
    for (const state of connectionStates) {
      const count = states[state];
      if (count) sum.states[state] = (sum.states[state] ?? 0) + count;
    }
    byPrefix.set(prefix, { states: sum.states, ports: Math.max(sum.ports, ports) });
  }
  return [...byPrefix].map(([remote, { states, ports }]) => ({ remote, states, ports }));
}

const sizeOf = ({ states }: RemoteConnections): number =>
  Object.values(states).reduce((sum, count) => sum + count, 0);

const top = (rows: readonly RemoteConnections[]): RemoteConnections[] =>
  rows
    .map((one) => [sizeOf(one), one] as const)
    .filter(([size]) => size > 0)
    .sort(([a], [b]) => b - a)
    .slice(0, 50)
    .map(([, one]) => one);

function processesOf(
  states: ConnectionCounts,
  closeWait: number,
  { closeWaitOf, tcp: added }: Planted,
): ConnectionSample["processes"] {
  const own = [
    { name: "nginx", pid: 812, states: { ESTABLISHED: states.ESTABLISHED, "CLOSE-WAIT": closeWait } },
    { name: "cron-job", pid: 999, states: { "SYN-SENT": states["SYN-SENT"] - (added?.["SYN-SENT"] ?? 0) } },
  ];
  if (closeWaitOf) {
    const { name, pid, count } = closeWaitOf;
    own.push({ name, pid, states: { ESTABLISHED: 0, "CLOSE-WAIT": count } });
  }
  if (added?.["SYN-SENT"]) own.push({ name: "worm", pid: 6_666, states: { "SYN-SENT": added["SYN-SENT"] } });
  return own;
}
