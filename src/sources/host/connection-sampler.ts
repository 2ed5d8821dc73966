// What: one sample of this machine's connections, again and again: how many, with whom, at which ports, of which process.
// Idea: ESTABLISHED and TIME-WAIT come in hundreds of thousands and change slowly: how many there are the kernel counts
//   itself, and with whom is asked as often as its cost allows, or when their number jumps. All other states are
//   few and are asked every time. Listeners, and what is about to begin or waits to be closed, are looked at on the
//   way, because only those need more than a number.
// Trap: who holds a connection is not asked of hundreds of thousands: those from outside are the listener's, and only
//   CLOSE-WAIT and SYN-SENT, which name a culprit, are searched for one by one.
// Source: model/connection-sample.ts; sock_diag(7).

import type { Clock } from "../../base/clock.ts";
import { connectionStates } from "../../model/connection-counts.ts";
import type { ConnectionCounts, ConnectionState } from "../../model/connection-counts.ts";
import { portProcessesMax } from "../../model/connection-intake.ts";
import { connectionRowsMax } from "../../model/connection-sample.ts";
import type {
  ConnectionCounters,
  ConnectionSample,
  PortConnections,
  RemoteConnections,
  StateCounts,
} from "../../model/connection-sample.ts";
import type { Listener } from "../../model/listener.ts";
import { portMax } from "../../model/port-range.ts";
import { inetDiagOffsets as offset } from "../link/inet-diag.ts";
import { EndpointCounts, readEphemeralPorts } from "./ephemeral-ports.ts";
import type { EphemeralPorts } from "./ephemeral-ports.ts";
import { ownersByPort, portKey, processesOf } from "./port-owners.ts";
import type { PortOwners } from "./port-owners.ts";
import { readKernelCounters } from "./kernel-counters.ts";
import type { KernelCounters } from "./kernel-counters.ts";
import { openCensusTaker } from "./socket-census.ts";
import type { CensusQuestion, CensusTaker } from "./socket-census.ts";
import { openHolderSearch } from "./socket-holders.ts";
import { SocketTally } from "./socket-tally.ts";
import type { PortTally, RemoteTally } from "./socket-tally.ts";
import { RestCounts, readKept } from "./state-counts.ts";
import { tcpStateByNumber } from "./tcp-state-names.ts";
import { WaitingHolders } from "./waiting-holders.ts";

export interface ConnectionSampler {
  /** Synchronous: some 0.2 ms per 1,000 sockets. */
  take(): ConnectionSample;
  close(): void;
}

export interface SamplerOptions {
  /** As of the last look; what they hold in other network namespaces is no concern of this one. */
  readonly listeners: () => readonly Listener[];
  readonly clock: Clock;
  /** Any 32 bits that strangers do not know. */
  readonly seed: number;
  readonly ffi: boolean;
  /** Fewer connections are looked at every time, in one walk; by default 1,000. */
  readonly fewMax?: number;
}

const everything = { states: null, udp: true, ports: null } as const;
const statesOf = (states: readonly ConnectionState[]) => ({
  states: new Set(states),
  udp: false,
  ports: null,
});
const manyStates: readonly ConnectionState[] = ["ESTABLISHED", "TIME-WAIT"];
/** With listeners, whose ports tell who was called and who calls. */
const many = statesOf([...manyStates, "CLOSED", "LISTEN"]);
/** Sockets that are only bound have a walk of their own in the kernel: they are as of the close look, too. */
const few = {
  ...everything,
  states: new Set(connectionStates.filter((state) => state !== "CLOSED" && !manyStates.includes(state))),
};
const usualFewMax = 1_000;
/** A close look rests so many times as long as it took: 0.1 % of a core. */
const restFactor = 1_000;
/** When the number of connections has jumped by so much of it, and by this at least, it rests much less. */
const jumpPart = 0.05;
const jumpMin = 100;
const jumpRestFactor = 50;
/** What takes a local port towards somebody. */
const withLocalPort = statesOf(connectionStates.filter((state) => state !== "LISTEN" && state !== "CLOSED"));
/** Below this part of the range nothing runs short, and what an address has may stand for what an endpoint has. */
const noteworthyPart = 0.25;
/** Addresses of which a flood may make us keep so many apart: 64 bytes each. */
const remotesMax = 65_536;

/** Never fails: without FFI /proc is read, and queues and holders are not told. */
export async function openConnectionSampler(options: SamplerOptions): Promise<ConnectionSampler> {
  const taker = await openCensusTaker(options.seed, { ffi: options.ffi });
  const findHolders = await openHolderSearch({ ffi: options.ffi });
  const sampler = new Sampler(options, taker, new WaitingHolders(findHolders, options.clock));
  return { take: () => sampler.take(), close: () => taker.close() };
}

interface Queue {
  waiting: number;
  max: number;
}

class Sampler {
  readonly #options: SamplerOptions;
  readonly #taker: CensusTaker;
  readonly #waiting: WaitingHolders;
  readonly #tally: SocketTally;
  /** What comes in large numbers, as of the last close look. */
  readonly #many: SocketTally;
  #closeLook = { atMs: Number.NEGATIVE_INFINITY, costMs: 0, kept: 0 };
  #used = { most: 0, lookedMs: Number.NaN };
  /** For walks of which only the visitor matters. */
  readonly #spare: SocketTally;
  readonly #rest = new RestCounts();
  readonly #queues = new Map<number, Queue>();

  constructor(options: SamplerOptions, taker: CensusTaker, waiting: WaitingHolders) {
    this.#options = options;
    this.#taker = taker;
    this.#waiting = waiting;
    this.#tally = new SocketTally(options.seed, remotesMax);
    this.#many = new SocketTally(options.seed, remotesMax);
    this.#spare = new SocketTally(options.seed, 1);
  }

  take(): ConnectionSample {
    const { clock, listeners } = this.#options;
    const tcp = this.#count();
    const tally = this.#tally;
    const owners = ownersByPort(listeners());
    const services = tally.servicePorts();
    const { conntrack, ...counters } = readKernelCounters();
    const remotes = tally.topRemotes(connectionRowsMax).rows;
    return {
      atMs: clock.nowMs(),
      tcp,
      udp: tally.udp().withPeer + tally.udp().withoutPeer,
      ports: services.slice(0, connectionRowsMax).map((row) => this.#port(row, owners)),
      remotes: remotes.map(remoteOf),
      prefixes: tally.topPrefixes(connectionRowsMax).rows.map(remoteOf),
      processes: processesOf(services, owners, this.#waiting.held()),
      remoteCount: tally.remoteCount(null),
      halfOpenRemotes: tally.remoteCount("SYN-RECEIVED"),
      triedRemotes: tally.remoteCount("SYN-SENT"),
      counters: countersOf(counters),
      conntrack,
      ephemeral: this.#ephemeral(remotes),
    };
  }

  /** Into the tally; how many there are in each state. */
  #count(): ConnectionCounts {
    const { fewMax = usualFewMax } = this.#options;
    const kept = this.#taker.byKernel ? readKept() : undefined;
    if (kept === undefined || kept.inUse + kept.timeWait < fewMax) {
      this.#walk(everything, () => this.#tally.clear());
      return this.#tally.counts();
    }
    this.#lookCloselyIfDue(kept.inUse + kept.timeWait);
    this.#walk(few, () => this.#tally.becomeWithoutListeners(this.#many));
    const now = readKept() ?? kept;
    const [established, timeWait] = [this.#rest.established(now), this.#rest.timeWait(now)];
    const counts = this.#tally.counts();
    return {
      ...counts,
      ESTABLISHED: established < 0 ? counts.ESTABLISHED : established,
      "TIME-WAIT": timeWait < 0 ? counts["TIME-WAIT"] : timeWait,
    };
  }

  #lookCloselyIfDue(kept: number): void {
    const { clock } = this.#options;
    const last = this.#closeLook;
    const startMs = clock.monotonicMs();
    const jumped = Math.abs(kept - last.kept) > Math.max(jumpMin, last.kept * jumpPart);
    if (startMs < last.atMs + last.costMs * (jumped ? jumpRestFactor : restFactor)) return;
    this.#taker.take(many, { tally: this.#many, begin: () => this.#many.clear() });
    const atMs = clock.monotonicMs();
    this.#closeLook = { atMs, costMs: atMs - startMs, kept };
  }

  #walk(question: CensusQuestion, ready: () => void): void {
    const queues = this.#queues;
    const waiting = this.#waiting;
    const rest = this.#rest;
    this.#taker.take(question, {
      tally: this.#tally,
      begin() {
        ready();
        queues.clear();
        waiting.clear();
        rest.clear();
      },
      visit(bytes, start, end) {
        rest.visit(bytes, start, end);
        const state = tcpStateByNumber(bytes[start + offset.state] as number);
        if (state === "LISTEN") {
          const port = bytes.readUInt16BE(start + offset.port);
          const queue = queues.get(port) ?? { waiting: 0, max: 0 };
          queue.waiting += bytes.readUInt32LE(start + offset.receiveQueue);
          queue.max += bytes.readUInt32LE(start + offset.sendQueue);
          queues.set(port, queue);
        } else if (state === "CLOSE-WAIT" || state === "SYN-SENT") {
          waiting.meet(bytes.readUInt32LE(start + offset.inode), state);
        }
      },
    });
    waiting.search();
  }

  #port({ transport, port, counts }: PortTally, owners: PortOwners): PortConnections {
    const processes = owners.get(portKey(transport, port)) ?? [];
    return {
      transport,
      port,
      processes: [...new Set(processes.map(({ name }) => name))].slice(0, portProcessesMax),
      states: presentStates(counts),
      queue: transport === "tcp" ? (this.#queues.get(port) ?? null) : null,
    };
  }

  #ephemeral(remotes: readonly RemoteTally[]): ConnectionSample["ephemeral"] {
    const range = readEphemeralPorts();
    if (range === null) return null;
    const most = Math.max(0, ...remotes.map(({ outgoing }) => outgoing));
    return { size: range.size, mostUsed: most < range.size * noteworthyPart ? most : this.#mostUsed(range) };
  }

  /** A second walk, by endpoint; as of the last close look, as the addresses are. */
  #mostUsed(range: EphemeralPorts): number {
    const lookedMs = this.#closeLook.atMs;
    if (this.#used.lookedMs === lookedMs) return this.#used.most;
    const endpoints = new EndpointCounts(range);
    this.#taker.take(withLocalPort, {
      tally: this.#spare,
      begin: () => {
        this.#spare.clear();
        endpoints.clear();
      },
      visit: endpoints.visit,
    });
    this.#used = { most: endpoints.most(), lookedMs };
    return this.#used.most;
  }
}

function remoteOf({ remote, counts, ports }: RemoteTally): RemoteConnections {
  return { remote, states: presentStates(counts), ports: Math.min(ports, portMax + 1) };
}

function presentStates(counts: ConnectionCounts): StateCounts {
  return Object.fromEntries(
    connectionStates.flatMap((state) => (counts[state] > 0 ? [[state, counts[state]] as const] : [])),
  );
}

/** All or nothing: rates are made of them together. */
function countersOf({
  synCookiesSent,
  synCookiesReceived,
  synCookiesFailed,
  listenOverflows,
  listenDrops,
  passiveOpens,
}: Omit<KernelCounters, "conntrack">): ConnectionCounters | null {
  if (
    synCookiesSent === null ||
    synCookiesReceived === null ||
    synCookiesFailed === null ||
    listenOverflows === null ||
    listenDrops === null
  )
    return null;
  const needed = { synCookiesSent, synCookiesReceived, synCookiesFailed, listenOverflows, listenDrops };
  return passiveOpens === null ? needed : { ...needed, passiveOpens };
}
