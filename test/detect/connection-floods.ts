import type { ConnectionSample, RemoteConnections } from "../../src/model/connection-sample.ts";
import type { ConnectionVerdictKind } from "../../src/model/connection-verdict.ts";
import { remoteRow } from "../support/connection-sample.ts";
import { type Planted, prefixesOf } from "../support/made-up-host.ts";

/** An attack or a failure: what it adds to a host so long after it began, and who is to be named for it. */
export interface Trouble {
  readonly kind: ConnectionVerdictKind;
  readonly name: string;
  readonly planted: (sinceMs: number) => Planted;
  /** How soon it is to be told, and when to give up waiting. */
  readonly soonMs: number;
  readonly endMs: number;
  /** Whether a named source is one of the guilty. */
  readonly isGuilty: (remote: string) => boolean;
  /** Somebody must be named; of forged addresses, and while each has one or two, nobody can be. */
  readonly names: (sinceMs: number) => boolean;
}

const atOnce = { soonMs: 10_000, endMs: 30_000 };

type Draw = (low: number, high: number) => number;

const attacker = (index: number, prefixes: number): string =>
  `203.${index % prefixes}.${Math.floor(index / prefixes) % 256}.${1 + (index % 250)}`;
const isAttacker = (remote: string): boolean => remote.startsWith("203.");

/** A flood that holds the backlog of a service, from so many addresses; what does not fit gets a cookie or is dropped. */
function synFlood(sources: number, draw: Draw): Trouble {
  const backlog = Math.round(draw(0, 3)) === 0 ? 5 : Math.round(draw(128, 4_096));
  const perSecond = Math.round(draw(500, 50_000));
  const cookies = draw(0, 1) < 0.7;
  const isForged = sources > 1_000;
  return {
    kind: "syn-flood",
    ...atOnce,
    name: `SYN flood of ${sources} sources`,
    planted: (sinceMs) => {
      const held = Math.min(backlog, Math.round((perSecond * sinceMs) / 1_000));
      const shown = Math.min(sources, held, 50);
      const remotes = Array.from({ length: shown }, (_, index) =>
        remoteRow(
          isForged ? `${20 + ((index * 7) % 180)}.${index}.${index * 3}.9` : attacker(index, 100),
          { "SYN-RECEIVED": isForged ? 1 : Math.max(1, Math.floor(held / sources)) },
          1,
        ),
      );
      const lost = perSecond * Math.min(1, sinceMs / 10_000);
      return {
        tcp: { "SYN-RECEIVED": held },
        remotes,
        halfOpenRemotes: Math.min(sources, held),
        rates: cookies ? { synCookiesSent: lost } : { listenDrops: lost },
      };
    },
    isGuilty: isAttacker,
    names: (sinceMs) => !isForged && Math.min(backlog, (perSecond * sinceMs) / 1_000) / sources >= 3,
  };
}

const fromOne = (count: number): RemoteConnections[] => [
  remoteRow(attacker(7, 1), { ESTABLISHED: count }, 1),
];

function connectionFlood(draw: Draw, busiest: number): Trouble {
  const count = Math.round(draw(1, 6) * Math.max(1_000, 12 * busiest));
  return {
    kind: "connection-flood",
    ...atOnce,
    name: "connection flood of one source",
    planted: () => ({ tcp: { ESTABLISHED: count }, remotes: fromOne(count) }),
    isGuilty: isAttacker,
    names: () => true,
  };
}

function prefixFlood(draw: Draw, busiest: number): Trouble {
  const each = Math.ceil((draw(1, 4) * Math.max(2_000, 12 * busiest)) / 200);
  const remotes = Array.from({ length: 200 }, (_, index) =>
    remoteRow(`203.0.113.${index + 1}`, { ESTABLISHED: each }, 1),
  );
  return {
    kind: "connection-flood",
    ...atOnce,
    name: "connection flood of one prefix",
    planted: () => ({ tcp: { ESTABLISHED: each * 200 }, remotes, prefixes: prefixesOf(remotes) }),
    isGuilty: isAttacker,
    names: () => true,
  };
}

/** Few connections that never finish a request, until no worker accepts any more. */
function slowLoris(draw: Draw, busiest: number, established: number): Trouble {
  const count = Math.round(draw(1, 4) * Math.max(300, 6 * busiest, established / 2));
  return {
    kind: "connection-flood",
    ...atOnce,
    name: "slow requests of one source",
    planted: () => ({
      tcp: { ESTABLISHED: count },
      remotes: fromOne(count),
      queue: { waiting: Math.round(draw(0.6, 1) * 511), max: 511 },
    }),
    isGuilty: isAttacker,
    names: () => true,
  };
}

function fanOut(draw: Draw): Trouble {
  const tried = Math.round(draw(1, 20) * 250);
  return {
    kind: "syn-sent-fan-out",
    ...atOnce,
    name: "a worm's tries",
    planted: () => ({ tcp: { "SYN-SENT": tried }, triedRemotes: tried }),
    isGuilty: isAttacker,
    names: () => false,
  };
}

function noPortsLeft(draw: Draw): Trouble {
  const used = Math.round(draw(0.85, 1) * 28_000);
  return {
    kind: "port-exhaustion",
    ...atOnce,
    name: "no local ports left",
    planted: () => ({
      tcp: { "TIME-WAIT": used },
      mostUsed: used,
      remotes: [remoteRow("203.0.0.80", { "TIME-WAIT": used }, used)],
    }),
    isGuilty: isAttacker,
    names: () => true,
  };
}

/** A process that forgets so many connections a second, and had twenty when somebody looked first. */
function leak(draw: Draw): Trouble {
  const perSecond = draw(0, 30) ** 2 / 30;
  const first = Math.round(draw(100, 300));
  return {
    kind: "close-wait-leak",
    soonMs: 140_000,
    endMs: 200_000,
    name: "a leak of CLOSE-WAIT",
    planted: (sinceMs) => ({
      closeWaitOf: { name: "java", pid: 77, count: first + Math.floor((perSecond * sinceMs) / 1_000) },
    }),
    isGuilty: () => false,
    names: () => false,
  };
}

function overflow(draw: Draw): Trouble {
  const max = Math.round(draw(5, 4_096));
  return {
    kind: "listen-overflow",
    soonMs: 20_000,
    endMs: 40_000,
    name: "a listen queue that overflows",
    planted: () => ({ queue: { waiting: max + 1, max }, rates: { listenOverflows: 20, listenDrops: 20 } }),
    isGuilty: () => false,
    names: () => false,
  };
}

/** A few SYNs a second, each of which holds its place for a minute. */
function slowSynFlood(host: ConnectionSample, draw: Draw): Trouble {
  const perSecond = draw(4, 20) * Math.max(1, host.tcp["SYN-RECEIVED"] / 10);
  return {
    kind: "syn-flood",
    soonMs: 60_000,
    endMs: 90_000,
    name: "SYN flood of a few a second",
    planted: (sinceMs) => {
      const held = Math.round((perSecond * Math.min(sinceMs, 63_000)) / 1_000);
      return {
        tcp: { "SYN-RECEIVED": held },
        remotes: [remoteRow(attacker(3, 1), { "SYN-RECEIVED": held })],
        halfOpenRemotes: 1,
      };
    },
    isGuilty: isAttacker,
    names: (sinceMs) => (perSecond * sinceMs) / 1_000 >= 3,
  };
}

/** One of each, sized against what the host really has at this moment: an attack of ordinary size is a client. */
export function troublesFor(host: ConnectionSample, draw: Draw): Trouble[] {
  const established = host.tcp.ESTABLISHED;
  const ordinary = host.remotes.filter(
    ({ remote, states }) => remote.startsWith("198.") && (states.ESTABLISHED ?? 0) * 5 < established,
  );
  const busiest = Math.max(0, ...ordinary.map(({ states }) => states.ESTABLISHED ?? 0));
  return [
    synFlood(1, draw),
    synFlood(100, draw),
    synFlood(60_000, draw),
    connectionFlood(draw, busiest),
    prefixFlood(draw, busiest),
    slowLoris(draw, busiest, established),
    fanOut(draw),
    noPortsLeft(draw),
    leak(draw),
    overflow(draw),
    slowSynFlood(host, draw),
  ];
}
