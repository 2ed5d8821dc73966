// What: sockets and their holders, put together to one `Listener` per endpoint.
// Idea: only endpoints of which something changed are put together again, and one that comes out the same keeps its
//   object: a quiet look costs nothing here, whatever the number of listeners.
// Trap: one endpoint may have many sockets (SO_REUSEPORT) and one socket many holders (fork); a holder that leads is one
//   whose parent holds no socket of the endpoint. Workers that come and go must not look like new owners.
//   Whatever a process calls itself, its listener leaves within the bounds of the intake, or a refused batch would hide
//   the whole host; device and namespace are fit where the socket is read, so that its key stands.
// Source: model/listener.ts.

import { endpointKey } from "../../model/endpoint.ts";
import { fitListener, fitProcess } from "../../model/fit-listener.ts";
import { intakeListenersMax, intakeProcessesPerListenerMax } from "../../model/intake.ts";
import { socketsMax } from "../../model/listener-check.ts";
import type { Listener } from "../../model/listener.ts";
import type { Process } from "../../model/process.ts";
import type { KnownProcess } from "./process-table.ts";
import { isSameProcess } from "./process-facts.ts";
import {
  ownerNeedsRights,
  ownerOutside,
  ownerRefused,
  ownersMayBeMissing,
  ownersMayRefuse,
} from "./rights.ts";
import type { Obstacle } from "./rights.ts";
import type { ListeningSocket } from "./socket-table.ts";

/** What is known of owners at large. */
export interface OwnerView {
  holdersOf(inode: number): readonly KnownProcess[];
  readonly obstacle: Obstacle;
  /** Name of a uid as `Process.user` spells it. */
  userOf(uid: number): string;
}

export interface ListenerChange {
  readonly changed: Listener[];
  /** `endpointKey`s. */
  readonly gone: string[];
}

interface Entry {
  readonly sockets: Set<ListeningSocket>;
  /** As it was put together last, and the same made to fit. */
  found: Listener | null;
  listener: Listener | null;
}

export class ListenerMap {
  readonly #entries = new Map<string, Entry>();
  readonly #byInode = new Map<number, ListeningSocket>();
  readonly #dirty = new Set<string>();
  readonly #left = new Set<ListeningSocket>();
  /** A process may hold hundreds of listeners. */
  readonly #fitted = new WeakMap<Process, Process>();

  /** Transports of which endpoints were left out because there are more than `intakeListenersMax`. */
  get overflow(): ReadonlySet<"tcp" | "udp"> {
    return new Set([...this.#left].map((socket) => socket.transport));
  }

  add(socket: ListeningSocket): void {
    const entry = this.#entries.get(socket.key);
    if (entry === undefined && this.#entries.size >= intakeListenersMax) {
      this.#left.add(socket);
      return;
    }
    if (entry === undefined)
      this.#entries.set(socket.key, { sockets: new Set([socket]), found: null, listener: null });
    else entry.sockets.add(socket);
    if (socket.inode !== 0) this.#byInode.set(socket.inode, socket);
    this.#dirty.add(socket.key);
  }

  remove(socket: ListeningSocket): void {
    if (this.#left.delete(socket)) return;
    this.#entries.get(socket.key)?.sockets.delete(socket);
    if (this.#byInode.get(socket.inode) === socket) this.#byInode.delete(socket.inode);
    this.#dirty.add(socket.key);
  }

  /** Holders of this socket, or facts of them, differ. */
  touch(inode: number): void {
    const socket = this.#byInode.get(inode);
    if (socket !== undefined) this.#dirty.add(socket.key);
  }

  touchAll(): void {
    for (const key of this.#entries.keys()) this.#dirty.add(key);
  }

  listeners(): Listener[] {
    return [...this.#entries.values()].flatMap(({ listener }) => (listener === null ? [] : [listener]));
  }

  /** Puts together what was touched since the last time. */
  settle(view: OwnerView): ListenerChange {
    const change: ListenerChange = { changed: [], gone: [] };
    for (const key of this.#dirty) {
      const entry = this.#entries.get(key);
      if (entry === undefined) continue;
      if (entry.sockets.size === 0) {
        this.#entries.delete(key);
        if (entry.listener !== null) change.gone.push(key);
        continue;
      }
      const found = listenerOf([...entry.sockets], view);
      // Fitting costs more than comparing.
      if (entry.found !== null && isSameListener(entry.found, found)) continue;
      entry.found = found;
      entry.listener = fitListener(found, (process) => this.#fit(process));
      change.changed.push(entry.listener);
    }
    this.#dirty.clear();
    this.#admit();
    return change;
  }

  #fit(process: Process): Process {
    const known = this.#fitted.get(process);
    if (known !== undefined) return known;
    const fitted = fitProcess(process);
    this.#fitted.set(process, fitted);
    return fitted;
  }

  /** Room may have come free for what was left out; it shows at the next look. */
  #admit(): void {
    for (const socket of this.#left) {
      if (this.#entries.size >= intakeListenersMax) return;
      this.#left.delete(socket);
      this.add(socket);
    }
  }
}

function listenerOf(sockets: readonly ListeningSocket[], view: OwnerView): Listener {
  const [first] = sockets as [ListeningSocket, ...ListeningSocket[]];
  const holders = new Map<number, Process>();
  let unowned = 0;
  let foreign = false;
  for (const socket of sockets) {
    const known = view
      .holdersOf(socket.inode)
      .flatMap(({ facts }) => (facts === null ? [] : [facts.process]));
    for (const process of known) holders.set(process.pid, process);
    if (known.length === 0) unowned++;
    else if (socket.uid >= 0 && !known.some(({ user }) => user === view.userOf(socket.uid))) foreign = true;
  }
  const all = [...holders.values()].sort((a, b) => a.pid - b.pid);
  const leads = ({ parentPid }: Process): boolean => parentPid === null || !holders.has(parentPid);
  const processes = mostTelling(all, leads);
  return {
    transport: first.transport,
    address: first.address,
    port: first.port,
    interface: first.interface,
    networkNamespace: first.networkNamespace,
    scope: first.scope,
    sockets: Math.min(sockets.length, socketsMax),
    processes,
    leaders: processes.filter(leads).map(({ pid }) => pid),
    ownerUnknown: reasonOf({
      unowned,
      foreign,
      obstacle: view.obstacle,
      left: all.length - processes.length,
    }),
  };
}

/**
 * Characters that the processes of one listener may take together: else a user with a thousand processes that call
 * themselves by long names fills the batch that all listeners of the host share.
 */
const processCharactersMax = 256 * 1024;

/** As many as the bounds allow: those who lead before those who follow. */
function mostTelling(all: readonly Process[], leads: (process: Process) => boolean): readonly Process[] {
  let room = processCharactersMax;
  const takes = (process: Process): boolean => (room -= charactersOf(process)) >= 0;
  if (all.length <= intakeProcessesPerListenerMax && all.every(takes)) return all;
  room = processCharactersMax;
  return [...all.filter(leads), ...all.filter((process) => !leads(process))]
    .slice(0, intakeProcessesPerListenerMax)
    .filter(takes)
    .sort((a, b) => a.pid - b.pid);
}

function charactersOf({ name, executablePath, commandLine, user, unit }: Process): number {
  const ofProgram = name.length + (executablePath?.length ?? 0) + (commandLine?.length ?? 0);
  return ofProgram + (user?.length ?? 0) + (unit?.length ?? 0);
}

const ownerUnseen = { rights: ownerNeedsRights, refusal: ownerRefused };
const ownersUnseen = { rights: ownersMayBeMissing, refusal: ownersMayRefuse };

function reasonOf(found: {
  readonly unowned: number;
  readonly foreign: boolean;
  readonly obstacle: Obstacle;
  readonly left: number;
}): string | null {
  if (found.unowned > 0) return found.obstacle === null ? ownerOutside : ownerUnseen[found.obstacle];
  // Made by another user than its visible holders: the maker, who may not be looked at, can hold it as well.
  if (found.obstacle !== null && found.foreign) return ownersUnseen[found.obstacle];
  return found.left > 0 ? `${found.left} more processes hold it` : null;
}

function isSameListener(a: Listener, b: Listener): boolean {
  return (
    a.sockets === b.sockets &&
    a.ownerUnknown === b.ownerUnknown &&
    a.processes.length === b.processes.length &&
    a.leaders.length === b.leaders.length &&
    a.leaders.every((pid, index) => pid === b.leaders[index]) &&
    a.processes.every((process, index) => isSameProcess(process, b.processes[index] as Process)) &&
    endpointKey(a) === endpointKey(b)
  );
}
