import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useLive } from "../../api/live.tsx";
import {
  connectionHistoryQuery,
  fleetConnectionsQuery,
  fleetFindingsQuery,
  hostConnectionsQuery,
  hostFindingsQuery,
} from "../../api/queries.ts";
import { useNow } from "../../text/ago.tsx";
import { spanMs, type Span } from "./spans.ts";

/** Nothing moves while the person has stopped it. */
function usePaused<Options extends object>(options: Options): Options {
  return useLive().paused ? { ...options, refetchInterval: false } : options;
}

/** Of the fleet where there is no id. The span before stays until the new one is there. */
export function useHistory(hostId: string | undefined, span: Span) {
  const now = useNow();
  const query = usePaused(connectionHistoryQuery(hostId, spanMs[span], () => now));
  return useQuery({ ...query, placeholderData: keepPreviousData });
}

export const useFleetConnections = () => useQuery(usePaused(fleetConnectionsQuery));

export const useHostConnections = (hostId: string) => useQuery(usePaused(hostConnectionsQuery(hostId)));

export const useFleetFindings = () => useQuery(usePaused(fleetFindingsQuery));

export const useHostFindings = (hostId: string) => useQuery(usePaused(hostFindingsQuery(hostId)));
