import { compareText } from "../../base/text.ts";
import type { BindingScope, Transport } from "../../model/endpoint.ts";
import type { Listener } from "../../model/listener.ts";

/** One row of `portolan ports --json`. These names are kept. */
export interface PortRow {
  readonly transport: Transport;
  readonly address: string;
  readonly port: number;
  readonly scope: BindingScope;
  readonly processes: readonly PortProcess[];
  /** Why `processes` is empty or incomplete; null when all is known. */
  readonly ownerUnknown: string | null;
  /** Only where the socket is bound to a device. */
  readonly interface?: string;
  /** Only with --all-namespaces; null = the one that the command runs in. */
  readonly networkNamespace?: string | null;
}

export interface PortProcess {
  readonly pid: number;
  /** Null only where a saved text shows a pid without a name. */
  readonly name: string | null;
  readonly executablePath: string | null;
  readonly commandLine: string | null;
  /** ISO 8601. */
  readonly startTime: string | null;
  readonly user: string | null;
  readonly unit: string | null;
  readonly containerId: string | null;
}

export function portRow(listener: Listener, withNamespace: boolean): PortRow {
  return {
    transport: listener.transport,
    address: listener.address,
    port: listener.port,
    scope: listener.scope,
    processes: listener.processes.map((process) => ({
      pid: process.pid,
      name: process.name,
      executablePath: process.executablePath,
      commandLine: process.commandLine,
      startTime: process.startTimeMs === null ? null : new Date(process.startTimeMs).toISOString(),
      user: process.user,
      unit: process.unit,
      containerId: process.containerId,
    })),
    ownerUnknown: listener.ownerUnknown,
    ...(listener.interface === null ? {} : { interface: listener.interface }),
    ...(withNamespace ? { networkNamespace: listener.networkNamespace } : {}),
  };
}

/** What makes a row the same endpoint in two lists. */
export function rowKey(row: PortRow): string {
  return [row.transport, row.address, row.interface ?? "", row.port, row.networkNamespace ?? ""].join(" ");
}

/** Who holds it, without what a restart changes. */
export function rowOwner(row: PortRow): string {
  const owners = row.processes.map((process) =>
    [
      process.executablePath ?? process.name ?? process.pid,
      process.user,
      process.unit,
      process.containerId,
    ].join(" "),
  );
  return [...new Set(owners)].sort().join("\n");
}

export function compareRows(a: PortRow, b: PortRow): number {
  return (
    a.port - b.port ||
    compareText(a.transport, b.transport) ||
    compareText(a.address, b.address) ||
    compareText(a.networkNamespace ?? "", b.networkNamespace ?? "")
  );
}
