import { queryOptions } from "@tanstack/react-query";
import { api } from "../../../api/client.ts";
import type { FleetBlocks, HostBlocksAnswer } from "../../../api/shapes.ts";

const blocks = "blocks";
export const blocksKey = [blocks] as const;
/** A block ends by itself and no hint says so. */
const everyMs = 5_000;

export const hostBlocksQuery = (id: string) =>
  queryOptions({
    queryKey: [blocks, "host", id],
    queryFn: ({ signal }) => api<HostBlocksAnswer>(`/hosts/${encodeURIComponent(id)}/blocks`, { signal }),
    refetchInterval: everyMs,
  });

export const fleetBlocksQuery = queryOptions({
  queryKey: [blocks, "fleet"],
  queryFn: ({ signal }) => api<FleetBlocks>("/blocks", { signal }),
  refetchInterval: everyMs,
});
