import type { ConnectionCounts } from "../../model/connection-counts.ts";
import type { TrapperValue } from "./trapper-queue.ts";

export const countsItemKey = "portolan.tcp.status";

/** Connections by state as a value of the trapper item, in the form of `tcp.status.get`. */
export function countsItem(host: string, counts: ConnectionCounts, atMs: number): TrapperValue {
  return { host, key: countsItemKey, value: JSON.stringify({ counts }), atMs };
}
