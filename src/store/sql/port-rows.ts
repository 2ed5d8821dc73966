import { sql } from "kysely";
import type { View } from "../../model/coverage.ts";
import type { BindingScope, Transport } from "../../model/endpoint.ts";
import type { EventKind } from "../../model/event.ts";
import { ownerLabel, type Owner } from "../../model/owner.ts";
import type { Process } from "../../model/process.ts";
import type { Evidence, PortRecord } from "../rows.ts";
import type { Queries } from "./dialect.ts";
import { fromJson } from "./json.ts";
import type { BeliefTable, DetailTable } from "./tables.ts";

/** A belief with everything that belongs to it. */
export interface PortParts {
  readonly record: PortRecord;
  readonly processes: readonly Process[];
  readonly evidence: readonly Evidence[];
}

/** How an endpoint was at a past moment, where that differs from now. */
export interface PastState {
  readonly sinceMs: number;
  readonly state: string;
  readonly owners: string;
}

interface Row extends BeliefTable, DetailTable {
  readonly host_id: string;
  readonly hostname: string;
  readonly last_look_ms: number | null;
}

/** The rows behind these numbers, in their order; numbers without a row are left out. */
export async function portParts(
  db: Queries,
  numbers: readonly number[],
  past: ReadonlyMap<number, PastState> = new Map(),
): Promise<PortParts[]> {
  if (numbers.length === 0) return [];
  const { rows } = await sql<Omit<Row, "number"> & { number: number }>`
    select b.*, d.*, h.id as host_id, h.hostname,
      (select max(s.last_look_ms) from sources s where s.host = b.host and s.view = b.view) as last_look_ms
    from beliefs b join details d on d.belief = b.number join hosts h on h.number = b.host
    where b.number in (${sql.join(numbers)})`.execute(db);
  const byNumber = new Map(rows.map((row) => [row.number, row]));
  return numbers.flatMap((number) => {
    const row = byNumber.get(number);
    return row === undefined ? [] : [parts(row, past.get(number))];
  });
}

function parts(row: Omit<Row, "number"> & { number: number }, past: PastState | undefined): PortParts {
  const owners = fromJson<Owner[]>(past?.owners ?? row.owners);
  // Who held it then is known by owner only: pids and command lines of the past are not kept.
  const processes = past === undefined ? fromJson<Process[]>(row.processes) : [];
  const evidence = fromJson<Evidence[]>(row.evidence);
  return { record: record(row, past, owners, processes), processes, evidence };
}

function record(
  row: Omit<Row, "number"> & { number: number },
  past: PastState | undefined,
  owners: readonly Owner[],
  processes: readonly Process[],
): PortRecord {
  const [owner] = owners;
  const [holder] = processes;
  const state = (past?.state ?? row.state) === "down" ? "down" : "up";
  return {
    id: String(row.number),
    hostId: row.host_id,
    hostName: row.hostname,
    view: row.view as View,
    transport: row.transport as Transport,
    address: row.address,
    port: row.port,
    interface: row.interface,
    networkNamespace: row.network_namespace,
    scope: row.scope as BindingScope,
    state,
    process: owner === undefined ? (holder?.name ?? null) : ownerLabel(owner),
    owners,
    pids: processes.map((process) => process.pid),
    user: owner?.user ?? holder?.user ?? null,
    unit: owner?.unit ?? holder?.unit ?? null,
    containerId: owner?.containerId ?? holder?.containerId ?? null,
    executablePath: holder?.executablePath ?? owner?.executable ?? null,
    commandLine: holder?.commandLine ?? null,
    ownerUnknown: past === undefined ? row.owner_unknown : null,
    sinceMs: past?.sinceMs ?? row.since_ms,
    lastSeenMs: lastSeen(row),
    lastLookMs: row.last_look_ms,
    firstSeenMs: row.first_seen_ms,
    lastChangeMs: row.last_change_kind === null ? null : row.last_change_ms,
    lastChangeKind: row.last_change_kind as EventKind | null,
    highRisk: row.high_risk,
  };
}

/** While up and settled, every look confirms it without writing it. */
function lastSeen(row: Pick<Row, "state" | "misses" | "last_seen_ms" | "last_look_ms">): number {
  const confirmed = row.state === "up" && row.misses === 0;
  return confirmed ? Math.max(row.last_seen_ms, row.last_look_ms ?? 0) : row.last_seen_ms;
}
