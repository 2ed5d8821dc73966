import type { BlockDeed } from "../../model/block-deed.ts";
import type { BlockDeedQuery } from "../queries.ts";
import type { Changes } from "../store.ts";
import type { Queries } from "./dialect.ts";
import { fromJson } from "./json.ts";
import type { BlockDeedTable } from "./tables.ts";

const openStates = ["waiting", "probation"];

const deedOf = ({ body }: Pick<BlockDeedTable, "body">): BlockDeed => fromJson<BlockDeed>(body);

/** Newest first. */
export async function listBlockDeeds(db: Queries, query: BlockDeedQuery): Promise<BlockDeed[]> {
  let select = db.selectFrom("block_deeds").select("body").where("created_at_ms", ">=", query.fromMs);
  if (query.hostId !== null) {
    const { hostId } = query;
    select = select.where("host", "=", (on) =>
      on.selectFrom("hosts").select("number").where("id", "=", hostId),
    );
  }
  const rows = await select.orderBy("number", "desc").limit(query.limit).execute();
  return rows.map(deedOf);
}

/** Of every host, oldest first. */
export async function listOpenBlockDeeds(db: Queries): Promise<BlockDeed[]> {
  const rows = await db
    .selectFrom("block_deeds")
    .select("body")
    .where("state", "in", openStates)
    .orderBy("number")
    .execute();
  return rows.map(deedOf);
}

export function blockChanges(
  db: Queries,
  hostNumber: (id: string) => number,
): Pick<Changes, "blockDeed" | "saveBlockDeed"> {
  return {
    async blockDeed(id) {
      const row = await db.selectFrom("block_deeds").select("body").where("id", "=", id).executeTakeFirst();
      return row && deedOf(row);
    },
    async saveBlockDeed(deed) {
      const row = {
        host: hostNumber(deed.hostId),
        state: deed.state,
        created_at_ms: deed.createdAtMs,
        body: JSON.stringify(deed),
      };
      await db
        .insertInto("block_deeds")
        .values({ id: deed.id, ...row })
        .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
        .execute();
    },
  };
}
