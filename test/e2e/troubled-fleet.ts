import type { ConnectionSample } from "../../src/model/connection-sample.ts";
import { tcpCounts } from "../support/connection-sample.ts";
import { busySample } from "../support/connections.ts";

/** For so long before now each of them has had its trouble. */
const troubledMs = 300_000;

type Change = (sample: ConnectionSample, forMs: number) => Partial<ConnectionSample>;

const withStates = (sample: ConnectionSample, states: Partial<ConnectionSample["tcp"]>) =>
  tcpCounts({ ...sample.tcp, "CLOSE-WAIT": 2, ...states });

const changes: Readonly<Record<string, Change>> = {
  "gate-1": (sample) => ({
    tcp: withStates(sample, { "SYN-RECEIVED": 4_100 }),
    halfOpenRemotes: 260,
    remotes: [
      ...["203.0.113.7", "203.0.113.9", "198.51.100.23"].map((remote, index) => ({
        remote,
        states: { "SYN-RECEIVED": 1_600 - index * 400 },
        ports: 1,
      })),
      ...sample.remotes.slice(0, 40),
    ],
  }),
  "depot-2": (sample, forMs) => ({
    tcp: withStates(sample, { "CLOSE-WAIT": 380 + Math.floor(forMs / 5_000) }),
    processes: [
      { name: "java", pid: 4_711, states: { "CLOSE-WAIT": 380 + Math.floor(forMs / 5_000) } },
      ...sample.processes.slice(0, 20),
    ],
  }),
  "crane-3": (sample) => ({
    tcp: withStates(sample, { "SYN-SENT": 1_240 }),
    triedRemotes: 1_210,
    processes: [{ name: "kworkerds", pid: 31_337, states: { "SYN-SENT": 1_240 } }],
  }),
  "lock-4": (sample, forMs) => ({
    tcp: withStates(sample, { ESTABLISHED: 6_400 }),
    remotes: [
      { remote: "2001:db8:77::15", states: { ESTABLISHED: 5_200 }, ports: 1 },
      ...sample.remotes.slice(0, 40),
    ],
    ports: sample.ports.map((port, index) =>
      index === 0 ? { ...port, queue: { waiting: 511, max: 511 } } : port,
    ),
    counters: sample.counters && {
      ...sample.counters,
      listenOverflows: sample.counters.listenOverflows + Math.floor(forMs / 50),
    },
  }),
};

/** Hosts that were calm and have one trouble each now, for `fillConnections`. */
export function troubledFleet(
  nowMs: number,
): readonly { readonly hostname: string; readonly sampleAt: (ms: number) => ConnectionSample }[] {
  return Object.entries(changes).map(([hostname, change]) => ({
    hostname,
    sampleAt: (ms) => {
      const busy = busySample(ms, 2_000);
      const calm = { ...busy, tcp: withStates(busy, {}) };
      const forMs = ms - (nowMs - troubledMs);
      return forMs < 0 ? calm : { ...calm, ...change(calm, forMs) };
    },
  }));
}
