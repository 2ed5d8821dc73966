import { connectionStates, type ConnectionCounts } from "../../src/model/connection-counts.ts";
import type {
  ConnectionCounters,
  ConnectionSample,
  RemoteConnections,
  StateCounts,
} from "../../src/model/connection-sample.ts";

export const counters = (given: Partial<ConnectionCounters> = {}): ConnectionCounters => ({
  synCookiesSent: 0,
  synCookiesReceived: 0,
  synCookiesFailed: 0,
  listenOverflows: 0,
  listenDrops: 0,
  ...given,
});

export const tcpCounts = (states: StateCounts = {}): ConnectionCounts =>
  Object.fromEntries(connectionStates.map((state) => [state, states[state] ?? 0])) as ConnectionCounts;

/** Monday morning of a host that nobody talks to, but for what is given. */
export function connectionSample(
  given: Partial<Omit<ConnectionSample, "tcp">> & { readonly tcp?: StateCounts } = {},
): ConnectionSample {
  return {
    atMs: Date.UTC(2026, 0, 5, 8),
    udp: 0,
    ports: [],
    remotes: [],
    prefixes: [],
    processes: [],
    remoteCount: 0,
    halfOpenRemotes: 0,
    triedRemotes: 0,
    counters: counters(),
    conntrack: null,
    ephemeral: null,
    ...given,
    tcp: tcpCounts({ LISTEN: 3, ...given.tcp }),
  };
}

export const remoteRow = (remote: string, states: StateCounts, ports = 1): RemoteConnections => ({
  remote,
  states,
  ports,
});
