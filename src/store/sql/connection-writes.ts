import { deflateRawSync } from "node:zlib";
import { historySteps, startOf } from "../../model/connection-history.ts";
import type { Changes } from "../store.ts";
import { decodeBlock, encodeBlock } from "./connection-block.ts";
import { countsOf, fleetSeries, readConnectionHead, stepOf } from "./connection-rows.ts";
import type { Queries } from "./dialect.ts";

type ConnectionChanges = Pick<Changes, "connectionHead" | "saveConnectionHead" | "changeConnectionBlock">;

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
      const body = deflateRawSync(JSON.stringify(latest), { level: 1 });
      await db
        .insertInto("connection_latest")
        .values({ host, body })
        .onConflict((conflict) => conflict.column("host").doUpdateSet({ body }))
        .execute();
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
