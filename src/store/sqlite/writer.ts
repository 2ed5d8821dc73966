import type { Database } from "better-sqlite3";
import { PortolanError } from "../../base/errors.ts";
import type { Host } from "../../model/host.ts";
import { accountChanges } from "../sql/account-writes.ts";
import { blockChanges } from "../sql/block-rows.ts";
import { connectionChanges } from "../sql/connection-writes.ts";
import type { Queries } from "../sql/dialect.ts";
import { fold } from "../sql/fold.ts";
import { hostOf } from "../sql/host-list.ts";
import type { HostTable } from "../sql/tables.ts";
import { pruneSlice } from "../sql/prune.ts";
import { scanChanges } from "../sql/scan-writes.ts";
import type { Changes, Writer } from "../store.ts";
import { beliefReads } from "./belief-reads.ts";
import { beliefWrites } from "./belief-writes.ts";
import { commitGroup } from "./commit-group.ts";
import { fitCache, openWriting, type ConnectionChecks } from "./connection.ts";
import { troubleInsert } from "./event-writes.ts";
import { storeFailure } from "./failure.ts";
import { queriesOn } from "./reader.ts";
import { sourceWrites } from "./source-writes.ts";

/** The one connection that writes. Work inside a transaction may await only what this connection answers at once. */
export function openSqliteWriter(path: string, checks: ConnectionChecks = {}): Writer {
  const db = openWriting(path, checks);
  const changes = changesOn(db);
  const rowsWritten = db.prepare("select total_changes()").pluck();
  const queue = oneAfterTheOther(path);
  const group = commitGroup(db);
  return {
    async transaction(options, work) {
      const { outcome } = await queue(() => group.run(options.durable, () => work(changes)));
      return outcome.catch((error: unknown) => {
        throw storeFailure(error, path);
      });
    },
    checkpoint: () =>
      queue(async () => {
        group.commit();
        db.pragma("wal_checkpoint(passive)");
        fitCache(db);
        refreshStatistics(db);
      }),
    rowsWritten: () => queue(async () => rowsWritten.get() as number),
    close: () =>
      queue(async () => {
        group.commit();
        refreshStatistics(db);
        db.close();
      }),
  };
}

/** Does something only where a table has grown a lot since the last time; samples, so that it never takes long. */
function refreshStatistics(db: Database): void {
  db.pragma("analysis_limit = 400");
  db.pragma("optimize");
}

type HostRow = Omit<HostTable, "number" | "up" | "down">;

function changesOn(db: Database): Changes {
  const queries = queriesOn(db);
  const reads = beliefReads(db);
  const writes = beliefWrites(db, reads.storedOf);
  const sources = sourceWrites(db);
  const insertTrouble = troubleInsert(db);
  const readHost = db.prepare<[string], HostRow>("select * from hosts where id = ?");
  const findHost = db.prepare<[string], number>("select number from hosts where id = ?").pluck();
  const hostNumber = (id: string): number => {
    const number = findHost.get(id);
    if (number === undefined)
      throw new PortolanError("not-found", `There is no host ${id}.`, { details: { hostId: id } });
    return number;
  };
  return {
    ...accountChanges(queries),
    ...hostChanges(queries),
    ...scanChanges(queries),
    ...connectionChanges(queries, hostNumber),
    ...blockChanges(queries, hostNumber),
    // Asked for with every batch: prepared once, where a built query would be compiled each time.
    async host(id) {
      const row = readHost.get(id);
      return row === undefined ? undefined : hostOf(row);
    },
    source: async (hostId, view, vantage) => sources.find(hostNumber(hostId), hostId, view, vantage),
    saveSource: async (source) => sources.save(hostNumber(source.hostId), source),
    beliefs: async (hostId, view) => reads.all(hostNumber(hostId), hostId, view),
    beliefsByKey: async (hostId, view, keys) => reads.byKey(hostNumber(hostId), hostId, view, keys),
    pendingBeliefs: async (hostId, view) => reads.pending(hostNumber(hostId), hostId, view),
    async saveBeliefs(all) {
      for (const [hostId, own] of Map.groupBy(all, (write) => write.belief.hostId))
        writes.save(hostNumber(hostId), own);
    },
    forgetBeliefs: async (hostId, view, keys) => writes.forget(hostNumber(hostId), view, keys),
    async addTroubleEvents(events) {
      for (const event of events) insertTrouble(hostNumber(event.hostId), event);
    },
    prune: (retention, nowMs) => pruneSlice(queries, retention, nowMs),
  };
}

function hostChanges(db: Queries): Pick<Changes, "hostByMachine" | "hostsByAddress" | "saveHost"> {
  return {
    async hostByMachine(machineId) {
      const row = await db
        .selectFrom("hosts")
        .selectAll()
        .where("machine_id", "=", machineId)
        .orderBy("number")
        .executeTakeFirst();
      return row === undefined ? undefined : hostOf(row);
    },
    async hostsByAddress(address) {
      const rows = await db
        .selectFrom("host_addresses")
        .innerJoin("hosts", "hosts.number", "host_addresses.host")
        .selectAll("hosts")
        .where("address", "=", address)
        .where("retired_at_ms", "is", null)
        .orderBy("number")
        .execute();
      return rows.map(hostOf);
    },
    async saveHost(host: Host) {
      const row = {
        hostname: host.hostname,
        machine_id: host.machineId,
        addresses: JSON.stringify(host.addresses),
        operating_system: host.operatingSystem,
        labels: JSON.stringify(host.labels),
        first_seen_ms: host.firstSeenMs,
        retired_at_ms: host.retiredAtMs,
        folded: fold([host.hostname, ...host.addresses].join("\n")),
      };
      await db
        .insertInto("hosts")
        .values({ id: host.id, ...row })
        .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
        .execute();
      await saveAddresses(db, host);
    },
  };
}

async function saveAddresses(db: Queries, { id, addresses }: Host): Promise<void> {
  const { number } = await db
    .selectFrom("hosts")
    .select("number")
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
  await db.deleteFrom("host_addresses").where("host", "=", number).execute();
  const rows = [...new Set(addresses)].map((address) => ({ address, host: number }));
  if (rows.length > 0) await db.insertInto("host_addresses").values(rows).execute();
}

function oneAfterTheOther(path: string) {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(task: () => Promise<T>): Promise<T> => {
    const result = last.then(task).catch((error: unknown) => {
      throw storeFailure(error, path);
    });
    last = result.catch(() => undefined);
    return result;
  };
}
