import { connectionsIn } from "../model/connection-history.ts";
import type { PortRange } from "../model/coverage.ts";
import type { PortConnections, StateCounts } from "../model/connection-sample.ts";
import { portMax } from "../model/port-range.ts";
import type { Measured, Measurements } from "../sinks/prometheus/metric-list.ts";
import type { Settings } from "./settings.ts";

/** One host's ports as its last sample told them. */
export interface HostPorts {
  readonly labels: readonly [host: string, hostId: string];
  readonly ports: readonly PortConnections[];
}

interface Row extends HostPorts {
  readonly port: PortConnections;
}

/**
 * Series of the ports that are asked for, the lowest numbers first, so that which ones a cap leaves out does not depend
 * on who is busy. The others of a host are summed by transport.
 */
export function portSeries(
  hosts: readonly HostPorts[],
  { ports, portSeriesMax }: Settings["metrics"],
): Measurements & { readonly leftOut: number } {
  const isAsked = askedPorts(ports);
  const rows = hosts.flatMap((host) => host.ports.map((port): Row => ({ ...host, port })));
  const asked = rows.filter(({ port }) => isAsked(port.port)).toSorted((a, b) => a.port.port - b.port.port);
  const shown = new Set(asked.slice(0, portSeriesMax));
  const others = ports.length === 0 ? [] : rows.filter((row) => !shown.has(row));
  const sums = Map.groupBy(others, ({ labels, port }) => `${labels[1]} ${port.transport}`);
  return {
    portolan_port_connections: [
      ...shownAs(shown, ({ states }) => connectionsIn(states)),
      ...[...sums.values()].flatMap((group) => summed(group, connectionsIn)),
    ],
    portolan_port_half_open_connections: [
      ...shownAs(shown, ({ transport, states }) => (transport === "tcp" ? halfOpen(states) : null)),
      ...[...sums.values()].flatMap((group) =>
        group[0]?.port.transport === "tcp" ? summed(group, halfOpen) : [],
      ),
    ],
    portolan_port_accept_queue: shownAs(shown, ({ queue }) => queue?.waiting ?? null),
    portolan_port_accept_queue_limit: shownAs(shown, ({ queue }) => queue?.max ?? null),
    leftOut: asked.length - shown.size,
  };
}

function askedPorts(ranges: readonly PortRange[]): (port: number) => boolean {
  const asked = new Uint8Array(portMax + 1);
  for (const { first, last } of ranges) asked.fill(1, first, last + 1);
  return (port) => asked[port] === 1;
}

function shownAs(rows: Iterable<Row>, figure: (port: PortConnections) => number | null): Measured[] {
  return [...rows].flatMap(({ labels, port }) => {
    const value = figure(port);
    return value === null ? [] : [[[...labels, port.transport, String(port.port)], value] as const];
  });
}

function summed(rows: readonly Row[], figure: (states: StateCounts) => number): Measured[] {
  const [first] = rows;
  if (first === undefined) return [];
  const sum = rows.reduce((total, { port }) => total + figure(port.states), 0);
  return [[[...first.labels, first.port.transport, "other"], sum]];
}

const halfOpen = (states: StateCounts): number => states["SYN-RECEIVED"] ?? 0;
