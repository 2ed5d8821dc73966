import type { ConnectionSample, RemoteConnections } from "../../src/model/connection-sample.ts";
import type { ConnectionVerdictKind } from "../../src/model/connection-verdict.ts";
import { remoteRow } from "../support/connection-sample.ts";
import { type Planted, prefixesOf } from "../support/made-up-host.ts";

/** An attack or a failure: what it adds to a host so long after it began, and who is to be named for it. */
export interface Trouble {
  readonly kind: ConnectionVerdictKind;
  readonly name: string;
  readonly planted: (sinceMs: number) => Planted;
  /** Whether a named source is one of the guilty. */
  readonly isGuilty: (remote: string) => boolean;
  /** Somebody must be named; of forged addresses, and while each has one or two, nobody can be. */
  readonly names: (sinceMs: number) => boolean;
}

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
  ];
}
