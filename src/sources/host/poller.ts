// What: looks at this machine again and again, and says each time only what differs.
// Idea: a look is four short dumps and a few questions about remembered holders. Sockets, holders and listeners are each
//   kept with a mark of what changed, so that "nothing changed" falls out without comparing or encoding anything.
// Trap: what could not be read this time is not gone: its coverage is withheld and what was known of it stands.
// Source: model/look.ts; the parts' own preambles.

import { systemClock } from "../../base/clock.ts";
import type { Clock } from "../../base/clock.ts";
import { everyPort } from "../../model/coverage.ts";
import type { CoverageArea } from "../../model/coverage.ts";
import { fitText } from "../../model/fit-listener.ts";
import { sentenceCharactersMax } from "../../model/listener-check.ts";
import type { Listener } from "../../model/listener.ts";
import type { Look } from "../../model/look.ts";
import { openLibc } from "../link/libc.ts";
import { giveBackStartupPages } from "../link/startup-pages.ts";
import { ListenerMap } from "./listener-map.ts";
import type { ListenerChange } from "./listener-map.ts";
import { NetworkNamespaces } from "./network-namespaces.ts";
import { Owners } from "./owners.ts";
import { nativeProcFs } from "./proc-fs-native.ts";
import { nodeProcFs } from "./proc-fs-node.ts";
import { createProcessReader } from "./process-facts.ts";
import { ProcessTable } from "./process-table.ts";
import { obstacleOf, readRights } from "./rights.ts";
import type { Obstacle } from "./rights.ts";
import type { ListeningSocket } from "./socket-table.ts";
import { createUsers } from "./users.ts";

export interface PollerOptions {
  /** `own` (the default): the network namespace that we run in; `all`: of every process that can be read. */
  readonly namespaces?: "own" | "all";
  /** false: /proc alone. */
  readonly ffi?: boolean;
  readonly clock?: Clock;
}

/** What the last look cost. */
export interface LookCost {
  /** User and system time of the process during the look. */
  readonly cpuMs: number;
  readonly wallMs: number;
  /** Descriptors read anew. */
  readonly fdsRead: number;
}

export interface Poller {
  /** Looks; `full` the first time, then `delta` or `same`. Synchronous: about 1 to 10 ms. */
  look(): Look;
  /** Looks, and gives everything. */
  fullLook(): Look;
  /** Everything as of the last look; unchanged listeners are the same objects. */
  listeners(): readonly Listener[];
  readonly cost: LookCost;
  close(): void;
}

/** Loads FFI unless told otherwise; never fails: what is missing stands in the `limits` of each look. */
export async function createPoller(options: PollerOptions = {}): Promise<Poller> {
  const libc = options.ffi === false ? { unavailable: "FFI is switched off" } : await openLibc();
  const native = "unavailable" in libc ? undefined : libc;
  const proc = native === undefined ? nodeProcFs() : nativeProcFs(native);
  const users = createUsers();
  const reader = createProcessReader(proc, users);
  const table = new ProcessTable(proc, reader, options.namespaces === "all");
  return new HostPoller(options, {
    users,
    table,
    owners: new Owners(proc, reader, table),
    namespaces: new NetworkNamespaces(proc, native, "unavailable" in libc ? libc.unavailable : ""),
    becomeSmall: () => {
      if (native !== undefined) giveBackStartupPages(native);
    },
  });
}

/** Each namespace may have its own. */
const limitsMax = 24;

interface Parts {
  readonly users: ReturnType<typeof createUsers>;
  readonly table: ProcessTable;
  readonly owners: Owners;
  readonly namespaces: NetworkNamespaces;
  readonly becomeSmall: () => void;
}

/** Who looks so often looks for long: from then on little code is needed. */
const looksToBecomeSmall = 3;

class HostPoller implements Poller {
  cost: LookCost = { cpuMs: 0, wallMs: 0, fdsRead: 0 };
  readonly #parts: Parts;
  readonly #clock: Clock;
  readonly #all: boolean;
  readonly #rights = readRights();
  readonly #map = new ListenerMap();
  readonly #socketsOf = new Map<number, Set<ListeningSocket>>();
  readonly #failures = new Map<string, string>();
  #revision = 0;
  #obstacle: Obstacle = null;

  constructor(options: PollerOptions, parts: Parts) {
    this.#parts = parts;
    this.#clock = options.clock ?? systemClock;
    this.#all = options.namespaces === "all";
  }

  look(): Look {
    return this.#lookAs(this.#revision === 0);
  }

  fullLook(): Look {
    return this.#lookAs(true);
  }

  listeners(): readonly Listener[] {
    return this.#map.listeners();
  }

  close(): void {
    this.#parts.namespaces.close();
  }

  #lookAs(full: boolean): Look {
    const startedAtMs = this.#clock.nowMs();
    const startMs = this.#clock.monotonicMs();
    const cpuBefore = process.cpuUsage();
    const change = this.#observe();
    if (this.#parts.table.look === looksToBecomeSmall) this.#parts.becomeSmall();
    const cpu = process.cpuUsage(cpuBefore);
    this.cost = {
      cpuMs: (cpu.user + cpu.system) / 1000,
      wallMs: this.#clock.monotonicMs() - startMs,
      fdsRead: this.#parts.owners.fdsRead,
    };
    const baseRevision = this.#revision;
    const changed = change.changed.length > 0 || change.gone.length > 0;
    if (changed || baseRevision === 0) this.#revision++;
    return {
      view: "inside",
      vantage: null,
      basis: full ? "full" : changed ? "delta" : "same",
      revision: this.#revision,
      baseRevision: full ? 0 : baseRevision,
      startedAtMs,
      endedAtMs: this.#clock.nowMs(),
      coverage: this.#coverage(),
      listeners: full ? this.#map.listeners() : change.changed,
      gone: full ? [] : change.gone,
      limits: this.#limits(),
    };
  }

  #observe(): ListenerChange {
    const { table, owners, users } = this.#parts;
    users.refresh();
    const processes = table.refresh();
    this.#readSockets();
    for (const inode of owners.update(processes)) this.#map.touch(inode);
    const obstacle = obstacleOf(this.#rights, owners.denied);
    if (obstacle !== this.#obstacle) this.#map.touchAll();
    this.#obstacle = obstacle;
    return this.#map.settle({
      holdersOf: (inode) => owners.holdersOf(inode),
      obstacle,
      userOf: (uid) => users.nameOf(uid),
    });
  }

  #readSockets(): void {
    const { namespaces, table } = this.#parts;
    if (this.#all) {
      for (const { inode } of namespaces.refresh(table.known.values())) {
        for (const socket of this.#socketsOf.get(inode) ?? []) this.#forget(socket);
        this.#socketsOf.delete(inode);
      }
    }
    this.#failures.clear();
    for (const namespace of namespaces.open.values()) {
      const sockets = this.#socketsOf.get(namespace.inode) ?? new Set();
      this.#socketsOf.set(namespace.inode, sockets);
      const { added, removed, failures } = namespace.table.look();
      const brief = new Set(removed);
      for (const socket of removed) if (sockets.delete(socket)) this.#forget(socket);
      for (const socket of added) {
        // Met by a reading that was disturbed, and gone when it was repeated.
        if (brief.has(socket)) continue;
        sockets.add(socket);
        this.#map.add(socket);
        this.#parts.owners.watch(socket.inode, socket.transport);
      }
      for (const [transport, reason] of failures) {
        this.#failures.set(failureKey(transport, namespace.label), reason);
      }
    }
  }

  #forget(socket: ListeningSocket): void {
    this.#map.remove(socket);
    this.#parts.owners.unwatch(socket.inode);
  }

  #coverage(): CoverageArea[] {
    const { namespaces } = this.#parts;
    const labels = [...namespaces.open.values()].map(({ label }) => label);
    const overflow = this.#map.overflow;
    return (["tcp", "udp"] as const)
      .filter((transport) => !overflow.has(transport))
      .map((transport) => {
        const read = labels.filter((label) => !this.#failures.has(failureKey(transport, label)));
        const whole = this.#all && !namespaces.incomplete && read.length === labels.length;
        return {
          transport,
          addresses: "any",
          ports: everyPort,
          networkNamespaces: whole ? ("any" as const) : read,
        };
      });
  }

  #limits(): string[] {
    const { namespaces, owners } = this.#parts;
    const limits: string[] = [];
    if (owners.denied > 0) {
      const mend = this.#obstacle === "refusal" ? ", even with all rights" : ": needs root or CAP_SYS_PTRACE";
      limits.push(`owners: ${owners.denied} processes may not be read${mend}`);
    } else if (this.#obstacle === "rights") {
      limits.push("owners: processes of other users may not be read: needs root or CAP_SYS_PTRACE");
    }
    if (!owners.countsOffered) {
      limits.push("owners: a socket passed to a running process is noticed late: needs Linux 6.2 or newer");
    }
    for (const { label, fallback } of namespaces.open.values()) {
      if (fallback === null) continue;
      limits.push(
        `sockets${label === null ? "" : ` of ${label}`}: read from /proc, without bound devices: ${fallback}`,
      );
    }
    if (this.#all && namespaces.incomplete) {
      limits.push("network namespaces: not every one may be entered: needs root");
    }
    for (const [what, reason] of this.#failures) limits.push(`${what}: not read: ${reason}`);
    for (const transport of this.#map.overflow)
      limits.push(`${transport}: more endpoints than can be reported`);
    return fitLimits(limits);
  }
}

/** Within what a batch takes, with room for what the agent adds. */
function fitLimits(limits: readonly string[]): string[] {
  const told = limits.length > limitsMax ? limits.slice(0, limitsMax - 1) : limits;
  const left = limits.length - told.length;
  return [...told, ...(left > 0 ? [`${left} more parts could not be read`] : [])].map((limit) =>
    fitText(limit, sentenceCharactersMax),
  );
}

function failureKey(transport: string, label: string | null): string {
  return label === null ? transport : `${transport} of ${label}`;
}
