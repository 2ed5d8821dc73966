import { deflateRawSync } from "node:zlib";
import { sql } from "kysely";
import { historySteps, startOf } from "../../model/connection-history.ts";
import type { Changes } from "../store.ts";
import { decodeBlock, encodeBlock } from "./connection-block.ts";
import {
  countsOf,
  fleetSeries,
  readConnectionFindings,
  readConnectionHead,
  readConnectionMemory,
  readConnectionSample,
  stepOf,
} from "./connection-rows.ts";
import type { Queries } from "./dialect.ts";

type ConnectionChanges = Pick<
  Changes,
  | "connectionHead"
  | "saveConnectionHead"
  | "connectionSample"
  | "connectionMemory"
  | "saveConnectionMemory"
  | "connectionFindingsOf"
  | "saveConnectionFindings"
  | "changeConnectionBlock"
>;

const deflated = (value: unknown): Buffer => deflateRawSync(JSON.stringify(value), { level: 1 });

export function connectionChanges(db: Queries, hostNumber: (id: string) => number): ConnectionChanges {
  return {
    connectionHead: async (hostId) => readConnectionHead(db, hostNumber(hostId)),
    async saveConnectionHead(hostId, { atMs, clockShiftMs, counters, open }, latest) {
      const host = hostNumber(hostId);
      const row = {
        at_ms: atMs,
        clock_shift_ms: clockShiftMs,
        counts: JSON.stringify(countsOf(latest)),
        counters: JSON.stringify(counters),
        open: encodeBlock(open.toReversed(), historySteps[0].stepMs),
      };
      await db
        .insertInto("connection_heads")
        .values({ host, ...row })
        .onConflict((conflict) => conflict.column("host").doUpdateSet(row))
        .execute();
      const body = deflated(latest);
      await db
        .insertInto("connection_latest")
        .values({ host, body })
        .onConflict((conflict) => conflict.column("host").doUpdateSet({ body }))
        .execute();
    },
    connectionSample: async (hostId) => readConnectionSample(db, hostNumber(hostId)),
    connectionMemory: async (hostId) => readConnectionMemory(db, hostNumber(hostId)),
    async saveConnectionMemory(hostId, memory) {
      const body = deflated(memory);
      await db
        .insertInto("connection_memories")
        .values({ host: hostNumber(hostId), body })
        .onConflict((conflict) => conflict.column("host").doUpdateSet({ body }))
        .execute();
    },
    connectionFindingsOf: (hostId) => readConnectionFindings(db, hostId),
    async saveConnectionFindings(hostId, findings) {
      const [firing, odd] = [JSON.stringify(findings.firing), JSON.stringify(findings.odd)];
      await sql`insert into connection_findings (host, firing, odd) values (${hostNumber(hostId)}, ${firing}, ${odd})
        on conflict (host) do update set firing = excluded.firing, odd = excluded.odd
        where connection_findings.firing <> excluded.firing or connection_findings.odd <> excluded.odd`.execute(
        db,
      );
    },
    async changeConnectionBlock(hostId, { stepMs, atMs }, change) {
      const key = {
        series: hostId === null ? fleetSeries : hostNumber(hostId),
        step_ms: stepMs,
        start_ms: startOf(atMs, stepOf(stepMs).blockMs),
      };
      const held = await db
        .selectFrom("connection_blocks")
        .select(["number", "body"])
        .where("series", "=", key.series)
        .where("step_ms", "=", key.step_ms)
        .where("start_ms", "=", key.start_ms)
        .executeTakeFirst();
      const body = encodeBlock(change(held === undefined ? [] : decodeBlock(held.body, stepMs)), stepMs);
      await (held === undefined
        ? db
            .insertInto("connection_blocks")
            .values({ ...key, body })
            .execute()
        : db.updateTable("connection_blocks").set({ body }).where("number", "=", held.number).execute());
    },
  };
}
