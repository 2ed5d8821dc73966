// What: which processes stand behind the ports of this host, and how many connections each of them has.
// Idea: what comes from outside belongs to who listens at its port; what was begun here or waits to be closed is told by
//   holder.
// Trap: of those that share a port the first that leads stands for all, so that no connection counts twice.
// Source: model/listener.ts; waiting-holders.ts.

import { connectionStates } from "../../model/connection-counts.ts";
import type { ConnectionState } from "../../model/connection-counts.ts";
import { connectionRowsMax } from "../../model/connection-sample.ts";
import type { ProcessConnections, StateCounts } from "../../model/connection-sample.ts";
import type { Listener } from "../../model/listener.ts";
import type { Process } from "../../model/process.ts";
import type { PortTally } from "./socket-tally.ts";

/** By `portKey`, who leads first. */
export type PortOwners = ReadonlyMap<string, readonly Process[]>;

export const portKey = (transport: "tcp" | "udp", port: number): string => `${transport}/${port}`;

export function ownersByPort(listeners: readonly Listener[]): PortOwners {
  const owners = new Map<string, Process[]>();
  for (const { transport, port, processes, leaders, networkNamespace } of listeners) {
    if (networkNamespace !== null || transport === "sctp") continue;
    const key = portKey(transport, port);
    const known = owners.get(key) ?? [];
    const [led, others] = [new Set(leaders), new Set(known.map(({ pid }) => pid))];
    const added = processes.filter(({ pid }) => !others.has(pid));
    known.push(...added.filter(({ pid }) => led.has(pid)), ...added.filter(({ pid }) => !led.has(pid)));
    owners.set(key, known);
  }
  return owners;
}

/** What listeners are connected to, and, by holder, what was begun or waits to be closed. Most sockets first. */
export function processesOf(
  services: readonly PortTally[],
  owners: PortOwners,
  held: ReadonlyMap<Process, StateCounts>,
): ProcessConnections[] {
  const rows = new Map<number, { name: string; states: Map<ConnectionState, number> }>();
  const add = ({ pid, name }: Process, state: ConnectionState, count: number): void => {
    const row = rows.get(pid) ?? { name, states: new Map() };
    rows.set(pid, row);
    row.states.set(state, (row.states.get(state) ?? 0) + count);
  };
  for (const { transport, port, counts } of services) {
    const [owner] = transport === "tcp" ? (owners.get(portKey(transport, port)) ?? []) : [];
    if (owner === undefined) continue;
    for (const state of connectionStates)
      if (counts[state] > 0 && state !== "LISTEN" && state !== "CLOSE-WAIT") add(owner, state, counts[state]);
  }
  for (const [process, states] of held)
    for (const state of connectionStates) if (states[state] !== undefined) add(process, state, states[state]);
  const total = ({ states }: { readonly states: ReadonlyMap<ConnectionState, number> }): number =>
    [...states.values()].reduce((sum, count) => sum + count, 0);
  return [...rows]
    .sort(([, a], [, b]) => total(b) - total(a))
    .slice(0, connectionRowsMax)
    .map(([pid, { name, states }]) => ({ pid, name, states: Object.fromEntries(states) }));
}
