import { sql } from "kysely";
import type { View } from "../../model/coverage.ts";
import type { BindingScope, Transport } from "../../model/endpoint.ts";
import type { PortEventKind } from "../../model/event.ts";
import { ownerLabel, type Owner } from "../../model/owner.ts";
import type { Process } from "../../model/process.ts";
import type { Evidence, PortElsewhere, PortRecord } from "../rows.ts";
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
  const elsewhere = await seenElsewhere(db, numbers);
  return numbers.flatMap((number) => {
    const row = byNumber.get(number);
    return row === undefined ? [] : [parts(row, past.get(number), elsewhere.get(number) ?? [])];
  });
}

interface Twin {
  readonly of: number;
  readonly own_address: string;
  readonly number: number;
  readonly view: string;
  readonly address: string;
  readonly process: string;
  readonly vantage: string | null;
}

/** Costs nothing while nothing was ever seen from outside. A namespace of its own is another machine to the network. */
async function seenElsewhere(
  db: Queries,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, PortElsewhere[]>> {
  const outside = await sql`select 1 from beliefs where view = 'outside' and state = 'up' limit 1`.execute(
    db,
  );
  if (outside.rows.length === 0) return new Map();
  const { rows } = await sql<Twin>`
    select b.number as of, b.address as own_address, o.number, o.view, o.address, o.process,
      (select s.vantage from sources s where s.host = o.host and s.view = o.view order by s.last_look_ms desc limit 1)
        as vantage
    from beliefs b join beliefs o on o.host = b.host and o.port = b.port and o.view <> b.view
    where b.number in (${sql.join(numbers)}) and o.state = 'up' and o.transport = b.transport
      and b.network_namespace is null and o.network_namespace is null
    order by o.view, o.number`.execute(db);
  const fitting = rows.filter((row) => meets(row.own_address, row.address));
  return new Map(
    [...Map.groupBy(fitting, (row) => row.of)].map(([of, twins]) => [of, twins.map(elsewhereOf)]),
  );
}

function elsewhereOf({ number, view, address, process, vantage }: Twin): PortElsewhere {
  return {
    id: String(number),
    view: view as View,
    address,
    process: process === "" ? null : process,
    vantage: vantage === "" ? null : vantage,
  };
}

/** Whether one binding takes what comes to the other's address. An IPv6 socket on every address mostly takes IPv4 too. */
function meets(a: string, b: string): boolean {
  const takes = (bound: string, address: string): boolean =>
    bound === address || bound === "::" || (bound === "0.0.0.0" && !address.includes(":"));
  return takes(a, b) || takes(b, a);
}

function parts(
  row: Omit<Row, "number"> & { number: number },
  past: PastState | undefined,
  elsewhere: readonly PortElsewhere[],
): PortParts {
  const owners = fromJson<Owner[]>(past?.owners ?? row.owners);
  // Who held it then is known by owner only: pids and command lines of the past are not kept.
  const processes = past === undefined ? fromJson<Process[]>(row.processes) : [];
  const evidence = fromJson<Evidence[]>(row.evidence);
  return {
    record: { ...record(row, past, owners, processes), elsewhere: past === undefined ? elsewhere : [] },
    processes,
    evidence,
  };
}

function record(
  row: Omit<Row, "number"> & { number: number },
  past: PastState | undefined,
  owners: readonly Owner[],
  processes: readonly Process[],
): Omit<PortRecord, "elsewhere"> {
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
    lastChangeKind: row.last_change_kind as PortEventKind | null,
    highRisk: row.high_risk,
  };
}

/** While up and settled, every look confirms it without writing it. */
function lastSeen(row: Pick<Row, "state" | "misses" | "last_seen_ms" | "last_look_ms">): number {
  const confirmed = row.state === "up" && row.misses === 0;
  return confirmed ? Math.max(row.last_seen_ms, row.last_look_ms ?? 0) : row.last_seen_ms;
}
