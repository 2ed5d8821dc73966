import type { Belief } from "../../model/belief.ts";
import type { View } from "../../model/coverage.ts";
import type { BindingScope, Transport } from "../../model/endpoint.ts";
import type { Owner } from "../../model/owner.ts";
import type { Process } from "../../model/process.ts";
import { beliefState } from "../listed-state.ts";
import { fromJson } from "../sql/json.ts";
import type { IndexedColumns } from "./belief-update.ts";

/** What a belief is made of, in the order of `beliefColumns`. */
export type BeliefRow = readonly [
  number: number,
  transport: Transport,
  address: string,
  port: number,
  networkInterface: string | null,
  networkNamespace: string | null,
  scope: BindingScope,
  state: Belief["state"],
  sockets: number,
  firstSeenMs: number,
  sinceMs: number,
  lastSeenMs: number,
  misses: number,
  missingSinceMs: number | null,
  sightings: number,
];

export const beliefColumns = `number, transport, address, port, interface, network_namespace, scope, state,
  sockets, first_seen_ms, since_ms, last_seen_ms, misses, missing_since_ms, sightings`;

/** What a change of a belief must know of its row. */
export interface StoredRow extends IndexedColumns {
  readonly number: number;
  readonly turned_ms: number;
  readonly last_change_kind: string | null;
}

export interface StoredDetails {
  readonly owners: string;
  readonly processes: string;
  readonly owner_unknown: string | null;
  readonly evidence: string;
}

/** A row as a change finds it, with what belongs to it elsewhere. */
export interface Stored {
  readonly row: StoredRow;
  readonly details: StoredDetails;
}

export interface StoredHolders {
  readonly owners: readonly Owner[];
  readonly processes: string;
  readonly ownerUnknown: string | null;
}

/** A belief as it was read. Its processes are parsed only when somebody looks: a full look loads a thousand and touches ten. */
export function storedBelief(hostId: string, view: View, row: BeliefRow, holders: StoredHolders): Belief {
  const { owners, processes, ownerUnknown } = holders;
  let parsed: readonly Process[] | undefined;
  return {
    hostId,
    view,
    transport: row[1],
    address: row[2],
    port: row[3],
    interface: row[4],
    networkNamespace: row[5],
    scope: row[6],
    state: beliefState(row[7], row[14]),
    sockets: row[8],
    firstSeenMs: row[9],
    sinceMs: row[10],
    lastSeenMs: row[11],
    misses: row[12],
    missingSinceMs: row[13],
    sightings: row[14],
    owners,
    get processes() {
      return (parsed ??= fromJson<Process[]>(processes));
    },
    ownerUnknown,
  };
}
